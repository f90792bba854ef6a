// Pictures of every page in docs/screens, from a gateway to which the tour is spoken: `make screens`. Look at them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { ROOM, SPEECH_MS, closeClean, launch, openPage } from './browser.mjs';

const OUT = fileURLToPath(new URL('../../docs/screens/', import.meta.url));
const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 800 }];
const LANGS = ['en', 'ar', 'th'];
/** Name, path, and what is there when the page has something to show. */
const PAGES = [
  ['rooms', () => '/', '#rooms .room'],
  ['watch', (lang) => `/watch/${ROOM}?lang=${lang}`, '#pinned .card'],
  ['preview', (lang) => `/preview/film/HY-500?lang=${lang}`, '#cards .card'],
  ['host', () => `/host/${ROOM}`, '#transcript-list li'],
  ['replay', (lang) => `/replay/${ROOM}?lang=${lang}`, '#lines li'],
];
/** Long enough that some captions stand there. */
const TALK_MS = 12_000;
let browser;

before(async () => {
  browser = await launch();
  mkdirSync(OUT, { recursive: true });
});
after(() => browser?.close());

for (const [name, path, ready] of PAGES) {
  test(`pictures of ${name}`, { timeout: 4 * SPEECH_MS }, async () => {
    const views = [];
    for (const lang of LANGS) {
      for (const viewport of SIZES) {
        const view = await openPage(browser, path(lang), { locale: lang, viewport, reducedMotion: 'reduce' });
        views.push({ ...view, file: `${name}-${lang}-${viewport.width}.webp` });
      }
    }
    await Promise.all(views.map(({ page }) => page.waitForSelector(ready, { timeout: SPEECH_MS })));
    if (name !== 'rooms') await views[0].page.waitForTimeout(TALK_MS);
    for (const { page, file, ...view } of views) {
      await page.bringToFront();
      await page.waitForTimeout(300);
      // WebP, which Playwright itself does not make: a third of a PNG's size.
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
      writeFileSync(OUT + file, Buffer.from(data, 'base64'));
      // The show goes on: the replay waits for the translation of its last lines.
      await closeClean({ page, ...view }, /503/);
    }
  });
}
