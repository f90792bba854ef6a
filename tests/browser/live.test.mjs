// The viewer page against a gateway with a host who speaks.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, ROOM, SPEECH_MS, cable, closeClean, launch, offsets, openPage, until } from './browser.mjs';

const ARABIC = /\p{Script=Arabic}/u;
const NETWORK = /WebSocket connection to|net::ERR_|Failed to load resource/;
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

test('captions and a product card appear in Spanish', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=es`);
  const { page } = view;
  await page.waitForSelector('#finals .caption', { timeout: SPEECH_MS });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr');
  const text = await page.textContent('#finals .caption:last-child .caption-text');
  assert.ok(text.trim().length > 0);
  await page.waitForSelector('#pinned-card .card', { timeout: SPEECH_MS });
  assert.ok((await page.textContent('#pinned-card .card-name')).trim());
  assert.match(await page.textContent('#pinned-card .price'), /\d/);
  assert.ok((await page.locator('#shelf-list .row').count()) >= 1);
  assert.equal(await page.getAttribute('#show-state', 'data-state'), 'live');
  await closeClean(view);
});

test('a partial is shown before its final and gives way to it', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=es`);
  const { page } = view;
  const partial = await page.waitForSelector('#partials .partial', { timeout: SPEECH_MS });
  const segment = await partial.getAttribute('data-segment');
  await page.waitForSelector(`#finals .caption[data-segment="${segment}"]`, { timeout: SPEECH_MS });
  assert.equal(await page.locator(`#partials .partial[data-segment="${segment}"]`).count(), 0);
  await closeClean(view);
});

test('switching to Arabic turns the page and its captions, and is remembered', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=es`);
  const { page } = view;
  await page.waitForSelector('#finals .caption', { timeout: SPEECH_MS });
  await page.selectOption('#language', 'ar');
  await page.waitForFunction(() => document.documentElement.dir === 'rtl');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ar');
  const arabic = page.locator('#finals .caption .caption-text:lang(ar)');
  await until(async () => (await arabic.count()) > 0, 'an Arabic caption', SPEECH_MS);
  const texts = await until(
    async () => {
      const found = await arabic.allTextContents();
      return found.some((text) => ARABIC.test(text)) && found;
    },
    'Arabic letters',
    SPEECH_MS,
  );
  assert.ok(texts.length);
  await page.goto(`${BASE}/watch/${ROOM}`);
  await page.waitForFunction(() => document.documentElement.dir === 'rtl');
  await closeClean(view);
});

test('a cut connection comes back without gap or duplicate', async () => {
  const wire = await cable();
  const view = await openPage(browser, `/watch/${ROOM}?lang=es`, { base: wire.base });
  const { page } = view;
  await until(async () => (await offsets(page)).length >= 1, 'an event', SPEECH_MS);
  const epoch = await page.evaluate(() => window.tradewind.position.epoch);
  const seenBefore = await page.locator('#finals .caption').count();
  wire.cut();
  await page.waitForSelector('#connection:not([hidden])', { timeout: 15_000 });
  await new Promise((resolve) => setTimeout(resolve, 6_000)); // Something is said meanwhile.
  wire.mend();
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online', null, { timeout: 30_000 });
  const back = (await offsets(page)).at(-1);
  await until(async () => (await offsets(page)).at(-1) > back, 'an event after the cut', SPEECH_MS);
  assert.equal(await page.evaluate(() => window.tradewind.position.epoch), epoch, 'the history went on');
  const counted = await offsets(page);
  assert.equal(new Set(counted).size, counted.length, 'no offset twice');
  assert.equal(await page.evaluate(() => window.tradewind.position.gaps), 0, 'no offset left out');
  assert.equal(await page.evaluate(() => window.tradewind.position.duplicates), 0, 'nothing was sent twice');
  assert.ok((await page.locator('#finals .caption').count()) > seenBefore);
  const segments = await page.locator('#finals .caption').evaluateAll((items) => items.map((item) => item.dataset.segment));
  assert.equal(new Set(segments).size, segments.length, 'no caption twice');
  await closeClean(view, NETWORK);
  await wire.close();
});

test('where WebSockets are not let through, server-sent events carry the captions', async () => {
  const view = await openPage(browser, `/watch/${ROOM}?lang=es`, {
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
  await page.waitForSelector('#finals .caption', { timeout: SPEECH_MS });
  assert.equal(await page.evaluate(() => window.tradewind.transport), 'sse');
  await closeClean(view);
});

test('a pin from the host console changes the viewer\'s card', async () => {
  const viewer = await openPage(browser, `/watch/${ROOM}?lang=es`);
  const host = await openPage(browser, `/host/${ROOM}`);
  await viewer.page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  const skus = await host.page
    .locator('#product-list .product')
    .first()
    .waitFor()
    .then(() => host.page.locator('#product-list .product').evaluateAll((rows) => rows.map((row) => row.dataset.sku)));
  // One that the host is not speaking of: the tour may be anywhere by now.
  const pinned = await host.page.locator('#product-list .product.is-pinned').evaluateAll((rows) => rows.map((row) => row.dataset.sku));
  const sku = skus.findLast((sku) => !pinned.includes(sku));
  const button = `#product-list button[data-sku="${sku}"]`;
  await host.page.click(button);
  await viewer.page.waitForSelector(`#pinned-card .card[data-sku="${sku}"]`, { timeout: 10_000 });
  await host.page.waitForSelector(`${button}[aria-pressed="true"]`);
  await host.page.click(button);
  await viewer.page.waitForFunction((gone) => !document.querySelector(`#pinned-card .card[data-sku="${gone}"]`), sku);
  await host.page.waitForSelector('#transcript-list .line', { timeout: SPEECH_MS });
  await until(async () => Number(await host.page.textContent('#viewers-total')) >= 1, 'a viewer counted');
  await closeClean(viewer);
  await closeClean(host);
});

test('an unknown room says so and does not try for ever', async () => {
  const view = await openPage(browser, '/watch/no-such-room?lang=en');
  const { page } = view;
  await page.waitForSelector('#connection.is-bad:not([hidden])');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.connection), 'refused');
  await closeClean(view, NETWORK);
});

test('the list of rooms leads to the viewer page', async () => {
  const view = await openPage(browser, '/');
  await view.page.click(`#rooms a[href="/watch/${ROOM}"]`);
  await view.page.waitForSelector('#room-title');
  await closeClean(view);
});
