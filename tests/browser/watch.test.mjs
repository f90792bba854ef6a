// What the viewer page adds to the captions: the video and its delay, contrast, keys, announcements, reasons of a cut.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { closeClean, launch, openPage, until } from './browser.mjs';
import { caption, card, hello, partial, scripted as scriptedIn, texts } from './scripted.mjs';

let browser;
const scripted = (play, more) => scriptedIn(browser, play, more);
const film = (name) => readFileSync(new URL(`film/${name}`, import.meta.url));

before(async () => (browser = await launch()));
after(() => browser?.close());

/** The server that the room's stream comes from. */
const stream = (page) =>
  page.route('https://video.example/**', (route) =>
    route.fulfill({ body: film(new URL(route.request().url()).pathname.split('/').pop()), headers: { 'Access-Control-Allow-Origin': '*' } }),
  );

async function setDelay(page, seconds) {
  await page.click('#settings-button');
  await page.locator('#delay').fill(String(seconds));
  await page.keyboard.press('Escape');
}

test('a room with a stream plays it, through the library and under the policy', async () => {
  const view = await scripted(({ send }) => (send(hello()), send(caption(1))), { room: 'film', before: stream });
  await view.page.waitForFunction(() => document.querySelector('#video').currentTime > 0.3, null, { timeout: 15_000 });
  assert.equal(await view.page.evaluate(() => document.querySelector('#video').videoWidth), 160);
  assert.deepEqual(await texts(view.page), ['Frase 1']);
  await closeClean(view);
});

test('a stream that is not there is said, and the captions go on', async () => {
  const gone = (page) => page.route('https://video.example/**', (route) => route.fulfill({ status: 404, body: '' }));
  const view = await scripted(({ send }) => (send(hello()), send(caption(1))), { room: 'film', lang: 'en', before: gone });
  await view.page.waitForFunction(() => /No video/.test(document.querySelector('#video-note').textContent), null, { timeout: 20_000 });
  assert.deepEqual(await texts(view.page), ['Frase 1']);
  await closeClean(view, /404/);
});

test('captions and cards are held back as long as the reader wishes, and it is remembered', async () => {
  let room;
  const view = await scripted((gateway) => ((room = gateway), gateway.send(hello())));
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  await setDelay(page, 2);
  const sent = Date.now();
  room.send(caption(1, { emitted_ms: 5_000 }));
  room.send(card(2));
  await page.waitForTimeout(1_000);
  assert.deepEqual(await texts(page), []);
  assert.equal(await page.locator('#pinned-card .card').count(), 0);
  await page.waitForSelector('[data-offset="1"]');
  assert.ok(Date.now() - sent >= 1_800, `${Date.now() - sent} ms`);
  await page.waitForSelector('#pinned-card .card');
  await page.reload();
  await page.click('#settings-button');
  assert.equal(await page.inputValue('#delay'), '2');
  await closeClean(view);
});

test('what was missed and is older than the delay is shown at once, by its own clock', async () => {
  let room;
  const view = await scripted((gateway) => ((room = gateway), gateway.send(hello())));
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  await setDelay(page, 20);
  // The latest message tells how late it is on the show's clock; the first was 60 s before.
  room.send(partial(9, 1, { emitted_ms: 70_000 }));
  room.send(caption(1, { emitted_ms: 10_000 }));
  await page.waitForSelector('[data-offset="1"]', { timeout: 3_000 });
  room.send(caption(2, { segment: 12, emitted_ms: 69_000 }));
  await page.waitForTimeout(500);
  assert.deepEqual(await texts(page), ['Frase 1']);
  await setDelay(page, 0);
  await page.waitForSelector('[data-offset="2"]');
  await closeClean(view);
});

test('the delay is told apart from the lag that the gateway has', async () => {
  let room;
  const view = await scripted((gateway) => ((room = gateway), gateway.send(hello())), { lang: 'en' });
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  room.send(caption(1, { end_ms: 1_500, emitted_ms: 61_500 }));
  await page.waitForTimeout(5_200); // What comes right after the hello is the past.
  room.send(caption(2, { end_ms: 1_500, emitted_ms: 2_700 }));
  await page.waitForSelector('[data-offset="2"]');
  await setDelay(page, 5);
  assert.equal(await page.textContent('#lag'), 'Captions come about 1.2 s after the words. You hold them back by 5 s.');
  await closeClean(view);
});

test('many finals at once are announced in few goes, the newest of them', async () => {
  let room;
  const view = await scripted((gateway) => ((room = gateway), gateway.send(hello())));
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  await page.evaluate(() => {
    window.said = [];
    const region = document.querySelector('#announcer');
    new MutationObserver(() => window.said.push(region.textContent)).observe(region, { childList: true });
  });
  for (let offset = 1; offset <= 10; offset++) room.send(caption(offset));
  await until(() => page.evaluate(() => window.said.length >= 2), 'a second announcement');
  assert.deepEqual(await page.evaluate(() => window.said), ['Frase 1', 'Frase 8 Frase 9 Frase 10']);
  await closeClean(view);
});

