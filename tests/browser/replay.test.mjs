// A show that was: exports that a browser's own parser reads, and the page that plays it again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, ROOM, SPEECH_MS, closeClean, launch, openPage, until } from './browser.mjs';

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const card = (sku, name) => ({ sku, name, name_source: name, dir: 'ltr', price: { amount: '2.80', currency: 'USD', text: 'USD 2.80' }, tiers: [], facts: [], cta: 'Quote' });

/** Ten minutes in which little is said. */
function show(lang) {
  const dir = lang === 'ar' ? 'rtl' : 'ltr';
  const caption = (segment, start_ms, text, more = {}) => ({
    offset: segment, segment, rev: 1, lang, source_lang: 'zh', text, source_text: `原文 ${segment}`, start_ms, end_ms: start_ms + 2000, engine: 'phrasebook', fidelity: 'verified', ...more,
  });
  const far = Array.from({ length: 40 }, (_, n) => caption(10 + n, 60_000 + n * 10_000, `${lang} line ${10 + n}`));
  return {
    room: ROOM, title: 'Factory <b>tour</b>', epoch: 'k3f9', began_ms: 1790000000000, ended_ms: 1790000600000, on: false, duration_ms: 600_000, lang, dir, source_lang: 'zh', untranslated: 0,
    captions: [caption(1, 1_000, `${lang} one <i>500</i>`), caption(2, 4_000, `${lang} two`, { fidelity: 'source' }), caption(3, 9_000, `${lang} three`, { corrected: true }), ...far],
    cards: [
      { offset: 4, at_ms: 5_000, action: 'pin', sku: 'HY-500', reason: 'spoken', segment: 2, card: card('HY-500', 'Thermos') },
      { offset: 5, at_ms: 12_000, action: 'pin', sku: 'HY-J20', reason: 'operator', segment: null, card: card('HY-J20', 'Blender') },
      { offset: 6, at_ms: 20_000, action: 'unpin', sku: 'HY-J20' },
    ],
  };
}

const scripted = (page) =>
  Promise.all([
    page.route('**/captions.json*', (route) => route.fulfill({ json: show(new URL(route.request().url()).searchParams.get('lang')) })),
    page.route('**/shows', (route) =>
      route.fulfill({ json: { shows: [{ epoch: 'k3f9', began_ms: 1790000000000, duration_ms: 600_000 }, { epoch: 'a1b2', began_ms: 1780000000000, duration_ms: 60_000 }] } })),
  ]);

/** The room's show can be had in the language: what nobody read in it before is translated first, and answered by a 503 meanwhile. */
const translated = (lang) =>
  until(async () => (await fetch(`${BASE}/v1/rooms/${ROOM}/captions.json?lang=${lang}`)).ok, `the show in ${lang}`, SPEECH_MS);

const current = (page) => page.locator('#lines [aria-current] .caption-text').textContent();

