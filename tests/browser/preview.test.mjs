// One card in all languages, for the clerk who looks for what is missing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeClean, launch, openPage } from './browser.mjs';

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

test('a card is shown in every language, the incomplete ones first and marked', async () => {
  const view = await openPage(browser, '/preview/film/HY-500?lang=en');
  const { page } = view;
  await page.waitForSelector('#cards .card');
  const packs = await page.evaluate(() => fetch('/v1/packs').then((answer) => answer.json()));
  assert.equal(await page.locator('.in-language').count(), packs.length);
  const lacking = await page.locator('.in-language.has-gaps').evaluateAll((items) => items.map(({ dataset }) => dataset.lang));
  assert.deepEqual(lacking, ['es', 'th']);
  assert.match(await page.textContent('[data-lang="es"] .gaps'), /Translated by a machine, written by nobody: Termo \(acero inoxidable\)$/);
  assert.match(await page.textContent('#summary'), /Spanish · Thai/);
  assert.equal(await page.getAttribute('[data-lang="ar"] .card', 'dir'), 'rtl');
  await page.check('#only');
  assert.equal(await page.locator('.in-language:visible').count(), 2);
  await closeClean(view);
});

test('a complete product says so, and its name alone leads to it', async () => {
  const view = await openPage(browser, '/preview/HY-500?lang=en');
  await view.page.waitForSelector('#cards .card');
  assert.match(view.page.url(), /\/preview\/(choice|demo)\/HY-500/);
  assert.equal(await view.page.textContent('#summary'), 'Complete');
  await closeClean(view);
});

test('a product that nobody sells says so', async () => {
  const view = await openPage(browser, '/preview/demo/NO-1?lang=en');
  await view.page.waitForSelector('#summary.is-bad');
  assert.match(await view.page.textContent('#summary'), /no such product/);
  await closeClean(view, /404/);
});

test('the console leads to the preview', async () => {
  const view = await openPage(browser, '/host/demo');
  const link = view.page.locator('#product-list .product-preview').first();
  await link.waitFor();
  assert.match(await link.getAttribute('href'), /^\/preview\/demo\/HY-/);
  await closeClean(view);
});
