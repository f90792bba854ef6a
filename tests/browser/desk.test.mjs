// The console's products in order, its figures, and the show's summary: in a room in which nobody speaks.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { BASE, closeClean, launch, openPage, until } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ROOM = 'desk';
const EVIL = '<img src=x onerror="window.hacked=1">';
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

async function opened(options) {
  const view = await openPage(browser, `/host/${ROOM}`, options);
  await view.page.waitForSelector('#product-list .product');
  return view;
}

const shown = (page) => page.locator('#product-list .product').evaluateAll((rows) => rows.map((row) => row.dataset.sku));
const kept = async () => (await (await fetch(`${BASE}/v1/rooms/${ROOM}`)).json()).products.map(({ sku }) => sku);
const isKept = (skus) => until(async () => (await kept()).join() === skus.join(), `kept: ${skus}`);
const moved = (skus, from, to) => {
  const rest = [...skus];
  rest.splice(to, 0, ...rest.splice(from, 1));
  return rest;
};

test('products are dragged into another order, which stays', async () => {
  // So high that the list does not scroll along.
  const view = await opened({ viewport: { width: 1280, height: 1300 } });
  const { page } = view;
  const first = await shown(page);
  const handle = page.locator(`[data-move="${first[0]}"]`);
  const to = await page.locator('#product-list .product').nth(2).boundingBox();
  await handle.hover();
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + to.height / 2, { steps: 4 });
  await page.mouse.move(to.x + 20, to.y + to.height - 4, { steps: 4 });
  await page.mouse.up();
  const now = moved(first, 0, 2);
  assert.deepEqual(await shown(page), now);
  await isKept(now);
  assert.equal(await page.textContent('#order-live'), 'Place 3 / 5');
  await page.reload();
  await page.waitForSelector('#product-list .product');
  assert.deepEqual(await shown(page), now);
  await closeClean(view);
});

test('the arrow keys move a product, quickly too, and its row keeps the focus', async () => {
  const view = await opened();
  const { page } = view;
  const first = await shown(page);
  await page.focus(`[data-move="${first[0]}"]`);
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
  assert.deepEqual(await shown(page), moved(first, 0, 3));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.move), first[0]);
  // From the pin button with Alt.
  await page.focus(`button[data-sku="${first[0]}"]`);
  await page.keyboard.press('Alt+ArrowUp');
  const now = moved(first, 0, 2);
  assert.deepEqual(await shown(page), now);
  await isKept(now);
  // A place among those that were searched for means nothing.
  await page.fill('#product-search', first[0].toLowerCase());
  assert.equal(await page.locator('.product-move').count(), 0);
  await closeClean(view);
});

test('another console sees the new order without a reload, but not while it moves a product itself', async () => {
  const [here, there] = [await opened(), await opened()];
  const first = await shown(here.page);
  const order = async () => (await shown(there.page)).join();
  // The events of that console must have begun.
  await until(() => there.page.evaluate(() => document.querySelector('#problem').hidden), 'connected');
  await here.page.focus(`[data-move="${first[0]}"]`);
  await here.page.keyboard.press('ArrowDown');
  const now = moved(first, 0, 1);
  await until(async () => (await order()) === now.join(), 'the other console follows');

  const handle = await there.page.locator(`[data-move="${now[0]}"]`).boundingBox();
  await there.page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await there.page.mouse.down();
  await here.page.keyboard.press('ArrowDown');
  await isKept(moved(first, 0, 2));
  await there.page.waitForTimeout(500);
  assert.equal(await order(), now.join(), 'the row stays in the hand');
  await there.page.mouse.up();
  await closeClean(here);
  await closeClean(there);
});

test('a finger moves a product', async () => {
  const view = await opened({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page, context } = view;
  const first = await shown(page);
  await page.locator('.product').nth(1).scrollIntoViewIfNeeded();
  const from = await page.locator(`[data-move="${first[0]}"]`).boundingBox();
  const to = await page.locator('.product').nth(1).boundingBox();
  const touch = await context.newCDPSession(page);
  const at = (type, y) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + from.width / 2, y }] });
  const start = from.y + from.height / 2;
  await at('touchStart', start);
  for (const y of [start + 10, to.y + to.height / 2, to.y + to.height - 6]) await at('touchMove', y);
  await at('touchEnd');
  const now = moved(first, 0, 1);
  await until(async () => (await shown(page)).join() === now.join(), 'moved');
  await isKept(now);
  await closeClean(view);
});

test('an order that the gateway refuses is taken back, and said', async () => {
  const view = await opened();
  const { page } = view;
  const first = await shown(page);
  await page.route('**/products/order', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'other_products', detail: 'Others.' }) }));
  await page.focus(`[data-move="${first[0]}"]`);
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('#problem:not([hidden])');
  await until(async () => (await shown(page)).join() === first.join(), 'as the gateway has it');
  await closeClean(view, /409/);
});

