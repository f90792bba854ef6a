// Shoppers ask on the viewer page, the operator answers in the console, against the real gateway.
//
// One address may ask 12 questions at once in a room (config/reference.toml): these tests stay below.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { BASE, ROOM, cable, closeClean, launch, openPage, until } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NETWORK = /Failed to load resource|WebSocket connection to|ERR_/;
const API = `${BASE}/v1/rooms/${ROOM}/inquiries`;
const EVIL = '<img src=x onerror="window.hacked=1"><b>x</b>';
/** What has to be in the Spanish for 七天内发货. */
const SEVEN_DAYS = '7 días';
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const online = (page) => page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
const listed = async () => (await (await fetch(API)).json()).inquiries;

async function ask(page, text, more = {}) {
  await page.click('#ask-button');
  await page.waitForFunction(() => document.querySelectorAll('#ask-form [name=sku] option').length > 1);
  await page.fill('#ask-form [name=text]', text);
  for (const [name, value] of Object.entries(more)) await page.fill(`#ask-form [name=${name}]`, value);
  await page.click('#ask-form [name=send]');
}

async function answer(id, text) {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${API}/${id}/answer`, { method: 'POST', headers, body: JSON.stringify({ text }) });
  assert.equal(response.status, 200, await response.text());
}

const row = (page, text) => page.locator('.question', { hasText: text });

test('a question goes from the card to the console, and its answer back, translated', async () => {
  const host = await openPage(browser, `/host/${ROOM}`);
  const viewer = await openPage(browser, `/watch/${ROOM}?lang=es`);
  await online(viewer.page);
  // A draft that is being written stays where it is while another question comes in.
  await ask(viewer.page, `${EVIL} uno`, { contact: 'ana@example.com' });
  await viewer.page.waitForSelector('#ask-result.is-good');
  assert.equal(await viewer.page.inputValue('#ask-form [name=text]'), '');
  const first = row(host.page, 'uno');
  await first.waitFor();
  await first.locator('textarea').fill('草稿');
  await viewer.page.click('#ask-dialog .form-end [data-close]');

  await viewer.page.click('#shelf-list .row >> nth=0');
  await viewer.page.click('#product-dialog .card-cta');
  const sku = await viewer.page.inputValue('#ask-form [name=sku]');
  assert.ok(sku, 'asked from a card, it is about that product');
  await viewer.page.fill('#ask-form [name=text]', '¿Cuándo sale dos?');
  await viewer.page.fill('#ask-form [name=quantity]', '2000');
  await viewer.page.click('#ask-form [name=send]');
  await viewer.page.waitForSelector('#ask-result.is-good');
  await viewer.page.keyboard.press('Escape');

  const second = row(host.page, '¿Cuándo sale dos?');
  await second.waitFor();
  await until(async () => (await second.textContent()).includes('Spanish'), 'the language');
  for (const part of [sku, '2,000']) assert.ok((await second.textContent()).includes(part), part);
  assert.equal(await first.locator('textarea').inputValue(), '草稿');
  assert.ok((await first.textContent()).includes('ana@example.com'));
  assert.equal(await second.locator('.question-text[lang=es]').getAttribute('dir'), 'auto');
  assert.ok((await host.page.getAttribute('#questions-count', 'aria-label')).includes('2'));

  await second.locator('textarea').fill('七天内发货');
  await second.locator('textarea').press('Control+Enter');
  await host.page.locator('#questions-answered .question', { hasText: 'dos?' }).waitFor();
  assert.ok((await second.textContent()).includes(SEVEN_DAYS), 'the operator sees what the shopper reads');

  await viewer.page.waitForSelector('#answered:not([hidden])');
  await viewer.page.click('#answered-show');
  assert.ok((await viewer.page.textContent('.my-answer-text')).includes(SEVEN_DAYS));
  await viewer.page.waitForSelector('#answered', { state: 'hidden' });
  // Remembered by this browser.
  await viewer.page.reload();
  await online(viewer.page);
  await viewer.page.click('#ask-button');
  assert.equal(await viewer.page.locator('.my-question').count(), 2);
  assert.equal(await viewer.page.isVisible('#answered'), false, 'it was read');

  for (const { page } of [host, viewer]) {
    assert.equal(await page.locator('.question b, .my-question b, img[src="x"]').count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  }
  // Put right, it comes again.
  await second.locator('.question-correct').click();
  await second.locator('textarea').fill('十五天内发货');
  await second.locator('button[type=submit]').click();
  await until(async () => (await viewer.page.textContent('.my-answer-text')).includes('15'), 'the corrected answer');
  const [download] = await Promise.all([host.page.waitForEvent('download'), host.page.click('#questions-csv')]);
  const table = readFileSync(await download.path(), 'utf8');
  assert.ok(table.includes('ana@example.com') && table.includes('¿Cuándo sale dos?'));
  await closeClean(viewer);
  await closeClean(host);
});

test('a question that is asked while the network is away goes out once it is back, once', async () => {
  const wire = await cable();
  const view = await openPage(browser, `/watch/${ROOM}?lang=es`, { base: wire.base });
  const { page } = view;
  await online(page);
  await page.waitForSelector('#shelf-list .row');
  wire.cut();
  await ask(page, 'Sin red tres');
  await page.waitForSelector('#ask-result.is-warn', { timeout: 20_000 });
  assert.equal(await page.locator('.my-question[data-state="waiting"]').count(), 1);
  // Not even a closed page loses it.
  await page.goto('about:blank');
  wire.mend();
  await page.goto(`${wire.base}/watch/${ROOM}?lang=es`);
  await page.waitForSelector('.my-question[data-state="received"]', { state: 'attached', timeout: 20_000 });
  assert.equal((await listed()).filter(({ text }) => text === 'Sin red tres').length, 1);

  // The answer that comes while the reader is away is there when it is back.
  wire.cut();
  const [{ id }] = (await listed()).filter(({ text }) => text === 'Sin red tres');
  await answer(id, '七天内发货');
  wire.mend();
  await page.waitForSelector('#answered:not([hidden])', { timeout: 30_000 });
  assert.ok((await page.textContent('#my-questions-list')).includes(SEVEN_DAYS));
  await closeClean(view, NETWORK);
  await wire.close();
});

test('where WebSockets are not let through a question is sent all the same, and its answer found', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=ar`, {
    before: (page) =>
      page.addInitScript(() => {
        window.WebSocket = class {
          static OPEN = 1;
          constructor() {
            setTimeout(() => this.onclose?.({ code: 1006 }), 10);
          }
          close() {}
        };
      }),
  });
  const { page } = view;
  await until(() => page.evaluate(() => window.tradewind.transport === 'sse'), 'server-sent events');
  await online(page);
  await ask(page, 'كم السعر؟ أربعة');
  await page.waitForSelector('#ask-result.is-good');
  const [{ id, lang }] = (await listed()).filter(({ text }) => text.includes('أربعة'));
  assert.equal(lang, 'ar');
  await answer(id, '七天内发货');
  await page.reload();
  await page.waitForSelector('#answered:not([hidden])', { timeout: 30_000 });
  await page.click('#answered-show');
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.my-answer-text')).direction), 'rtl');
  await closeClean(view);
});

test('the questions have no serious finding of axe and fit a phone, in either direction', async () => {
  for (const [lang, viewport] of [['en-US', { width: 1280, height: 800 }], ['ar', { width: 390, height: 844 }], ['en-US', { width: 320, height: 640 }]]) {
    const host = await openPage(browser, `/host/${ROOM}`, { locale: lang, viewport, reducedMotion: 'reduce' });
    const { page } = host;
    await page.waitForSelector('.question');
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${over} px too wide at ${viewport.width}`);
    await closeClean(host);
  }
});

test('a console without the key says so and shows no question', async () => {
  const view = await openPage(browser, `/host/${ROOM}`, {
    before: (page) =>
      page.route('**/inquiries?*', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{}' })),
  });
  await until(async () => (await view.page.textContent('#questions-none')).includes('could not be loaded'), 'the failure');
  assert.equal(await view.page.locator('.question').count(), 0);
  await closeClean(view, NETWORK);
});
