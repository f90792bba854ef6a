// Flash sales from the console to the shopper's reservation, against the real gateway, in a room where nobody speaks.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { BASE, cable, closeClean, launch, openPage, until } from './browser.mjs';
import { card, hello, scripted } from './scripted.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NETWORK = /Failed to load resource|WebSocket connection to|ERR_/;
const ROOM = 'sale';
const API = `${BASE}/v1/rooms/${ROOM}`;
const PHONE = { width: 390, height: 844 };
const EVIL = '<img src=x onerror="window.hacked=1">@x.example';
let browser;

before(async () => (browser = await launch()));
afterEach(async () => {
  for (const { sku } of (await (await fetch(`${API}/flash`)).json()).sales) await fetch(`${API}/flash/${sku}`, { method: 'DELETE' });
});
after(() => browser?.close());

const online = (page) => page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
const shown = (page, selector, words) =>
  until(async () => (await page.locator(selector).allTextContents()).join(' ').includes(words), `${words} in ${selector}`);

async function begin(sale) {
  const body = JSON.stringify({ sku: 'HY-500', price: '2.20', duration_s: 600, ...sale });
  const response = await fetch(`${API}/flash`, { method: 'POST', body });
  assert.equal(response.status, 201, await response.clone().text());
  return response.json();
}

async function viewer(options = {}) {
  const { lang = 'es', query = '', ...more } = options;
  const view = await openPage(browser, `/watch/${ROOM}?lang=${lang}${query}`, more);
  await online(view.page);
  return view;
}

async function reserve(page, quantity, contact = 'ana@example.com') {
  if (!(await page.isVisible('#reserve-dialog'))) await page.click('#pinned-card .flash-reserve');
  await page.fill('#reserve-form [name=quantity]', String(quantity));
  await page.fill('#reserve-form [name=contact]', contact);
  await page.click('#reserve-form [name=send]');
}

test('a sale goes from the console to the shopper, a reservation back, and both see what is left', async () => {
  const host = await openPage(browser, `/host/${ROOM}`, { viewport: PHONE });
  const view = await viewer();
  await host.page.click('[data-flash="HY-500"]');
  const fill = (name, value) => host.page.fill(`#flash-form [name=${name}]`, value);
  // What would be wrong on screen is refused before it is sent, by name.
  for (const [name, wrong, right] of [['price', '2,800', '2,20'], ['minutes', '0', '10'], ['stock', '1.5', '30']]) {
    await fill(name, wrong);
    await host.page.click('#flash-form [name=send]');
    await host.page.waitForSelector(`#flash-form [name=${name}][aria-invalid=true]`);
    assert.ok((await host.page.textContent('#flash-problem')).length > 10);
    await fill(name, right);
  }
  await host.page.click('#flash-form [name=send]');
  await host.page.waitForSelector('#flash-dialog', { state: 'hidden' });
  await host.page.waitForSelector('.sale .sale-left');

  const { page } = view;
  await page.waitForSelector('#pinned-card .flash-reserve');
  assert.ok((await page.textContent('#pinned-card .price > bdi')).replace(',', '.').includes('2.20'));
  const was = page.locator('#pinned-card s.price-was');
  assert.ok((await was.textContent()).replace(',', '.').includes('2.80'));
  assert.ok((await was.locator('.sr-only').textContent()).trim().length > 2, 'named for who does not see the line through it');
  assert.equal(await page.locator('.price-lowest').count(), 0, 'nobody asks for it where dollars are paid');
  assert.match(await page.textContent('#pinned-card .flash-left'), /(09:[0-5]\d|10:0[0-2])/);
  await shown(page, '#pinned-card .flash-stock', '30');
  await shown(page, '#shelf-list .is-flash', 'Precio relámpago');

  await reserve(page, 12, EVIL);
  await page.waitForSelector('#reserve-result.is-good');
  await shown(page, '#reserve-result', '12');
  await shown(page, '#pinned-card .flash-stock', '18');
  const row = host.page.locator('.reservation', { hasText: EVIL });
  await row.waitFor();
  await shown(host.page, '.sale-figures', 'Left: 18');
  assert.ok((await row.textContent()).includes('12 pieces'));
  const [download] = await Promise.all([host.page.waitForEvent('download'), host.page.click('#reservations-csv')]);
  assert.ok(readFileSync(await download.path(), 'utf8').includes('x.example'));

  // Remembered by this browser, and the operator's word reaches it.
  await page.reload();
  await online(page);
  await shown(page, '#pinned-card .flash-mine', '12');
  await page.click('#pinned-card .flash-mine');
  assert.equal(await page.locator('.my-reservation[data-state=held]').count(), 1);
  await page.keyboard.press('Escape');
  await row.locator('button').click();
  await host.page.click('#confirm-yes');
  await host.page.waitForSelector('.reservation[data-state=cancelled]');
  await shown(page, '#pinned-card .flash-stock', '30');
  await page.reload();
  await online(page);
  await page.waitForSelector('.my-reservation[data-state=cancelled]', { state: 'attached' });
  await until(async () => !(await page.isVisible('#pinned-card .flash-mine')), 'nothing is held any more');

  await host.page.click('.sale button');
  await host.page.click('#confirm-dialog [value=no]');
  assert.equal(await host.page.locator('.sale').count(), 1, 'asked before shoppers notice');
  await host.page.click('.sale button');
  await host.page.click('#confirm-yes');
  await host.page.waitForSelector('.sale', { state: 'detached' });
  await until(async () => (await page.textContent('#pinned-card .price > bdi')).replace(',', '.').includes('2.80'), 'the regular price');
  assert.equal(await page.locator('#pinned-card .flash-reserve, #pinned-card s').count(), 0);
  await until(async () => (await page.locator('#shelf-list .is-flash').count()) === 0, 'a shelf without the sale');
  for (const one of [host, view]) {
    assert.equal(await one.page.evaluate(() => window.hacked), undefined);
    await closeClean(one);
  }
});