test('viewers are counted by language and country, and the delay is a chart and a table', async () => {
  const state = {
    type: 'state', host: true, ended: false, epoch: 'e1', source_lang: 'zh', pinned: null, sales: [], dropped_audio_ms: 0,
    viewers: { es: 3, ar: 1 }, countries: { MX: 2, XK: 1 },
    lag: { segment_ms: 420, transcribe_ms: 600, translate_ms: { es: 5, ar: 1400 }, total_ms: { p50: 1100, p95: 2600 } },
  };
  const view = await opened({
    before: (page) => page.route('**/console', (route) => route.fulfill({ contentType: 'text/event-stream', body: `data: ${JSON.stringify(state)}\n\n` })),
  });
  const { page } = view;
  await page.waitForSelector('#lag-chart .lag-row');
  const text = (selector) => page.locator(selector).allTextContents();
  assert.deepEqual(await text('#viewers-list .figure-name'), ['Spanish', 'Arabic']);
  assert.deepEqual(await text('#countries-list .figure-name'), ['Mexico', 'Kosovo']);
  assert.deepEqual(await text('.lag-row .figure-name'), ['Arabic', 'Spanish'], 'the slowest first');
  assert.deepEqual(await text('.lag-row .figure-value'), ['2,420 ms', '1,025 ms']);
  assert.equal(await page.locator('.lag-row.is-slow').count(), 1);
  assert.equal(await page.locator('.lag-row').first().locator('rect').count(), 3);
  await page.click('#lag-table-box > summary');
  assert.deepEqual(await text('#lag-table tbody tr'), ['Arabic420 ms600 ms1,400 ms', 'Spanish420 ms600 ms5 ms']);
  assert.deepEqual(await text('#lag-table th[scope=col]'), ['Language', 'Hearing', 'Writing', 'Translating']);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run('.side'));
  assert.deepEqual(violations.map(({ id }) => id), []);
  await closeClean(view);
});

test('when the show ends its figures and files are offered', async () => {
  const view = await opened({ acceptDownloads: true });
  const { page } = view;
  await page.click('#end');
  await page.click('#end-dialog button[value=end]');
  await page.waitForSelector('#summary-dialog[open]');
  assert.equal(await page.locator('#summary-failed').isHidden(), true);
  assert.ok((await page.locator('#summary-facts dt').allTextContents()).includes('Duration'));
  assert.ok(await page.isHidden('#summary-captions'), 'nothing was said');
  await page.keyboard.press('Escape');

  // A show in which something happened.
  const told = {
    room: ROOM, title: EVIL, epoch: 'e1', live: false, ended: true, source_lang: 'zh', duration_ms: 3_725_000, captions: 812, corrections: 4,
    viewers: { now: 0, peak: 140, languages: { es: { now: 0, peak: 90 }, ru: { now: 0, peak: 51 } }, countries: { MX: { now: 0, peak: 70 } } },
    products: [{ sku: 'HY-500', name: EVIL, times: 3, shown_ms: 905_000 }], questions: { total: 7, open: 2 },
    reservations: { total: 5, pieces: 260, cancelled: 1 },
    lag: { segment_ms: 420, transcribe_ms: 600, translate_ms: { es: 5 }, total_ms: { p50: 1100, p95: 2600 } },
  };
  await page.route('**/summary', (route) => route.fulfill({ json: told }));
  const asked = [];
  await page.route('**/captions.*', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ body: 'WEBVTT' });
  });
  await page.waitForSelector('#summary-open:not([hidden])');
  await page.click('#summary-open');
  await page.waitForSelector('#summary-captions:not([hidden])');
  assert.deepEqual(asked, [], 'no file is fetched before somebody wants it');
  const facts = await page.textContent('#summary-facts');
  for (const words of ['1:02:05', '812', 'Corrected: 4', '140', 'Unanswered: 2', 'Pieces: 260', '1,100 ms']) assert.ok(facts.includes(words), `${words} in ${facts}`);
  assert.equal(await page.textContent('#summary-products li'), `${EVIL}15:05`);
  assert.equal(await page.locator('#summary-dialog img').count(), 0);
  assert.deepEqual(await page.locator('#summary-languages li').allTextContents(), ['Spanish90', 'Russian51']);
  await page.selectOption('#summary-lang', 'ru');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#summary-caption-files button >> nth=0')]);
  assert.equal(download.suggestedFilename(), `${ROOM}-captions-ru.vtt`);
  assert.deepEqual(await page.locator('#summary-files button').allTextContents(), ['Questions', 'Reservations', 'Terms: In this show']);
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run('#summary-dialog').then(({ violations }) => violations.map(({ id }) => id)));
  assert.deepEqual(found, []);
  await page.click('#summary-close');
  assert.ok(await page.isHidden('#summary-dialog'));
  await closeClean(view);
});

for (const [width, height] of [[390, 844], [320, 640]]) {
  test(`the console is worked with one thumb at ${width} px`, async () => {
    const view = await opened({ viewport: { width, height }, hasTouch: true, permissions: ['microphone'], before: (page) => page.routeWebSocket(/\/v1\/listen\?/, () => {}) });
    const { page } = view;
    const box = async (selector) => page.locator(selector).boundingBox();
    const low = ({ y, height: tall, width: wide }) => y > height / 2 && y + tall <= height && tall >= 44 && wide > width / 2;
    assert.ok(low(await box('#start')), 'Start is under the thumb');
    await page.click('#start');
    await page.waitForSelector('#stop:not([hidden])');
    assert.ok(low(await box('#stop')), 'and so is Stop');
    for (const selector of ['.product-move', '.product .button', '#copy']) {
      const { width: wide, height: tall } = await box(`${selector} >> nth=0`);
      assert.ok(tall >= 44 || selector === '#copy', `${selector} is ${wide} by ${tall}`);
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${over} px too wide`);
    const cut = await page.evaluate(() => [...document.querySelectorAll('.choice label')].filter((label) => label.getBoundingClientRect().right > innerWidth).length);
    assert.equal(cut, 0, 'every choice is on the screen');
    await page.click('#stop');
    await closeClean(view);
  });
}
