// Every page can be used without a mouse, without sight, on a narrow phone, in either direction.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { BASE, ROOM, SPEECH_MS, closeClean, launch, openPage } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 800 };
/** Name, path, what is there when the page has something to show, and the browser's own language where the path names none. */
const PAGES = [
  ['the viewer page', `/watch/${ROOM}?lang=en`, '#finals .caption'],
  ['the viewer page in Arabic', `/watch/${ROOM}?lang=ar`, '#finals .caption'],
  ['the viewer page in Thai', `/watch/${ROOM}?lang=th`, '#finals .caption'],
  ['the preview of a card', '/preview/film/HY-500?lang=en', '#cards .card'],
  ['the preview of a card in Arabic', '/preview/film/HY-500?lang=ar', '#cards .card'],
  ['the host console', `/host/${ROOM}`, '#product-list .product'],
  ['the host console in Arabic', `/host/${ROOM}`, '#product-list .product', 'ar'],
  ['the replay', `/replay/${ROOM}?lang=en`, '#lines .caption'],
  ['the replay in Arabic', `/replay/${ROOM}?lang=ar`, '#lines .caption'],
  ['the list of rooms', '/', '#rooms .room'],
  ['the list of rooms in Arabic', '/', '#rooms .room', 'ar'],
];
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [name, path, ready, locale = 'en'] of PAGES) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${name} has no serious finding of axe, ${colorScheme}`, async () => {
      // Without motion: what fades in has less contrast for a moment.
      const look = { locale, colorScheme, reducedMotion: 'reduce', viewport: colorScheme === 'dark' ? PHONE : WIDE };
      const view = await openPage(browser, path, look);
      const { page } = view;
      await page.waitForSelector(ready, { timeout: SPEECH_MS });
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
      await closeClean(view);
    });
  }

  test(`${name} needs no sideways scrolling at 320 px`, async () => {
    const view = await openPage(browser, path, { locale, viewport: { width: 320, height: 640 } });
    await view.page.waitForSelector(ready, { timeout: SPEECH_MS, state: 'attached' });
    const over = await view.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${over} px too wide`);
    await closeClean(view);
  });
}

test('the dialogs have no serious finding of axe', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=en`, { reducedMotion: 'reduce' });
  const { page } = view;
  await page.waitForSelector('#shelf-list .row');
  for (const [opener, dialog, key] of [['#settings-button', '#settings-dialog'], ['#ask-button', '#ask-dialog'], ['#shelf-list .row', '#product-dialog'], ['body', '#keys-dialog', '?']]) {
    await (key ? page.keyboard.press(key) : page.click(opener));
    await page.waitForSelector(`${dialog}[open]`);
    await page.evaluate(AXE);
    const found = await page.evaluate((root) => window.axe.run(root).then(({ violations }) => violations.map(({ id }) => id)), dialog);
    assert.deepEqual(found, [], dialog);
    await page.keyboard.press('Escape');
    await page.waitForSelector(dialog, { state: 'hidden' });
  }
  await closeClean(view);
});

test('the keyboard alone reaches the captions, the language and the products', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=en`);
  const { page } = view;
  await page.waitForSelector('#shelf-list .row');
  const reached = new Set();
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
  }
  for (const wanted of ['skip', 'language', 'settings-button', 'original', 'captions', 'row']) assert.ok(reached.has(wanted), wanted);
  await closeClean(view);
});

test('the first load of the viewer page stays under 150 KB', async () => {
  const view = await openPage(browser, 'about:blank', { base: '' });
  const session = await view.context.newCDPSession(view.page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await view.page.goto(`${BASE}/watch/${ROOM}?lang=es`);
  await view.page.waitForSelector('#shelf-list .row');
  await view.page.waitForTimeout(1000);
  console.log(`first load of the viewer page: ${(bytes / 1024).toFixed(1)} KB`);
  assert.ok(bytes < 150 * 1024, `${bytes} bytes`);
  assert.ok(bytes > 20 * 1024, 'the page was counted');
  const library = await view.page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/vendor/')));
  assert.equal(library, false, 'without a stream the video library is not loaded');
  await closeClean(view);
});
