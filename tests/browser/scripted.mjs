// A room that a test plays: what a real one does seldom.
//
// Files and interface strings come from the real gateway; only the viewer socket is played here.

import { ROOM, openPage } from './browser.mjs';

/** Opens the page with a room in which `play({ send, close, query, connection })` is the gateway. */
export async function scripted(browser, play, { lang = 'es', answer = () => {}, room = ROOM, before, ...options } = {}) {
  const queries = [];
  const view = await openPage(browser, `/watch/${room}?lang=${lang}`, {
    ...options,
    before: async (page) => {
      await before?.(page);
      await page.routeWebSocket(/\/live\?/, (socket) => {
        const query = new URL(socket.url()).searchParams;
        queries.push(query);
        const send = (message) => socket.send(JSON.stringify(message));
        socket.onMessage((data) => {
          const message = JSON.parse(data);
          if (message.type === 'ping') send({ type: 'pong' });
          else answer(message, send);
        });
        play({ send, close: (code) => socket.close({ code }), query, connection: queries.length });
      });
    },
  });
  return { ...view, queries };
}

export const hello = (more) => ({
  type: 'hello', room: ROOM, lang: 'es', currency: 'USD', epoch: 'e1', offset: 0, recovered: false, live: true,
  dir: 'ltr', source_lang: 'zh', quality: 'verified', title: 'Room', server_time_ms: Date.now(), ...more,
});

export const caption = (offset, more) => ({
  type: 'caption', epoch: 'e1', offset, segment: offset, rev: 1, final: true, lang: 'es', source_lang: 'zh',
  text: `Frase ${offset}`, source_text: '原文', start_ms: offset * 1000, end_ms: offset * 1000 + 500, emitted_ms: 0,
  engine: 'phrasebook', fidelity: 'verified', ...more,
});

export const partial = (segment, rev, more) => caption(undefined, { segment, rev, final: false, ...more });

export const card = (offset, more) => ({
  type: 'card', epoch: 'e1', offset, action: 'pin', sku: 'T-1', reason: 'spoken',
  card: {
    sku: 'T-1', name: 'Termo', name_source: '保温杯', dir: 'ltr', tiers: [], facts: [], cta: 'Pedir',
    price: { amount: '2.80', currency: 'USD', text: 'USD 2.80', local: { amount: '51.66', currency: 'MXN', text: 'MXN 51.66', as_of: '2026-11-20' } },
  },
  ...more,
});

export const texts = (page) => page.locator('#finals .caption-text').allTextContents();

