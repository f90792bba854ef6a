// Starts a gateway with a host who speaks, runs the browser tests against it, and stops everything.
//
//   TRADEWIND_BIN     the binary (default: target/release/tradewind)
//   TRADEWIND_CONFIG  its configuration (default: tests/browser/gateway.toml)
//   TRADEWIND_AUDIO   what the host says (default: assets/tour-zh.wav)
//   TRADEWIND_URL     a gateway that runs already: then nothing is started
//   CHROMIUM          the browser (default: /usr/bin/chromium)

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const BIN = process.env.TRADEWIND_BIN ?? 'target/release/tradewind';
const CONFIG = process.env.TRADEWIND_CONFIG ?? 'tests/browser/gateway.toml';
const AUDIO = process.env.TRADEWIND_AUDIO ?? 'assets/tour-zh.wav';
/** Loading and warming up the model on a busy machine of two cores. */
const READY_WITHIN_MS = 120_000;
const TESTS_WITHIN_MS = 600_000;
const TESTS = ['files', 'live', 'page', 'watch', 'preview', 'console', 'sources', 'correct', 'desk', 'terms', 'talk', 'flash', 'pins', 'recording', 'market', 'replay', 'tokens', 'access'].map((name) => `${name}.test.mjs`);

const children = new Set();
let over = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(130));

try {
  stop(await main());
} catch (error) {
  console.error(`browser tests: ${error.message}`);
  stop(1);
}

async function main() {
  const wanted = process.argv.slice(2);
  const url = process.env.TRADEWIND_URL ?? (await gateway());
  const tests = run(process.execPath, ['--test', '--test-concurrency=1', ...(wanted.length ? wanted : TESTS)], {
    cwd: HERE,
    env: { ...process.env, TRADEWIND_URL: url },
  });
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the tests took too long')), TESTS_WITHIN_MS).unref();
  });
  return Promise.race([tests.ended, late]);
}

async function gateway() {
  for (const path of [BIN, CONFIG, AUDIO]) if (!existsSync(new URL(path, `file://${ROOT}`))) throw new Error(`${path} is missing`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = run(BIN, ['serve', '--config', CONFIG, '--listen', `127.0.0.1:${port}`], { cwd: ROOT });
  server.ended.then((code) => !over && fail(`the gateway ended with ${code}`));
  await ready(url);
  speak(`ws://127.0.0.1:${port}`);
  return url;
}

/** The host starts over when the file is through: the tests may take longer than the tour. */
function speak(url) {
  const host = run(BIN, ['push', AUDIO, '--url', url, '--room', 'demo', '--language', 'zh'], { cwd: ROOT, stdio: 'ignore' });
  host.ended.then((code) => {
    if (over) return;
    if (code !== 0) return fail(`the host ended with ${code}`);
    setTimeout(() => !over && speak(url), 500);
  });
}

async function ready(url) {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    const response = await fetch(`${url}/readyz`).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('the gateway did not get ready');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function run(command, args, options) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  children.add(child);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  }).finally(() => children.delete(child));
  return { child, ended };
}

function fail(message) {
  console.error(`browser tests: ${message}`);
  stop(1);
}

function stop(code) {
  if (over) return;
  over = true;
  for (const child of children) child.kill('SIGTERM');
  // A gateway that drains for longer is not waited for.
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
    process.exit(code);
  }, 2_000).unref();
  Promise.all([...children].map((child) => new Promise((done) => child.once('exit', done)))).then(() => process.exit(code));
}
