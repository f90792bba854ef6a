// A gateway of its own that asks for tokens: links that open a room, none, and links that run out.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { closeClean, launch, openPage, until } from './browser.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = process.env.TRADEWIND_BIN ?? 'target/release/tradewind';
const SECRET = 'a secret of the browser tests, 32 bytes';
const CONFIG = `listen = "127.0.0.1:0"
auth = "token"
[transcribe]
workers = 1
[translate.gguf]
enabled = false
[[rooms]]
id = "private"
title = "Buyers only"
viewers = "token"
catalogue = "${ROOT}config/demo-catalogue.toml"
[[rooms]]
id = "open"
title = "For all"
catalogue = "${ROOT}config/demo-catalogue.toml"
`;
const GONE = 'The link\'s key is missing or has run out. Ask for a new link.';
const UNAUTHORIZED = /status of 401/;
let dir;
let gateway;
let base;
let browser;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tradewind-'));
  const [config, address] = [join(dir, 'gateway.toml'), join(dir, 'address')];
  writeFileSync(config, CONFIG);
  const env = { ...process.env, TRADEWIND_SECRET: SECRET };
  gateway = spawn(BIN, ['serve', '--config', config, '--address-file', address], { cwd: ROOT, stdio: 'ignore', env });
  await until(() => existsSync(address), 'the gateway starts', 120_000);
  base = `http://${readFileSync(address, 'utf8')}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  gateway?.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

/** The part of a link behind the page. */
function key(role, room, expires = '1h') {
  const args = ['token', '--room', room, '--role', role, '--expires', expires];
  const made = spawnSync(BIN, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TRADEWIND_SECRET: SECRET } });
  assert.equal(made.status, 0, made.stderr);
  return `#token=${made.stdout.trim()}`;
}

/** A page that remembers what its policy kept it from. */
const open = (path) =>
  openPage(browser, path, {
    base,
    before: (page) => page.addInitScript(() => {
      window.kept = [];
      document.addEventListener('securitypolicyviolation', (event) => window.kept.push(`${event.violatedDirective} ${event.blockedURI}`));
    }),
  });

async function close(view, expected) {
  assert.deepEqual(await view.page.evaluate(() => window.kept), [], 'kept off by the policy');
  await closeClean(view, expected);
}

const connected = (page) => page.waitForFunction(() => document.documentElement.dataset.connection === 'online');

test('a private room is shown to those who have its link, also after a reload and as a replay', async () => {
  const view = await open(`/watch/private${key('viewer', 'private')}`);
  const { page } = view;
  await connected(page);
  assert.equal(await page.textContent('#room-title'), 'Buyers only');
  await page.waitForSelector('#shelf-list .row');
  assert.ok(!page.url().includes('token'), 'the key does not stay in the address');
  await page.reload();
  await connected(page);
  await page.goto(`${base}/preview/private/HY-500`);
  await page.waitForSelector('#cards .card');
  await page.goto(`${base}/replay/private`);
  await page.waitForFunction(() => document.getElementById('room-title').textContent === 'Buyers only');
  assert.ok(await page.isHidden('[data-auth-off]'), 'tokens are asked for here');
  await close(view, /status of 404/);
});

test('without the link a private room shows nothing, says why, and is on no list', async () => {
  for (const path of ['/watch/private', '/replay/private', `/watch/private${key('viewer', 'private', '1h').slice(0, -5)}`]) {
    const view = await open(path);
    const banner = path.startsWith('/replay') ? '#note-text' : '#connection-text';
    await view.page.waitForFunction(([id, words]) => document.querySelector(id).textContent === words, [banner, GONE]);
    assert.ok(!(await view.page.content()).includes('Buyers only'));
    await close(view, UNAUTHORIZED);
  }
  const other = await open(`/watch/private${key('viewer', 'open')}`);
  await other.page.waitForFunction(() => document.documentElement.dataset.connection === 'refused');
  await close(other, /status of 403/);
  const list = await open('/');
  await list.page.waitForSelector('#rooms .room');
  assert.deepEqual(await list.page.locator('#rooms .room').count(), 1);
  assert.ok(!(await list.page.content()).includes('private'));
  await close(list);
});

test('a link that runs out ends what it opened, and says so', async () => {
  const viewer = await open(`/watch/private${key('viewer', 'private', '6s')}`);
  const host = await open(`/host/open${key('host', 'open', '6s')}`);
  await connected(viewer.page);
  await host.page.waitForSelector('#product-list .product');
  await viewer.page.waitForFunction((words) => document.getElementById('connection-text').textContent === words, GONE);
  assert.equal(await viewer.page.evaluate(() => document.documentElement.dataset.connection), 'refused');
  await host.page.waitForFunction((words) => document.getElementById('problem').textContent === words, GONE);
  assert.ok(await host.page.isVisible('#problem'));
  await close(viewer, UNAUTHORIZED);
  await close(host, UNAUTHORIZED);
});

test('the address that a host of a private room hands on opens it', async () => {
  const host = await open(`/host/private${key('host', 'private')}`);
  await host.page.waitForFunction(() => document.getElementById('viewer-link').href.includes('#token='));
  assert.ok(!(await host.page.textContent('#viewer-link')).includes('token'), 'it is not shown');
  const link = await host.page.getAttribute('#viewer-link', 'href');
  const viewer = await open(new URL(link).pathname + new URL(link).hash);
  await connected(viewer.page);
  await close(viewer);
  await close(host);
});

test('an open room needs no link, and a viewer\'s link opens no console', async () => {
  const watch = await open('/watch/open');
  await connected(watch.page);
  await close(watch);
  const console = await open(`/host/open${key('viewer', 'open')}`);
  await console.page.waitForFunction((words) => document.getElementById('problem').textContent === words, GONE);
  await close(console, /status of 40[13]/);
});
