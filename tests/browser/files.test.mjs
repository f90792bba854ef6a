// The pages' files fit together: every word is in every language pack, every module is fetched ahead.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WEB = join(ROOT, 'web');
const PACKS = join(ROOT, 'lang-packs');
/** Keys that the pages put together: `watch-state-${state}`. */
const BUILT = {
  'watch-state-': ['waiting', 'live', 'ended'],
  'watch-empty-': ['waiting', 'live', 'ended'],
  'host-state-': ['idle', 'starting', 'listening', 'playing', 'silent', 'unheard', 'muted', 'clipping', 'lost', 'taken', 'elsewhere', 'ended']
    .flatMap((state) => [state, `${state}-hint`]),
};

const used = () => {
  const keys = new Set(Object.entries(BUILT).flatMap(([start, ends]) => ends.map((end) => start + end)));
  for (const name of readdirSync(WEB, { recursive: true })) {
    if (!/\.(js|html)$/.test(name)) continue;
    const text = readFileSync(join(WEB, name), 'utf8');
    const found = name.endsWith('.html')
      ? text.matchAll(/data-t(?:-[a-z]+)?="([a-z0-9-]+)"/g)
      : text.matchAll(/'((?:watch|host|index|preview)-[a-z0-9-]+)'/g);
    for (const [, key] of found) keys.add(key);
  }
  return keys;
};

const defined = (lang) =>
  new Set([...readFileSync(join(PACKS, lang, 'strings.ftl'), 'utf8').matchAll(/^([a-z][a-z0-9-]*) *=/gm)].map(([, key]) => key));

const languages = readdirSync(PACKS, { withFileTypes: true }).filter((entry) => entry.isDirectory());

for (const { name } of languages) {
  test(`every word of the pages is in the pack ${name}`, () => {
    const has = defined(name);
    assert.deepEqual([...used()].filter((key) => !has.has(key)), []);
  });
}

for (const page of ['watch', 'host', 'preview']) {
  test(`every module of ${page}.html is fetched ahead, and none besides`, () => {
    const html = readFileSync(join(WEB, `${page}.html`), 'utf8');
    const ahead = [...html.matchAll(/(?:modulepreload" href|module" src)="\/static\/([^"]+)"/g)].map(([, path]) => path);
    assert.deepEqual([...new Set(ahead)].sort(), [...modules(`${page}/main.js`)].sort());
  });
}

test('the video library is the one that web/vendor/README.md names', () => {
  const sum = createHash('sha256').update(readFileSync(join(WEB, 'vendor/hls.light.min.mjs'))).digest('hex');
  assert.equal(sum, '8f19a53e63e4e6db913e032e613d99831706c9e38c85c708b35fa0058a25ca97');
});

function modules(path, found = new Set(['shared/theme.js'])) {
  found.add(path);
  for (const [, target] of readFileSync(join(WEB, path), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
    const next = normalize(join(dirname(path), target));
    if (!found.has(next)) modules(next, found);
  }
  return found;
}
