// The host console's sound against a scripted host socket: what is sent, and what the page says of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ROOM, closeClean, launch, openPage, until } from './browser.mjs';

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

/** The console with a host socket in which `play({ close, connection })` is the gateway; what it got is counted. */
async function scripted(play = () => {}, options = {}) {
  const got = { queries: [], frames: [], texts: [] };
  const view = await openPage(browser, `/host/${ROOM}`, {
    permissions: ['microphone'],
    ...options,
    before: (page) =>
      page.routeWebSocket(/\/v1\/listen\?/, (socket) => {
        got.queries.push(new URL(socket.url()).searchParams);
        socket.onMessage((data) => {
          if (typeof data !== 'string') return got.frames.push(data.length);
          const message = JSON.parse(data);
          got.texts.push(message.type);
          if (message.type === 'CloseStream') socket.close({ code: 1000 });
        });
        play({ close: (code) => socket.close({ code }), connection: got.queries.length });
      }),
  });
  await view.page.waitForSelector('#product-list .product');
  return { ...view, got };
}

const phase = (page) => page.getAttribute('#state', 'data-phase');

test('the microphone comes as PCM16 frames of 100 ms, and Stop closes the stream', async () => {
  const view = await scripted();
  const { page, got } = view;
  await page.click('#start');
  await until(() => got.frames.length >= 10, 'ten frames');
  const query = got.queries[0];
  assert.equal(query.get('room'), ROOM);
  assert.equal(query.get('encoding'), 'linear16');
  const bytes = (Number(query.get('sample_rate')) / 10) * 2;
  assert.deepEqual([...new Set(got.frames)], [bytes]);
  await until(async () => ['listening', 'clipping'].includes(await phase(page)), 'listening');
  await page.click('#stop');
  await until(() => got.texts.includes('CloseStream'), 'CloseStream');
  await page.waitForSelector('#start:not([hidden])');
  await closeClean(view);
});

test('a file is played in at its own speed, and ends by itself', async () => {
  const view = await scripted();
  const { page, got } = view;
  await page.check('#sound-form [value=file]', { force: true });
  await page.setInputFiles('#file', { name: 'tone.wav', mimeType: 'audio/wav', buffer: tone(2, 8000) });
  const began = Date.now();
  await page.click('#start');
  await page.waitForSelector('#progress-box:not([hidden])');
  await until(() => got.texts.includes('CloseStream'), 'the end of the file');
  const seconds = (got.frames.length * 100) / 1000;
  assert.ok(seconds >= 1.8 && seconds <= 2.6, `${seconds} s of sound`);
  assert.ok(Date.now() - began >= 1800, 'not faster than real time');
  await closeClean(view);
});

test('a file without sound is named as such', async () => {
  const view = await scripted();
  const { page } = view;
  await page.check('#sound-form [value=file]', { force: true });
  await page.setInputFiles('#file', { name: 'notes.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound') });
  await page.click('#start');
  await page.waitForSelector('#state[data-phase="failed"]');
  assert.equal(view.got.queries.length, 0);
  await closeClean(view);
});

test('a lost connection keeps the sound and comes back', async () => {
  const view = await scripted(({ close, connection }) => connection === 1 && setTimeout(() => close(1001), 800));
  const { page, got } = view;
  await page.click('#start');
  await until(() => got.queries.length === 2, 'a second connection');
  const before = got.frames.length;
  await until(() => got.frames.length > before + 5, 'sound on the second connection');
  assert.equal(await page.isVisible('#dropped'), false);
  await closeClean(view);
});

test('a room that has a host says so and does not fight', async () => {
  const view = await scripted(({ close }) => close(4409));
  const { page, got } = view;
  await page.click('#start');
  await page.waitForSelector('#state[data-phase="taken"]');
  await page.waitForTimeout(1500);
  assert.equal(got.queries.length, 1);
  assert.ok(await page.isVisible('#start'));
  await closeClean(view);
});

test('the key of the link is kept for the tab and leaves the address', async () => {
  const view = await openPage(browser, `/host/${ROOM}#token=abc.def.ghi`);
  await view.page.waitForSelector('#room-title');
  await until(() => view.page.evaluate(() => !location.href.includes('token')), 'a clean address');
  assert.equal(await view.page.evaluate((room) => sessionStorage.getItem(`tradewind.token.${room}`), ROOM), 'abc.def.ghi');
  await view.context.close();
});

test('products are found by name in either language and by SKU', async () => {
  const view = await scripted();
  const { page } = view;
  const rows = page.locator('#product-list .product');
  const all = await rows.count();
  const sku = await rows.first().getAttribute('data-sku');
  await page.fill('#product-search', sku.toLowerCase());
  assert.equal(await rows.count(), 1);
  await page.fill('#product-search', 'zzzz');
  assert.equal(await rows.count(), 0);
  assert.ok(await page.isVisible('#product-none'));
  await page.fill('#product-search', '');
  assert.equal(await rows.count(), all);
  await closeClean(view);
});

test('what does not work is said, by what it means for the show, until it works again', async () => {
  const troubles = [
    { part: 'recognition', detail: 'crashed 2 times' },
    { part: 'llm', detail: 'no answer within 4000 ms' },
  ];
  let told = troubles;
  const view = await openPage(browser, `/host/${ROOM}`, {
    before: (page) =>
      page.route(/\/console(\?|$)/, (route) => {
        const state = { type: 'state', host: true, viewers: {}, countries: {}, lag: {}, pins: {}, sales: [], troubles: told };
        route.fulfill({ contentType: 'text/event-stream', body: `data: ${JSON.stringify(state)}\n\n` });
      }),
  });
  const { page } = view;
  await page.waitForSelector('#hearing-trouble:not([hidden])');
  assert.match(await page.textContent('#hearing-trouble'), /captions may be missing.*recognition: crashed 2 times/);
  assert.match(await page.textContent('#translating-trouble'), /the others go on.*llm: no answer within 4000 ms/);
  assert.ok(!(await page.isVisible('#record-trouble')));
  told = [];
  await page.waitForSelector('#hearing-trouble[hidden]', { state: 'attached' });
  assert.ok(!(await page.isVisible('#translating-trouble')));
  await closeClean(view);
});

/** A WAV file with a tone. */
function tone(seconds, rate) {
  const samples = seconds * rate;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) wav.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / rate)), 44 + i * 2);
  return wav;
}