test('who asks for more than is left is told how much that is, and nothing is put by', async () => {
  await begin({ stock: 5 });
  const [first, second] = [await viewer({ lang: 'en' }), await viewer({ lang: 'en' })];
  await reserve(first.page, 4);
  await first.page.waitForSelector('#reserve-result.is-good');
  await reserve(second.page, 2);
  await second.page.waitForSelector('#reserve-result.is-bad');
  await shown(second.page, '#reserve-result', 'Only 1 left');
  assert.equal(await second.page.locator('.my-reservation').count(), 0);
  await reserve(second.page, 1);
  await second.page.waitForSelector('#reserve-result.is-good');
  await second.page.keyboard.press('Escape');
  await shown(second.page, '#pinned-card .flash-stock', 'Sold out');
  await until(async () => !(await second.page.isVisible('#pinned-card .flash-reserve')), 'no button for what is not there');
  await closeClean(first, NETWORK);
  await closeClean(second, NETWORK);
});

test('without a network nothing is said to be reserved, and it goes out once, by itself, when the network is back', async () => {
  await begin({ stock: 50 });
  const wire = await cable();
  const view = await viewer({ base: wire.base });
  const { page } = view;
  await page.waitForSelector('#pinned-card .flash-reserve');
  wire.cut();
  await reserve(page, 3, 'sin red');
  await page.waitForSelector('#reserve-result.is-warn', { timeout: 20_000 });
  await shown(page, '#reserve-result', 'no hay nada reservado');
  assert.equal(await page.locator('.my-reservation[data-state=waiting]').count(), 1);
  // Not even a closed page loses it.
  await page.goto('about:blank');
  wire.mend();
  await page.goto(`${wire.base}/watch/${ROOM}?lang=es`);
  await page.waitForSelector('.my-reservation[data-state=held]', { state: 'attached', timeout: 20_000 });
  const listed = await (await fetch(`${API}/reservations`)).json();
  assert.equal(listed.filter(({ contact }) => contact === 'sin red').length, 1);
  await closeClean(view, NETWORK);
  await wire.close();
});

test('one that has to wait its turn says so and goes out by itself', async () => {
  await begin({});
  let refused = 0;
  const view = await viewer({
    lang: 'en',
    before: (page) =>
      page.route('**/flash/*/reservations', (route) => {
        if (refused++) return route.continue();
        const body = JSON.stringify({ status: 429, code: 'too_many_reservations' });
        return route.fulfill({ status: 429, contentType: 'application/problem+json', headers: { 'Retry-After': '1' }, body });
      }),
  });
  await view.page.waitForSelector('#pinned-card .flash-reserve');
  await reserve(view.page, 1);
  await view.page.waitForSelector('#reserve-result.is-warn');
  await shown(view.page, '#reserve-result', 'not reserved yet');
  await view.page.waitForSelector('.my-reservation[data-state=held]');
  await closeClean(view, NETWORK);
});

