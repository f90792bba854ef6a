// A card as a market is used to it: measures, money that is about, in a room where nobody speaks.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { BASE, closeClean, launch, openPage, until } from './browser.mjs';

const ROOM = 'sale';
const API = `${BASE}/v1/rooms/${ROOM}`;
const PHONE = { width: 390, height: 844 };
/** A folder for pictures to look at; none are made without it. */
const SHOTS = process.env.TRADEWIND_SHOTS;
let browser;

before(async () => {
  browser = await launch();
  await post('pin', { sku: 'HY-500' });
});
afterEach(() => post('pin', { sku: 'HY-500' }));
after(async () => {
  await post('unpin', {});
  await browser?.close();
});

async function post(what, body) {
  const response = await fetch(`${API}/${what}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(response.status, 204, what);
}

async function viewer(lang, options = {}) {
  const view = await openPage(browser, `/watch/${ROOM}?lang=${lang}`, { viewport: PHONE, ...options });
  await view.page.waitForSelector('#pinned-card .card');
  return view;
}

const capacity = async (page) => {
  await until(() => page.locator('#pinned-card .card-facts dd').count(), 'facts');
  return (await page.locator('#pinned-card .card-facts dd').first().textContent()).trim();
};
const shows = (page, words) => until(async () => (await capacity(page)).includes(words), words);

async function picture(page, name) {
  if (!SHOTS) return;
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
  await page.click('#pinned-more');
  await page.screenshot({ path: `${SHOTS}/${name}-open.png`, fullPage: true });
}

test('an American browser gets its measures, and the choice in the settings is remembered', async () => {
  const view = await viewer('en');
  const { page } = view;
  await shows(page, '500 ml (16.9 fl oz)');
  await picture(page, 'en-US');
  await page.click('#settings-button');
  assert.equal(await page.inputValue('#units'), '');
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/settings.png` });
  await page.selectOption('#units', 'metric');
  await until(async () => (await capacity(page)) === '500 ml', 'metric alone');
  await page.reload();
  await page.waitForSelector('#pinned-card .card');
  assert.equal(await capacity(page), '500 ml');
  assert.equal(await page.inputValue('#units'), 'metric');
  await closeClean(view);
});

test('other browsers get metric measures, unless the address or the reader says otherwise', async () => {
  const russian = await viewer('ru', { locale: 'en-US' });
  await shows(russian.page, '500 мл');
  assert.ok(!(await capacity(russian.page)).includes('('), 'an English browser says nothing of a reader of Russian');
  await russian.page.click('#settings-button');
  await russian.page.selectOption('#units', 'us');
  await shows(russian.page, 'жидкой унции');
  await closeClean(russian);
  const spanish = await viewer('es-US', { locale: 'es-MX' });
  await shows(spanish.page, '500 ml (16.9 fl oz)');
  await closeClean(spanish);
});

test('a converted price says that it is about, with the day of its rate, also on a phone', async () => {
  for (const [lang, locale, about, day] of [
    ['es', 'es-ES', 'aprox.', '2026'],
    ['ar', 'ar-AE', 'حوالي', '2026'],
    ['th', 'th-TH', 'ประมาณ', '20 พ.ย.'],
    ['hi', 'hi-IN', 'लगभग', '2026'],
  ]) {
    const view = await viewer(lang, { locale });
    const { page } = view;
    await page.evaluate(() => document.fonts.ready);
    // Whose pack counts in dollars, as the catalogue does.
    if (lang === 'es' || lang === 'ar') {
      await page.click('#settings-button');
      await page.selectOption('#currency', 'EUR');
      await page.keyboard.press('Escape');
    }
    const local = page.locator('#pinned-card .price-local');
    await until(async () => (await local.count()) && (await local.textContent()).includes(about), `${lang}: ${about}`);
    assert.ok(await page.locator('#pinned-card .price-date').isVisible(), lang);
    assert.ok((await page.locator('#pinned-card .price-date').textContent()).includes(day), lang);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(wide, false, `${lang}: nothing sticks out`);
    await picture(page, lang);
    await closeClean(view);
  }
});