for (const [code, words] of [[1001, /another server/], [4429, /full right now/], [4508, /connection is slow/]]) {
  test(`a close with ${code} is explained in the reader's words`, async () => {
    const view = await scripted(({ send, close, connection }) => {
      if (connection > 1) return; // The way back hangs.
      send(hello());
      send({ type: 'drain', retry_ms: 100 });
      setTimeout(() => close(code), 100);
    }, { lang: 'en' });
    await view.page.waitForSelector('#connection:not([hidden])');
    assert.match(await view.page.textContent('#connection-text'), words);
    await closeClean(view);
  });
}

test('another network: the page comes back at once, and asks for what is missing', async () => {
  const view = await scripted(({ send, connection }) => {
    send(hello({ recovered: connection > 1, offset: connection > 1 ? 2 : 0 }));
    send(caption(connection));
  });
  await view.page.waitForSelector('[data-offset="1"]');
  const began = Date.now();
  await view.page.evaluate(() => dispatchEvent(new Event('online')));
  await view.page.waitForSelector('[data-offset="2"]');
  assert.ok(Date.now() - began < 2_000);
  assert.equal(view.queries[1].get('offset'), '1');
  await closeClean(view);
});

test('a page that the browser had frozen comes back when it resumes', async () => {
  const view = await scripted(({ send }) => send(hello()));
  await view.page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  await view.page.evaluate(() => document.dispatchEvent(new Event('resume')));
  await until(() => view.queries.length === 2, 'a second connection');
  await closeClean(view);
});

test('keys do what the help says, not while somebody types, and can be switched off', async () => {
  const view = await scripted(({ send }) => (send(hello()), send(caption(1))), { lang: 'en' });
  const { page } = view;
  const pressed = () => page.getAttribute('#original', 'aria-pressed');
  await page.waitForSelector('[data-offset="1"]');
  await page.keyboard.press('o');
  assert.equal(await pressed(), 'true');
  await page.keyboard.press('+');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.size), 'large');
  await page.keyboard.press('q');
  await page.waitForSelector('#ask-dialog[open]');
  await page.fill('#ask-form [name=text]', '');
  await page.keyboard.type('oo');
  assert.equal(await page.inputValue('#ask-form [name=text]'), 'oo');
  const closed = async () => {
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  };
  await closed();
  await page.keyboard.press('?');
  await page.uncheck('#keys-on');
  await closed();
  await page.keyboard.press('o');
  assert.equal(await pressed(), 'true', 'unchanged');
  await closeClean(view);
});

test('high contrast is a choice that is remembered, and follows the device by itself', async () => {
  const muted = (page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--muted').trim());
  const view = await scripted(({ send }) => send(hello()));
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  const usual = await muted(page);
  await page.emulateMedia({ contrast: 'more' });
  const high = await muted(page);
  assert.notEqual(high, usual);
  await page.emulateMedia({ contrast: 'no-preference' });
  await page.click('#settings-button');
  await page.selectOption('#contrast', 'high');
  assert.equal(await muted(page), high);
  await page.reload();
  assert.equal(await muted(page), high);
  await closeClean(view);
});

test('a flash price counts down by the server, shows what it was and its stock, and ends', async () => {
  const ahead = 3_600_000; // The reader's clock is an hour slow.
  const view = await scripted(({ send }) => {
    send(hello({ server_time_ms: Date.now() + ahead }));
    const flash = { ends_at_ms: Date.now() + ahead + 2_500, stock: 300 };
    send(card(1, { card: { ...card(1).card, was: { text: 'USD 3.50' }, flash } }));
  }, { lang: 'en' });
  const { page } = view;
  await page.waitForSelector('.flash');
  assert.match(await page.textContent('.flash'), /Ends in 00:0[123].*Left: 300/);
  assert.match(await page.textContent('.price-was'), /USD 3\.50/);
  await page.waitForSelector('.flash.is-over');
  assert.match(await page.textContent('.flash'), /has ended/);
  assert.equal(await page.isVisible('.flash-stock'), false);
  assert.equal(await page.isVisible('.flash-reserve'), false, 'nothing is put by any more');
  await closeClean(view);
});

test('a room without a stream has no video slot and loads no library', async () => {
  const view = await openPage(browser, '/watch/demo?lang=en');
  await view.page.waitForSelector('#shelf-list .row');
  assert.equal(await view.page.isVisible('#video-box'), false);
  await closeClean(view);
});
