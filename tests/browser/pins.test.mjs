// Suggestions in place of pins, and the way back, against the real gateway: one room where nobody speaks, one where a test does.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { BASE, SPEECH_MS, closeClean, launch, openPage, until } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = process.env.TRADEWIND_BIN ?? 'target/release/tradewind';
const QUIET = 'sale';
const SPOKEN = 'choice';
const PHONE = { width: 390, height: 844 };
const REFUSED = /status of (404|409|422)/;
let browser;
let speaker;

before(async () => (browser = await launch()));
after(async () => {
  speaker?.kill('SIGTERM');
  await browser?.close();
});

const api = (room, path, method = 'GET', body = null) =>
  fetch(`${BASE}/v1/rooms/${room}/${path}`, { method, body, headers: body ? { 'Content-Type': 'application/json' } : {} });
const pins = async (room) => (await api(room, 'pins')).json();
const live = (page) => page.waitForFunction(() => !document.documentElement.dataset.booting && document.querySelector('#product-list button'));
const onShow = (page, words) =>
  until(async () => ((await page.locator('#pinned-card').textContent()) ?? '').includes(words), `the viewer sees ${words}`);

async function viewer(room) {
  const view = await openPage(browser, `/watch/${room}?lang=en`);
  await view.page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  return view;
}

test('a pin and an unpin are taken back by hand and by key, and the viewers see the card before', async () => {
  await api(QUIET, 'unpin', 'POST');
  const host = await openPage(browser, `/host/${QUIET}`);
  const { page } = host;
  await live(page);
  const view = await viewer(QUIET);
  await page.click('#product-list button[data-sku="HY-500"]');
  await onShow(view.page, 'thermos');
  await page.click('#product-list button[data-sku="HY-C10"]');
  await onShow(view.page, 'lantern');
  await until(async () => (await page.textContent('#undo-about')).includes('露营灯'), 'undo names the lantern');
  await page.focus('#undo');
  await page.keyboard.press('Enter');
  await onShow(view.page, 'thermos');
  await page.waitForSelector('#undo-bar', { state: 'hidden' });
  assert.ok((await page.textContent('#undo-live')).length > 2, 'said to who does not see it');
  assert.ok(await page.locator('.product.is-pinned[data-sku="HY-500"]').count(), 'the list knows');

  await page.click('#product-list button[data-sku="HY-500"]');
  await until(async () => (await pins(QUIET)).pinned === null, 'it is unpinned');
  await page.waitForSelector('#undo-bar:not([hidden])');
  await page.click('#undo');
  await until(async () => (await pins(QUIET)).pinned === 'HY-500', 'it is pinned again');
  await onShow(view.page, 'thermos');
  await closeClean(host);
  await closeClean(view);
});

test('after ten seconds, and after another change, nothing is undone', async () => {
  await api(QUIET, 'unpin', 'POST');
  await api(QUIET, 'pin', 'POST', '{"sku":"HY-500"}');
  const first = (await pins(QUIET)).undo;
  assert.deepEqual([first.from, first.to], [null, 'HY-500']);
  await api(QUIET, 'pin', 'POST', '{"sku":"HY-B35"}');
  const host = await openPage(browser, `/host/${QUIET}`);
  await host.page.waitForSelector('#undo-bar:not([hidden])');
  const other = await api(QUIET, 'undo', 'POST', JSON.stringify({ change: first.change }));
  assert.deepEqual([other.status, (await other.json()).code], [409, 'changed_meanwhile']);
  const { left_ms: left } = (await pins(QUIET)).undo;
  assert.ok(left > 0 && left <= 10_000, `${left} ms`);
  await new Promise((resolve) => setTimeout(resolve, left + 100));
  const late = await api(QUIET, 'undo', 'POST');
  assert.deepEqual([late.status, late.headers.get('content-type'), (await late.json()).code], [409, 'application/problem+json', 'too_late']);
  await host.page.waitForSelector('#undo-bar', { state: 'hidden' });
  const now = await pins(QUIET);
  assert.deepEqual([now.pinned, now.undo], ['HY-B35', null]);
  for (const [path, method, body, status] of [
    ['pins', 'PUT', '{"mode":"never"}', 422],
    ['pins', 'PUT', '{', 400],
    ['undo', 'POST', '{"change":"x"}', 400],
    ['suggestions/HY-500', 'DELETE', null, 404],
    ['suggestions/%3Cb%3E', 'DELETE', null, 404],
  ]) {
    assert.equal((await api(QUIET, path, method, body)).status, status, `${method} ${path} ${body}`);
  }
  await closeClean(host);
});