test('a browser reads the exported WebVTT as it was written, right-to-left too', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=ar`);
  const { page } = view;
  await page.waitForSelector('#finals .caption', { timeout: SPEECH_MS });
  for (const lang of ['ar', 'zh']) {
    await translated(lang);
    const found = await page.evaluate(async ([room, lang]) => {
      const at = (form) => `/v1/rooms/${room}/captions.${form}?lang=${lang}`;
      const track = document.createElement('track');
      Object.assign(track, { kind: 'captions', srclang: lang, src: at('vtt'), default: true });
      const video = document.createElement('video');
      video.append(track);
      document.body.append(video);
      track.track.mode = 'hidden';
      await new Promise((resolve, reject) => {
        track.addEventListener('load', resolve);
        track.addEventListener('error', reject);
      });
      const cues = [...track.track.cues].map((cue) => [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent]);
      const { captions } = await (await fetch(at('json'))).json();
      return { cues, captions };
    }, [ROOM, lang]);
    assert.ok(found.cues.length > 0, lang);
    // The show goes on: a caption may have come between the two requests.
    for (const [n, [from, to, text]] of found.cues.entries()) {
      const caption = found.captions[n];
      assert.equal(from, caption.start_ms / 1000);
      assert.ok(to > from);
      const source = caption.fidelity === 'source' && caption.source_text !== caption.text ? `\n${caption.source_text}` : '';
      assert.equal(text, `${caption.text.split(/\s+/).join(' ')}${source}`);
    }
  }
  await closeClean(view);
});

test('a show plays on its own clock: captions, cards, pause, speed, jumps', async () => {
  const view = await openPage(browser, `/replay/${ROOM}?lang=en`, { before: scripted });
  const { page } = view;
  await page.waitForSelector('#lines .caption');
  assert.equal(await page.textContent('#room-title'), 'Factory <b>tour</b>', 'markup is text');
  // Figures are set in bold by the page itself.
  assert.equal(await page.locator('#lines i:not(.dots i)').count(), 0);
  assert.equal(await page.locator('#lines .caption').count(), 43);
  assert.ok(await page.isVisible('#pinned-title') && (await page.locator('#pinned-card .card').count()) === 0, 'nothing is on show yet');
  await page.selectOption('#speed', '4');
  await page.click('#play');
  await until(async () => (await page.locator('#lines [aria-current]').count()) && (await current(page)).includes('one'), 'the first line');
  await until(() => page.isVisible('#pinned-card [data-sku="HY-500"]'), 'the first card at its time');
  await until(async () => (await current(page)).includes('three'), 'the third line');
  assert.equal(await page.getAttribute('#play', 'aria-label'), 'Pause');
  await page.click('#play');
  const stood = await page.inputValue('#seek');
  await page.waitForTimeout(400);
  assert.equal(await page.inputValue('#seek'), stood, 'it stands');
  // A line leads to its moment, and the card of that moment is shown again.
  await page.click('#lines [data-segment="2"] .caption-text');
  assert.match(await current(page), /two/);
  assert.equal(await page.locator('#pinned-card .card').count(), 0, 'the card came a second later');
  await page.click('#moments [data-sku="HY-J20"]');
  assert.ok(await page.isVisible('#pinned-card [data-sku="HY-J20"]'));
  await page.locator('#lines [data-segment="40"] .caption-go').focus();
  await page.keyboard.press('Enter');
  assert.match(await current(page), /line 40/);
  assert.equal(await page.locator('#pinned-card .card').count(), 0, 'it was taken away');
  await closeClean(view);
});

test('keys play and lead through, also from right to left', async () => {
  const view = await openPage(browser, `/replay/${ROOM}?lang=ar`, { before: scripted });
  const { page } = view;
  await page.waitForSelector('#lines .caption');
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
  const at = async () => Number(await page.inputValue('#seek'));
  await page.locator('#captions').focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await at(), 5_000, 'forward is left here');
  await page.keyboard.press('ArrowRight');
  assert.equal(await at(), 0);
  await page.keyboard.press(' ');
  await until(async () => (await at()) > 0, 'it plays');
  await page.keyboard.press(' ');
  await closeClean(view);
});

test('another language keeps the place, and the address names what is seen', async () => {
  const view = await openPage(browser, `/replay/${ROOM}?lang=en`, { before: scripted });
  const { page } = view;
  await page.waitForSelector('#lines .caption');
  await page.locator('#lines [data-segment="3"] .caption-go').click();
  await page.selectOption('#language', 'es');
  await until(async () => (await current(page).catch(() => '')).includes('es three'), 'the same line in Spanish');
  assert.equal(await page.inputValue('#seek'), '9000');
  assert.match(page.url(), /lang=es/);
  await closeClean(view);
});

test('what search engines read is whole and allowed by the policy', async () => {
  const view = await openPage(browser, `/replay/${ROOM}?lang=en`);
  const { page } = view;
  await page.waitForSelector('#lines .caption', { timeout: SPEECH_MS });
  await page.reload();
  const data = JSON.parse(await page.textContent('script[type="application/ld+json"]'));
  assert.equal(data['@context'], 'https://schema.org');
  assert.equal(data.recordedIn['@type'], 'VideoObject');
  assert.ok(data.startDate.endsWith('Z'));
  // A policy that forbade it would have complained. The show goes on: its last line may wait for its translation.
  await closeClean(view, /503/);
});

test('a show that has ended leads to its replay', async () => {
  const act = (path, body) => fetch(`${BASE}/v1/rooms/sale/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  await act('pin', '{"sku":"HY-500"}');
  const view = await openPage(browser, '/watch/sale?lang=en');
  const { page } = view;
  await page.waitForSelector('#pinned-card .card');
  assert.equal(await page.isVisible('#replay-link'), false);
  await act('end', '{}');
  await page.waitForSelector('#replay-link', { state: 'visible' });
  await page.click('#replay-link');
  await page.waitForSelector('#moments [data-sku="HY-500"]');
  assert.match(page.url(), /\/replay\/sale/);
  await closeClean(view);
});
