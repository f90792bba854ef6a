// The operator puts captions right where they stand: in the real room in which the tour is being spoken.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { BASE, ROOM, SPEECH_MS, closeClean, launch, openPage, until } from './browser.mjs';
import { caption, hello, scripted, texts } from './scripted.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const EVIL = '<img src=x onerror="window.hacked=1"> 七百个';
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

async function opened(options) {
  const view = await openPage(browser, `/host/${ROOM}`, options);
  await view.page.waitForSelector('.line-text[role]', { timeout: SPEECH_MS });
  return view;
}

/** The newest final of the transcript, by its segment: `{ segment, line }`. */
async function newest(page) {
  const segment = await page.locator('.line:not(.is-partial)').last().getAttribute('data-segment');
  return { segment, line: page.locator(`.line[data-segment="${segment}"]`) };
}

const correct = (segment, body) =>
  fetch(`${BASE}/v1/rooms/${ROOM}/captions/${segment}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

test('a corrected line is read by viewers in its place, also by those who come later', async () => {
  const viewer = await openPage(browser, `/watch/${ROOM}?lang=es`);
  await viewer.page.waitForSelector('#finals .caption', { timeout: SPEECH_MS });
  const view = await opened();
  const { page } = view;
  const { segment, line } = await newest(page);
  const item = viewer.page.locator(`#finals .caption[data-segment="${segment}"]`);
  await item.waitFor();
  await line.locator('.line-text').click();
  const field = page.locator('.line-field');
  assert.ok(await field.evaluate((node) => node === document.activeElement));
  await field.fill('最低起订量是七百个');
  await page.keyboard.press('Enter');
  await line.locator('.line-mark').waitFor();
  assert.equal(await line.locator('.line-text').textContent(), '最低起订量是七百个');
  await until(async () => /700/.test(await item.locator('.caption-text').textContent()), 'the correction in Spanish');
  assert.equal(await item.count(), 1, 'in place of what was there');
  assert.ok(await item.locator('.is-corrected').isVisible());
  await until(async () => /Corregido: .*700/.test(await viewer.page.textContent('#announcer')), 'told to screen readers');
  assert.ok(await line.locator('.line-text').evaluate((node) => node === document.activeElement), 'the operator goes on from there');

  const late = await openPage(browser, `/watch/${ROOM}?lang=es`);
  const seen = late.page.locator(`#finals .caption[data-segment="${segment}"]`);
  await until(async () => (await seen.count()) === 1 && /700/.test(await seen.textContent()), 'the corrected one only');
  const times = await late.page.locator('#finals .caption').evaluateAll((items) => items.map((node) => Number(node.dataset.start)));
  assert.deepEqual(times, [...times].sort((a, b) => a - b), 'in the order of speaking');
  const again = await opened();
  await until(async () => (await again.page.textContent(`.line[data-segment="${segment}"]`)).includes('七百个'), 'a console that comes later');
  for (const one of [late, again, viewer, view]) await closeClean(one);
});

test('Escape leaves a line as it was, and what is heard meanwhile does not take the text away', async () => {
  const view = await opened();
  const { page } = view;
  const { line } = await newest(page);
  const before = await line.locator('.line-text').textContent();
  await line.locator('.line-text').click();
  await page.fill('.line-field', '半句');
  // An input method's Enter chooses a word.
  await page.dispatchEvent('.line-field', 'keydown', { key: 'Enter', isComposing: true });
  assert.equal(await page.inputValue('.line-field'), '半句');
  const count = await page.locator('.line').count();
  await until(async () => (await page.locator('.line').count()) > count, 'something new is heard', SPEECH_MS);
  assert.equal(await page.inputValue('.line-field'), '半句');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.line-field').count(), 0);
  assert.equal(await line.locator('.line-text').textContent(), before);
  await closeClean(view);
});

test('of two operators the second is told what the first wrote, keeps the own text, and may insist', async () => {
  const view = await opened();
  const { page } = view;
  const { segment, line } = await newest(page);
  await line.locator('.line-text').click();
  await page.fill('.line-field', EVIL);
  assert.equal((await correct(segment, { text: '六百个' })).status, 200);
  await page.click('.line-buttons .is-primary');
  await until(async () => (await page.locator('.line-form .notice').textContent()).includes('六百个'), 'the other text');
  assert.equal(await page.inputValue('.line-field'), EVIL);
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run('.transcript').then(({ violations }) => violations.map(({ id }) => id)));
  assert.deepEqual(found, []);
  await page.click('.line-buttons .is-primary');
  await until(async () => (await line.locator('.line-text').textContent()) === EVIL, 'the second text');
  assert.equal(await page.locator('.transcript img').count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  // The browser itself notes the refused request.
  await closeClean(view, /409/);
});

test('the keyboard alone finds a line and corrects it', async () => {
  const view = await opened();
  const { page } = view;
  await until(async () => (await page.locator('.line:not(.is-partial)').count()) > 1, 'two lines', SPEECH_MS);
  assert.equal(await page.locator('.line-text[tabindex="0"]').count(), 1, 'one stop for Tab');
  await page.focus('#transcript');
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.closest('.line').dataset.segment);
  await page.keyboard.press('ArrowDown');
  const second = await page.evaluate(() => document.activeElement.closest('.line').dataset.segment);
  assert.notEqual(first, second);
  await page.keyboard.press('Enter');
  await page.keyboard.type('谢谢大家');
  await page.keyboard.press('Enter');
  await until(async () => (await page.textContent(`.line[data-segment="${second}"] .line-text`)) === '谢谢大家', 'the correction');
  await until(async () => /Corrected/.test(await page.textContent('#transcript-live')), 'that it is said');
  await closeClean(view);
});

test('a correction that comes when the show is over makes it no live one', async () => {
  const view = await scripted(browser, ({ send }) => {
    send(hello());
    for (const offset of [1, 2, 3]) send(caption(offset));
    send({ type: 'ended', epoch: 'e1', offset: 4 });
    send(caption(5, { segment: 1, start_ms: 1000, rev: 2, corrected: true, text: 'Corregida' }));
    // Of a line that this viewer never had.
    send(caption(6, { segment: 9, start_ms: 1200, rev: 4, corrected: true, text: 'Entre uno y dos' }));
  });
  await view.page.waitForSelector('#finals [data-segment="9"]');
  assert.deepEqual(await texts(view.page), ['Corregida', 'Entre uno y dos', 'Frase 2', 'Frase 3']);
  assert.equal(await view.page.getAttribute('#show-state', 'data-state'), 'ended');
  await closeClean(view);
});
