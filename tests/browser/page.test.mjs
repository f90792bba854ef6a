// The viewer page against a scripted room: what a real one does seldom.
//
// Files and interface strings come from the real gateway; only the viewer socket is played here.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeClean, launch, offsets, openPage, until } from './browser.mjs';
import { caption, card, hello, partial, scripted as scriptedIn, texts } from './scripted.mjs';

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const scripted = (play, more) => scriptedIn(browser, play, more);

test('markup in a caption, a card or a title stays text', async () => {
  const evil = '<img src=x onerror="window.hacked=1"><b>x</b>';
  const view = await scripted(({ send }) => {
    send(hello({ title: evil }));
    send(caption(1, { text: evil, source_text: evil, fidelity: 'source' }));
    send(partial(2, 1, { text: evil, source_text: evil }));
    send(card(2, { card: { ...card(2).card, name: evil, facts: [{ key: 'k', label: evil, text: evil }] } }));
  });
  await view.page.waitForSelector('#pinned-card .card');
  assert.deepEqual(await texts(view.page), [evil]);
  assert.equal(await view.page.textContent('#room-title'), evil);
  assert.equal(await view.page.locator('main b, main img[src="x"], header b').count(), 0);
  assert.equal(await view.page.evaluate(() => window.hacked), undefined);
  await closeClean(view);
});

test('an offset that comes twice is shown once', async () => {
  const view = await scripted(({ send }) => {
    send(hello());
    for (const offset of [1, 2, 2, 1, 3]) send(caption(offset));
  });
  await view.page.waitForSelector('#finals [data-offset="3"]');
  assert.deepEqual(await texts(view.page), ['Frase 1', 'Frase 2', 'Frase 3']);
  await closeClean(view);
});

test('a reconnection asks for what is missing and appends it', async () => {
  const view = await scripted(({ send, close, connection }) => {
    if (connection === 1) {
      send(hello());
      send(caption(1));
      send(caption(2));
      return setTimeout(() => close(4508), 300);
    }
    send(hello({ recovered: true, offset: 4 }));
    send(caption(3));
    send(caption(4));
  });
  await view.page.waitForSelector('#finals [data-offset="4"]');
  assert.equal(view.queries[1].get('epoch'), 'e1');
  assert.equal(view.queries[1].get('offset'), '2');
  assert.deepEqual(await offsets(view.page), [1, 2, 3, 4]);
  await closeClean(view);
});

test('a history that is lost gives way to the snapshot', async () => {
  const view = await scripted(({ send, close, connection }) => {
    if (connection === 1) {
      send(hello({ offset: 6 }));
      send(caption(7));
      send(card(8));
      return setTimeout(() => close(1001), 300);
    }
    send(hello({ epoch: 'e2', offset: 5 }));
    send(caption(4, { epoch: 'e2', snapshot: true }));
    send(caption(5, { epoch: 'e2', snapshot: true }));
    send(caption(6, { epoch: 'e2' }));
  });
  await view.page.waitForSelector('#finals [data-offset="6"]');
  assert.deepEqual(await texts(view.page), ['Frase 4', 'Frase 5', 'Frase 6']);
  assert.equal(await view.page.locator('#pinned-card .card').count(), 0);
  await closeClean(view);
});

test('partials are replaced by higher revisions only, and never follow their final', async () => {
  let room;
  const view = await scripted((gateway) => {
    room = gateway;
    room.send(hello());
    room.send(partial(1, 1, { text: '…', source_text: '最低' }));
  });
  const { page } = view;
  await page.waitForSelector('.partial.is-waiting');
  assert.equal(await page.textContent('.partial .caption-source'), '最低');
  assert.ok(await page.isVisible('.partial .caption-source'));
  room.send(partial(1, 3, { text: 'El pedido mínimo…' }));
  room.send(partial(1, 2, { text: 'Older…' }));
  await page.waitForSelector('.partial:not(.is-waiting)');
  assert.equal(await page.textContent('.partial .caption-text'), 'El pedido mínimo');
  room.send(caption(1, { rev: 4 }));
  room.send(partial(1, 5, { text: 'Late…' }));
  room.send(caption(2));
  await page.waitForSelector('#finals [data-offset="2"]');
  assert.equal(await page.locator('.partial').count(), 0);
  await closeClean(view);
});

