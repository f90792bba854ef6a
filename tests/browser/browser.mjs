// A headless Chromium, pages whose console errors fail the test, and a cable that can be cut.

import assert from 'node:assert/strict';
import net from 'node:net';
import { chromium } from 'playwright-core';

export const BASE = process.env.TRADEWIND_URL ?? 'http://127.0.0.1:8080';
export const ROOM = process.env.TRADEWIND_ROOM ?? 'demo';
/** The first caption waits for the first sentence; the first card for the first product that is spoken of. */
export const SPEECH_MS = 60_000;

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ARGS });
}

/** A page of its own context. `errors` holds what its console complained of. */
export async function openPage(browser, path, { base = BASE, before, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  await before?.(page);
  await page.goto(base + path);
  return { page, context, errors };
}

/** Closes the page's context after checking that it complained of nothing (but of what `expected` matches). */
export async function closeClean({ context, errors }, expected = null) {
  await context.close();
  assert.deepEqual(errors.filter((text) => !expected?.test(text)), [], 'errors in the console');
}

/** Messages of the show that the page took, by their offsets, in the order of arrival. */
export const offsets = (page) => page.evaluate(() => [...window.tradewind.events]);

/** Waits until `look()` gives something true, and gives that. */
export async function until(look, what, timeoutMs = 15_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A TCP proxy in front of the gateway. `cut()` kills what is open and refuses new connections until `mend()`. */
export async function cable(base = BASE) {
  const target = new URL(base);
  const open = new Set();
  let whole = true;
  const server = net.createServer((near) => {
    if (!whole) return near.destroy();
    const far = net.connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    cut() {
      whole = false;
      for (const socket of open) socket.destroy();
    },
    mend: () => (whole = true),
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