test('a sale ends by the gateway\'s clock, whatever the browser\'s says', async () => {
  await begin({ duration_s: 12, stock: 9 });
  const wrong = (page) =>
    page.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() + 3_600_000;
    });
  const view = await viewer({ lang: 'en', before: wrong });
  const { page } = view;
  await page.waitForSelector('#pinned-card .flash-reserve');
  assert.match(await page.textContent('#pinned-card .flash-left'), /00:(0\d|1[0-4])/);
  await page.click('#pinned-card .flash-reserve');
  await page.waitForSelector('#reserve-about .flash.is-over', { timeout: 20_000 });
  // What is sent too late is answered, and not put by.
  await reserve(page, 1);
  await page.waitForSelector('#reserve-result.is-bad');
  await shown(page, '#reserve-result', 'over');
  await page.keyboard.press('Escape');
  await until(async () => (await page.textContent('#pinned-card .price > bdi')).includes('2.80'), 'the regular price');
  await until(async () => (await page.locator('#shelf-list .is-flash').count()) === 0, 'a shelf without the sale');
  await closeClean(view, NETWORK);
});

test('a reader is told of the end in time, and in the Union what the struck price is', async () => {
  const left = (ms) => Date.now() + ms;
  const priced = card(1).card;
  const play = ({ send }) => {
    send(hello());
    const flash = { ends_at_ms: left(62_000), stock: 7 };
    send(card(1, { card: { ...priced, flash, was: { amount: '3.10', text: 'USD 3.10', lowest_of_days: 30 } } }));
    setTimeout(() => send({ type: 'stock', sku: 'T-1', stock: 0, ends_at_ms: flash.ends_at_ms }), 5_000);
  };
  const view = await scripted(browser, play, { reducedMotion: 'reduce' });
  const { page } = view;
  await shown(page, '.price-lowest', 'USD 3.10');
  await shown(page, '.price-lowest', '30');
  const said = [];
  await until(async () => {
    said.push(await page.textContent('#announcer'));
    return said.some((words) => words.includes('1 minuto'));
  }, 'the last minute');
  await until(async () => (await page.textContent('#announcer')).includes('Agotado'), 'sold out');
  assert.ok(!(await page.isVisible('#pinned-card .flash-reserve')));
  assert.equal(await page.getAttribute('#pinned-card .flash-left', 'aria-live'), 'off', 'not each second');
  await closeClean(view);
});

test('the keyboard alone reserves, and comes back to where it was', async () => {
  await begin({ stock: 5 });
  const { page, ...view } = await viewer({ lang: 'ar' });
  await page.locator('#pinned-card .flash-reserve').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'quantity');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#reserve-result.is-bad');
  await page.keyboard.type('2');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ana@example.com');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#reserve-result.is-good');
  await page.keyboard.press('Escape');
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('flash-reserve')));
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('#pinned-card .flash')).direction), 'rtl');
  await closeClean({ page, ...view });
});

test('a console that was opened later has the sale and the list, and says when the list cannot be had', async () => {
  await begin({ stock: 40 });
  const host = await openPage(browser, `/host/${ROOM}`);
  await host.page.waitForSelector('.sale');
  await host.page.waitForSelector('.reservation');
  await host.page.click('[data-flash="HY-500"]');
  assert.ok(await host.page.isVisible('#flash-replaces'), 'a second sale takes the place of the first');
  await closeClean(host);
  const refused = await openPage(browser, `/host/${ROOM}`, {
    before: (page) => page.route('**/reservations', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{}' })),
  });
  await shown(refused.page, '#reservations-none', 'could not be loaded');
  await closeClean(refused, NETWORK);
});

test('sales and their forms have no serious finding of axe and fit a phone, in either direction', async () => {
  await begin({ stock: 30 });
  const look = async (page, what) => {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    assert.deepEqual(serious.map(({ id, nodes }) => `${what} ${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${what}: ${over} px too wide`);
  };
  for (const [lang, viewport, colorScheme] of [['en', { width: 1280, height: 800 }, 'light'], ['ar', PHONE, 'dark'], ['th', { width: 320, height: 640 }, 'light']]) {
    const options = { viewport, colorScheme, reducedMotion: 'reduce' };
    const view = await viewer({ lang, query: '', ...options });
    await view.page.waitForSelector('#pinned-card .flash-reserve');
    await look(view.page, `card ${lang}`);
    await reserve(view.page, 1);
    await view.page.waitForSelector('#reserve-result.is-good');
    await look(view.page, `reserve ${lang}`);
    await closeClean(view);
    const host = await openPage(browser, `/host/${ROOM}`, { locale: lang, ...options });
    await host.page.waitForSelector('.sale');
    await host.page.waitForSelector('.reservation');
    await look(host.page, `console ${lang}`);
    await host.page.click('[data-flash="HY-500"]');
    await look(host.page, `form ${lang}`);
    await host.page.click('#flash-cancel');
    await host.page.click('.sale button');
    await look(host.page, `question ${lang}`);
    await closeClean(host);
  }
});