test('a correction replaces its caption in place', async () => {
  const view = await scripted(({ send }) => {
    send(hello());
    send(caption(1));
    send(caption(2));
    send(caption(3, { segment: 1, rev: 2, corrected: true, text: 'Corregida' }));
  });
  await view.page.waitForSelector('.badge.is-corrected');
  assert.deepEqual(await texts(view.page), ['Corregida', 'Frase 2']);
  await closeClean(view);
});

test('an unchecked caption shows its original, a fallback names its language', async () => {
  const view = await scripted(({ send }) => {
    send(hello());
    send(caption(1));
    send(caption(2, { fidelity: 'source' }));
    send(caption(3, { fidelity: 'fallback', text_lang: 'en', text: 'In English' }));
  });
  const { page } = view;
  await page.waitForSelector('[data-offset="3"] .badge.is-fallback');
  assert.equal(await page.locator('[data-offset="1"] .badge').count(), 0);
  assert.equal(await page.isVisible('[data-offset="1"] .caption-source'), false);
  assert.ok(await page.isVisible('[data-offset="2"] .caption-source'));
  assert.equal(await page.getAttribute('[data-offset="3"] .caption-text', 'lang'), 'en');
  await page.click('#original');
  assert.ok(await page.isVisible('[data-offset="1"] .caption-source'));
  await closeClean(view);
});

test('only finals are announced, and not those of a snapshot', async () => {
  let room;
  const view = await scripted((gateway) => {
    room = gateway;
    room.send(hello({ offset: 1 }));
    room.send(caption(1, { snapshot: true }));
    room.send(partial(2, 1));
  });
  await view.page.waitForSelector('.partial');
  assert.equal(await view.page.textContent('#announcer'), '');
  room.send(caption(2));
  await view.page.waitForFunction(() => document.querySelector('#announcer').textContent === 'Frase 2');
  await closeClean(view);
});

test('a reader who scrolled up is not thrown to the end', async () => {
  let room;
  const view = await scripted((gateway) => {
    room = gateway;
    room.send(hello());
    for (let offset = 1; offset <= 60; offset++) room.send(caption(offset));
  });
  const { page } = view;
  await page.waitForSelector('[data-offset="60"]');
  await page.evaluate(() => (document.querySelector('#captions').scrollTop = 100));
  await page.waitForTimeout(100);
  room.send(caption(61));
  await page.waitForSelector('#jump:not([hidden])');
  assert.equal(await page.evaluate(() => document.querySelector('#captions').scrollTop), 100);
  await page.click('#jump');
  await page.waitForSelector('#jump', { state: 'hidden' });
  room.send(caption(62));
  await until(
    () => page.evaluate(() => {
      const box = document.querySelector('#captions');
      return box.scrollHeight - box.clientHeight - box.scrollTop < 2 && document.querySelector('[data-offset="62"]');
    }),
    'the end is in sight again',
  );
  await closeClean(view);
});

test('the show ends, and the next one begins on the same page', async () => {
  let room;
  const view = await scripted((gateway) => {
    room = gateway;
    room.send(hello());
    room.send(caption(1));
    room.send({ type: 'ended', epoch: 'e1', offset: 2 });
  });
  const { page } = view;
  await page.waitForSelector('#show-state[data-state="ended"]');
  room.send(hello({ epoch: 'e2', offset: 0 }));
  room.send(caption(1, { epoch: 'e2', text: 'Otra vez' }));
  await page.waitForSelector('#show-state[data-state="live"]');
  assert.deepEqual(await texts(page), ['Otra vez']);
  await closeClean(view);
});