test('where the operator pins, spoken products are suggested, pinned by key, dismissed, and the machine can be let loose', async () => {
  const host = await openPage(browser, `/host/${SPOKEN}`, { viewport: PHONE });
  const { page } = host;
  await live(page);
  const view = await viewer(SPOKEN);
  await page.waitForFunction(() => document.getElementById('suggest-mode').checked);
  const push = ['push', 'assets/tour-zh.wav', '--url', BASE.replace('http', 'ws'), '--room', SPOKEN, '--language', 'zh', '--speed', '1.4'];
  speaker = spawn(BIN, push, { cwd: ROOT, stdio: 'ignore' });

  await page.waitForSelector('.suggestion [data-sku="HY-500"]', { timeout: SPEECH_MS });
  assert.equal((await pins(SPOKEN)).pinned, null, 'nothing is pinned by itself');
  assert.ok((await page.textContent('#suggestions-live')).includes('保温杯'), 'it is announced');
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document.querySelector('.products')));
  assert.deepEqual(found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
  if (process.env.SHOTS) await shots(page);
  await page.focus('.suggestion [data-act="pin"][data-sku="HY-500"]');
  await page.keyboard.press('Enter');
  await onShow(view.page, 'thermos');
  await page.waitForFunction(() => !document.querySelector('.suggestion [data-sku="HY-500"]'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'suggest-mode', 'the focus stays here');

  await page.waitForSelector('.suggestion [data-sku="HY-J20"]', { timeout: SPEECH_MS });
  await page.click('.suggestion [data-act="dismiss"][data-sku="HY-J20"]');
  await until(async () => !(await pins(SPOKEN)).suggestions.length, 'the gateway has let it go');
  assert.equal((await api(SPOKEN, 'suggestions/HY-J20', 'DELETE')).status, 404);
  assert.equal((await pins(SPOKEN)).pinned, 'HY-500');

  await page.click('#suggest-mode');
  await until(async () => (await pins(SPOKEN)).mode === 'auto', 'the machine pins again');
  await until(async () => (await pins(SPOKEN)).pinned === 'HY-L80', 'what is spoken of next is pinned', SPEECH_MS);
  await onShow(view.page, 'lunch box');
  const { from } = (await pins(SPOKEN)).undo;
  await until(async () => (await page.textContent('#undo-about')).includes('饭盒'), 'the machine can be corrected');
  await page.click('#undo');
  await until(async () => (await pins(SPOKEN)).pinned === from, 'the card before');
  await page.click('#suggest-mode');
  await until(async () => (await pins(SPOKEN)).mode === 'suggest', 'back again');
  await closeClean(host, REFUSED);
  await closeClean(view);
});

/** For looking at: `SHOTS=folder`. */
async function shots(page) {
  for (const [name, width, lang] of [['390', 390, 'en'], ['390-ar', 390, 'ar'], ['320-th', 320, 'th'], ['1280', 1280, 'en'], ['1280-ar', 1280, 'ar']]) {
    await page.setViewportSize({ width, height: 844 });
    await page.selectOption('#interface-language', lang);
    await page.waitForFunction((lang) => document.documentElement.lang === lang, lang);
    await page.locator('.products').scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${process.env.SHOTS}/suggest-${name}.png` });
  }
  await page.selectOption('#interface-language', 'en');
  await page.setViewportSize(PHONE);
}
