// Where the host's sound comes from, and what the console says when it does not come: against a scripted host socket.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeClean, launch, openPage, until } from './browser.mjs';

/** Nobody else speaks here. */
const ROOM = 'desk';
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

/** The console with sound of the test's own making: `window.made(gain)` is a stream with a tone of that loudness. */
async function opened({ play = () => {}, script } = {}) {
  const got = { frames: [], connections: 0 };
  const view = await openPage(browser, `/host/${ROOM}`, {
    permissions: ['microphone'],
    before: async (page) => {
      await page.addInitScript(() => {
        window.made = (gain, { audio = true } = {}) => {
          const canvas = document.createElement('canvas');
          canvas.getContext('2d');
          const stream = canvas.captureStream(1);
          if (!audio) return stream;
          const context = new AudioContext();
          const out = new MediaStreamAudioDestinationNode(context);
          const tone = new OscillatorNode(context, { frequency: 300 });
          tone.connect(new GainNode(context, { gain })).connect(out);
          tone.start();
          window.track = out.stream.getAudioTracks()[0];
          stream.addTrack(window.track);
          return stream;
        };
        window.failing = (name) => () => Promise.reject(new DOMException('not here', name));
      });
      if (script) await page.addInitScript(script);
      await page.routeWebSocket(/\/v1\/listen\?/, (socket) => {
        got.connections += 1;
        socket.onMessage((data) => {
          if (typeof data !== 'string') got.frames.push(data.length);
          else if (JSON.parse(data).type === 'CloseStream') socket.close({ code: 1000 });
        });
        play({ close: (code) => socket.close({ code }), connection: got.connections });
      });
    },
  });
  await view.page.waitForSelector('#product-list .product');
  return { ...view, got };
}

const phase = (page) => page.getAttribute('#state', 'data-phase');
const reaches = (page, wanted, ms) => until(async () => (await phase(page)) === wanted, wanted, ms);
const hint = (page) => page.textContent('#state-hint');

test('the sound of a browser tab is sent', async () => {
  const view = await opened({ script: () => { navigator.mediaDevices.getDisplayMedia = async (wish) => ((window.wish = wish), window.made(0.3)); } });
  const { page, got } = view;
  await page.check('#sound-form [value=tab]', { force: true });
  assert.ok(await page.isVisible('#tab-hint'));
  assert.ok(await page.isHidden('#device-field'));
  await page.click('#start');
  await reaches(page, 'listening');
  await until(() => got.frames.length >= 10, 'ten frames');
  assert.equal(await page.evaluate(() => window.wish.audio.echoCancellation), false);
  // The host ends the sharing in the browser's own bar.
  await page.evaluate(() => window.track.dispatchEvent(new Event('ended')));
  await reaches(page, 'failed');
  assert.match(await hint(page), /no longer shared/);
  assert.ok(await page.isVisible('#start'));
  await closeClean(view);
});

for (const [why, script, words] of [
  ['without sound', () => { navigator.mediaDevices.getDisplayMedia = async () => window.made(0, { audio: false }); }, /No sound was shared/],
  ['that was not chosen', () => { navigator.mediaDevices.getDisplayMedia = window.failing('NotAllowedError'); }, /No tab was shared/],
  ['in a browser that cannot', () => { navigator.mediaDevices.getDisplayMedia = undefined; }, /cannot share the sound/],
]) {
  test(`a tab ${why} is named as such, and nothing is sent`, async () => {
    const view = await opened({ script });
    await view.page.check('#sound-form [value=tab]', { force: true });
    await view.page.click('#start');
    await reaches(view.page, 'failed');
    assert.match(await hint(view.page), words);
    assert.equal(view.got.connections, 0);
    await closeClean(view);
  });
}

for (const [why, script, words] of [
  ['refused', () => { navigator.mediaDevices.getUserMedia = window.failing('NotAllowedError'); }, /Allow it/],
  ['used by another program', () => { navigator.mediaDevices.getUserMedia = window.failing('NotReadableError'); }, /another program/],
  ['missing', () => { navigator.mediaDevices.getUserMedia = window.failing('NotFoundError'); }, /No microphone/],
  ['kept back without https', () => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }), /https/],
]) {
  test(`a microphone that is ${why} is told with what to do`, async () => {
    const view = await opened({ script });
    await view.page.click('#start');
    await reaches(view.page, 'failed');
    assert.match(await hint(view.page), words);
    assert.ok(await view.page.isVisible('#start'), 'it can be tried again');
    await closeClean(view);
  });
}

test('a microphone that is muted and one that is pulled out are told', async () => {
  const view = await opened({ script: () => { navigator.mediaDevices.getUserMedia = async () => window.made(0.3); } });
  const { page, got } = view;
  await page.click('#start');
  await reaches(page, 'listening');
  await page.evaluate(() => Object.defineProperty(window.track, 'muted', { value: true, configurable: true }));
  await reaches(page, 'muted');
  await page.evaluate(() => Object.defineProperty(window.track, 'muted', { value: false }));
  await reaches(page, 'listening');
  await page.evaluate(() => window.track.dispatchEvent(new Event('ended')));
  await reaches(page, 'failed');
  assert.match(await hint(page), /Plug it in/);
  assert.equal(got.connections, 1, 'what was said until then is finished');
  await closeClean(view);
});

test('clipping is told, and the meter shows it', async () => {
  const view = await opened({ script: () => { navigator.mediaDevices.getUserMedia = async () => window.made(3); } });
  await view.page.click('#start');
  await reaches(view.page, 'clipping');
  assert.ok(await view.page.locator('#meter.is-clipping').count());
  assert.ok(Number(await view.page.getAttribute('#meter', 'aria-valuenow')) > 90);
  await closeClean(view);
});

test('silence is told with its seconds', async () => {
  const view = await opened({ script: () => { navigator.mediaDevices.getUserMedia = async () => window.made(0); } });
  await view.page.click('#start');
  await reaches(view.page, 'silent');
  const seconds = async () => Number(/\d+/.exec(await hint(view.page))[0]);
  const first = await seconds();
  assert.ok(first >= 8);
  await until(async () => (await seconds()) > first, 'it counts on');
  await closeClean(view);
});

test('sound without words is told, until words come', async () => {
  const view = await opened({ script: () => { navigator.mediaDevices.getUserMedia = async () => window.made(0.3); } });
  await view.page.click('#start');
  await reaches(view.page, 'unheard', 30_000);
  assert.match(await hint(view.page), /2\d seconds/);
  await closeClean(view);
});

test('a lost connection says what is kept, and then what is lost', async () => {
  const view = await opened({
    script: () => { navigator.mediaDevices.getUserMedia = async () => window.made(0.3); },
    play: ({ close }) => setTimeout(() => close(1001), 500),
  });
  const { page } = view;
  // Behind the first connection nobody listens any more.
  await page.evaluate(() => {
    const Socket = window.WebSocket;
    let first = true;
    window.WebSocket = class extends Socket {
      constructor(address) {
        super(first ? address : 'ws://127.0.0.1:59999/');
        first = false;
      }
    };
  });
  await page.click('#start');
  await reaches(page, 'lost');
  assert.match(await hint(page), /5 seconds of sound are kept/);
  await until(async () => /Sound lost: [1-9]/.test(await hint(page)), 'what is lost');
  await page.waitForSelector('#dropped:not([hidden])');
  // The page may connect to its own gateway only: the policy refuses before the network can.
  await closeClean(view, /ERR_CONNECTION_REFUSED|Content Security Policy/);
});