test('a question is sent once, and its answer is told honestly', async () => {
  const asked = [];
  const answer = (message, send) => {
    asked.push(message);
    if (message.type !== 'ask') return;
    if (asked.length === 1) send({ type: 'error', code: 'no_such_product', message: 'gone', client_id: message.client_id });
    else send({ type: 'inquiry', id: 'q1', state: 'received', client_id: message.client_id });
  };
  const view = await scripted(({ send }) => (send(hello()), send(card(1))), { answer });
  const { page } = view;
  await page.click('#pinned-card .card-cta');
  await page.fill('#ask-form [name=text]', '¿Hay en verde?');
  await page.fill('#ask-form [name=contact]', 'ana@example.com');
  await page.click('#ask-form [name=send]');
  await page.waitForSelector('#ask-result.is-bad');
  assert.equal(await page.inputValue('#ask-form [name=text]'), '¿Hay en verde?');
  await page.click('#ask-form [name=send]');
  await page.waitForSelector('#ask-result.is-good');
  const { client_id: first, ...question } = asked[0];
  assert.deepEqual(question, { type: 'ask', text: '¿Hay en verde?', contact: 'ana@example.com', sku: 'T-1', lang: 'es' });
  assert.match(first, /^[0-9a-f]{32}$/);
  assert.notEqual(asked[1].client_id, first, 'another question');
  assert.equal(asked.length, 2);
  await closeClean(view);
});

test('too many questions: the last one waits as long as the gateway says, and goes out by itself', async () => {
  const asked = [];
  const answer = (message, send) => {
    asked.push({ ...message, at: Date.now() });
    const name = { client_id: message.client_id };
    if (asked.length === 1) send({ type: 'error', code: 'too_many_questions', message: 'wait', retry_ms: 1500, ...name });
    else send({ type: 'inquiry', id: 'q1', state: 'received', ...name });
  };
  const view = await scripted(({ send }) => send(hello()), { answer });
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  await page.click('#ask-button');
  await page.fill('#ask-form [name=text]', '¿Y ahora?');
  await page.click('#ask-form [name=send]');
  await page.waitForSelector('#ask-result.is-warn');
  assert.equal(await page.inputValue('#ask-form [name=text]'), '', 'it is in the list below');
  await page.waitForSelector('.my-question[data-state="received"]');
  assert.equal(asked[1].client_id, asked[0].client_id);
  assert.ok(asked[1].at - asked[0].at >= 1400, `${asked[1].at - asked[0].at} ms`);
  await closeClean(view);
});

test('a socket that is closed before the acknowledgement: the same question goes out again, and is shown once', async () => {
  const asked = [];
  let room;
  const answer = (message, send) => {
    if (message.type !== 'ask') return;
    asked.push(message);
    if (asked.length === 1) return room.close(1001);
    send({ type: 'inquiry', id: 'q1', state: 'received', client_id: message.client_id });
  };
  const view = await scripted((gateway) => ((room = gateway), gateway.send(hello())), { answer });
  const { page } = view;
  await page.waitForFunction(() => document.documentElement.dataset.connection === 'online');
  await page.click('#ask-button');
  await page.fill('#ask-form [name=text]', '¿Sigue ahí?');
  await page.click('#ask-form [name=send]');
  await page.waitForSelector('#ask-result.is-good');
  assert.equal(asked.length, 2);
  assert.deepEqual(asked[1], asked[0]);
  assert.equal(await page.locator('.my-question').count(), 1);
  await closeClean(view);
});

for (const [code, comes] of [[4400, false], [4403, false], [4404, false], [1001, true], [4508, true]]) {
  test(`after close code ${code} the page ${comes ? 'comes back' : 'stays away'}`, async () => {
    const view = await scripted(({ send, close }) => (send(hello()), setTimeout(() => close(code), 100)));
    const state = () => view.page.evaluate(() => document.documentElement.dataset.connection);
    if (comes) await until(() => view.queries.length >= 2, 'a second connection');
    else {
      await until(async () => (await state()) === 'refused', 'refused');
      await view.page.waitForTimeout(1500);
      assert.equal(view.queries.length, 1);
    }
    await closeClean(view);
  });
}

test('a drain is obeyed: back after the time that it names', async () => {
  let closed = 0;
  let back = 0;
  const view = await scripted(({ send, close, connection }) => {
    if (connection === 2) back = Date.now();
    send(hello());
    if (connection > 1) return;
    send({ type: 'drain', retry_ms: 1500 });
    close(1001);
    closed = Date.now();
  });
  await until(() => back, 'a second connection');
  assert.ok(back - closed >= 1400, `${back - closed} ms`);
  await closeClean(view);
});
