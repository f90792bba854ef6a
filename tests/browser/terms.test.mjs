// The room's terms in the console, against the real gateway, in which the tour is being spoken.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { BASE, ROOM, SPEECH_MS, closeClean, launch, openPage, until } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const API = `${BASE}/v1/rooms/${ROOM}/glossary`;
const EVIL = '<img src=x onerror="window.hacked=1">';
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const listed = async () => (await (await fetch(API)).json()).terms;
const put = (terms) => fetch(API, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ terms }) });
const row = (page, text) => page.locator('#term-list .term', { hasText: text });

async function opened(path = `/host/${ROOM}`, options = {}) {
  const view = await openPage(browser, path, options);
  await view.page.waitForSelector('#product-list .product');
  await view.page.click('#terms-box > summary');
  await view.page.waitForSelector('#term-form', { state: 'visible' });
  return view;
}

async function save(page, said, lang, word) {
  await page.fill('#term-form [name=said]', said);
  if (lang) {
    await page.selectOption('#term-form [name=lang]', lang);
    await page.fill('#term-form [name=word]', word);
  }
  await page.click('#term-form [name=save]');
}

test('a term is added, gets another language, stays through a reload, and is taken out', async () => {
  await put([]);
  const view = await opened();
  const { page } = view;
  await page.waitForSelector('#terms-none');
  await save(page, '玲珑瓷', 'es', 'porcelana Linglong');
  await row(page, 'porcelana Linglong').waitFor();
  assert.equal(await page.inputValue('#term-form [name=said]'), '', 'ready for the next');
  // Somebody else adds one meanwhile: nothing of either is lost.
  const other = { forms: { zh: ['青花'], es: ['azul y blanco'] } };
  assert.equal((await fetch(API, { method: 'POST', body: JSON.stringify(other) })).status, 201);
  await save(page, '玲珑瓷', 'ru', EVIL);
  await row(page, EVIL).waitFor();
  assert.deepEqual((await listed()).map(({ term }) => term), ['玲珑瓷', '青花']);
  assert.deepEqual(Object.keys((await listed())[0].forms).sort(), ['es', 'ru', 'zh']);
  assert.equal(await page.locator('#terms img').count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);

  await page.reload();
  await until(async () => (await page.textContent('#terms-count')) === '2', 'the count while it is folded up');
  await page.click('#terms-box > summary');
  await row(page, '玲珑瓷').locator('button').click();
  await until(async () => (await listed()).length === 1, 'taken out');
  await row(page, '玲珑瓷').waitFor({ state: 'detached' });
  await closeClean(view, /412/);
});

test('a brand needs no word, a term without one is not sent, and a refusal is told', async () => {
  await put([]);
  const view = await opened();
  const { page } = view;
  await save(page, '海风');
  assert.deepEqual(await listed(), [], 'the word is missing');
  await page.check('#term-form [name=protect]');
  assert.equal(await page.isVisible('#term-translated'), false);
  await page.click('#term-form [name=save]');
  await row(page, '海风').waitFor();
  assert.equal((await listed())[0].protect, true);
  await save(page, 'a|b');
  await page.waitForSelector('#term-problem:not([hidden])');
  assert.equal(await page.inputValue('#term-form [name=said]'), 'a|b', 'the text is still there');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#terms-file')]);
  assert.ok(readFileSync(await download.path(), 'utf8').includes('protect\t海风'));
  await closeClean(view, /Failed to load resource/);
});

test('what is said on stage turns up in the report', async () => {
  // Said in every other sentence of the tour.
  await put([{ forms: { zh: ['我们'], en: ['we'] } }]);
  const view = await opened();
  const { page } = view;
  await until(async () => {
    await page.click('#terms-refresh');
    return page.locator('#terms-report .term-report', { hasText: '我们' }).count();
  }, 'the report', SPEECH_MS);
  assert.match(await page.textContent('#terms-report .term-counts'), /Heard: [1-9]/);
  await put([]);
  await closeClean(view);
});

for (const [lang, dir] of [['en', 'ltr'], ['ar', 'rtl']]) {
  test(`the terms fit a phone and have no serious finding of axe, ${lang}`, async () => {
    await put([{ forms: { zh: ['一二三四五六七八九十'.repeat(6)], es: ['término'.repeat(10)] } }, { forms: { zh: ['海风'] }, protect: true }]);
    const view = await openPage(browser, `/host/${ROOM}`, { locale: lang, reducedMotion: 'reduce', viewport: { width: 390, height: 844 } });
    const { page } = view;
    await page.waitForSelector('#product-list .product');
    await page.click('#terms-box > summary');
    await row(page, '海风').waitFor();
    assert.equal(await page.getAttribute('html', 'dir'), dir);
    await page.evaluate(AXE);
    const found = await page.evaluate(() => window.axe.run('#terms').then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)));
    assert.deepEqual(found, []);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 700 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${over} px too wide at ${width}`);
    }
    if (process.env.SHOTS) await page.locator('#terms').screenshot({ path: `${process.env.SHOTS}/terms-${lang}.png` });
    await put([]);
    await closeClean(view);
  });
}
