// A host whose sound is kept is told so, and what is missing in it. The gateway's word on it is played here.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { closeClean, launch, openPage, until } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ROOM = 'desk';
const EVIL = '<img src=x onerror="window.hacked=1">';
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

/** The console of a room that keeps its sound for `days`; each connection of its feed says what `audio` is by then. */
async function recorded(days, audio, options = {}) {
  const view = await openPage(browser, `/host/${ROOM}`, {
    ...options,
    before: async (page) => {
      await page.route(`**/v1/rooms/${ROOM}`, async (route) => {
        const room = await (await route.fetch()).json();
        await route.fulfill({ json: { ...room, audio_keep_days: days } });
      });
      await page.route('**/console', (route) => {
        const state = { type: 'state', host: true, ended: false, epoch: 'e1', viewers: {}, countries: {}, lag: { total_ms: {}, translate_ms: {} }, sales: [], audio: audio() };
        return route.fulfill({ contentType: 'text/event-stream', body: `data: ${JSON.stringify(state)}\n\n` });
      });
    },
  });
  await view.page.waitForSelector('#product-list .product');
  return view;
}

test('the host reads that the sound is kept, in the language of the page', async () => {
  const view = await recorded(30, () => ({ lost_ms: 0, trouble: null }), { viewport: { width: 320, height: 700 } });
  const { page } = view;
  const words = () => page.textContent('#audio-kept');
  assert.match(await words(), /recorded.*30 days.*Tell everybody/);
  assert.ok(await page.isVisible('#audio-kept'));
  assert.ok((await page.isHidden('#audio-lost')) && (await page.isHidden('#audio-trouble')));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
  await page.selectOption('#interface-language', 'ar');
  await until(async () => (await words()).includes('30 يومًا'), 'Arabic');
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run('#state').then(({ violations }) => violations.map(({ id }) => id)));
  assert.deepEqual(found, []);
  await closeClean(view);
});

test('what is missing in the recording is told, and gone when it is', async () => {
  let audio = { lost_ms: 4200, trouble: `No space left ${EVIL}` };
  const view = await recorded(7, () => audio);
  const { page } = view;
  await page.waitForSelector('#audio-trouble:not([hidden])');
  assert.equal(await page.textContent('#audio-trouble'), `The sound is not being recorded at present. The show goes on. No space left ${EVIL}`);
  assert.equal(await page.textContent('#audio-lost'), 'Missing in the recording: 4.2 s');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  audio = { lost_ms: 4200, trouble: null };
  await page.waitForSelector('#audio-trouble', { state: 'hidden' });
  assert.ok(await page.isVisible('#audio-lost'));
  await closeClean(view);
});

test('a room that keeps no sound says nothing of it', async () => {
  const view = await recorded(null, () => null);
  for (const id of ['audio-kept', 'audio-lost', 'audio-trouble']) assert.ok(await view.page.isHidden(`#${id}`), id);
  await closeClean(view);
});

test('the sound is taken home from the summary, each file under its own name', async () => {
  const view = await recorded(30, () => ({ lost_ms: 0, trouble: null }));
  const { page } = view;
  const told = {
    title: 'Tour', epoch: 'e1', duration_ms: 60_000, captions: 0, corrections: 0, viewers: { peak: 0, languages: {}, countries: {} },
    products: [], questions: { total: 0 }, reservations: { total: 0 }, lag: { total_ms: {} }, source_lang: 'zh',
  };
  const files = [{ part: '0', start_ms: 0, duration_ms: 9_000, bytes: 4 }, { part: '754000', start_ms: 754_000, duration_ms: 9_000, bytes: 4 }];
  await page.route('**/summary', (route) => route.fulfill({ json: told }));
  await page.route('**/audio?show=e1', (route) => route.fulfill({ json: { room: ROOM, epoch: 'e1', keep_days: 30, files } }));
  await page.route('**/audio/754000?show=e1', (route) => route.fulfill({ contentType: 'audio/ogg', body: 'OggS' }));
  await page.evaluate(() => document.getElementById('summary-open').click());
  await page.waitForSelector('#summary-dialog[open]');
  const sound = page.locator('#summary-files button', { hasText: 'Sound' });
  assert.deepEqual(await sound.allTextContents(), ['Sound, from 0:00', 'Sound, from 12:34']);
  const [download] = await Promise.all([page.waitForEvent('download'), sound.nth(1).click()]);
  assert.equal(download.suggestedFilename(), `${ROOM}-e1-754000.opus`);
  await closeClean(view);
});
