// The form that puts pieces by at a flash price, and what became of each wish. It never says "reserved" before the gateway does.

import { byId, el } from '../shared/dom.js';
import { recall, remember } from '../shared/prefs.js';
import { number, t } from '../shared/strings.js';
import { flashLeftMs, flashLine, flashStock, refreshFlash } from './flash.js';
import { Reservations } from './reservations.js';

/** As the gateway's limit. */
const MOST_PIECES = 10_000;
const WORDS = {
  held: ['is-good', 'watch-reserve-held'],
  few: ['is-bad', 'watch-reserve-few'],
  over: ['is-bad', 'watch-reserve-over'],
  cancelled: ['is-bad', 'watch-reserve-cancelled'],
  refused: ['is-bad', 'watch-reserve-failed'],
  offline: ['is-warn', 'watch-reserve-offline'],
  later: ['is-warn', 'watch-reserve-rate'],
};

export class Reserve {
  #reservations;
  #card = null;
  /** The wish that the form has sent and waits for. */
  #current = null;

  constructor({ room }) {
    this.#reservations = new Reservations({
      room,
      onFate: (item, fate, left) => this.#fate(item, fate, left),
      onChange: () => this.draw(),
    });
    this.dialog = byId('reserve-dialog');
    this.form = byId('reserve-form');
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const button of this.dialog.querySelectorAll('[data-close]')) {
      button.addEventListener('click', () => this.dialog.close());
    }
    this.draw();
  }

  /** Pieces of a product that this reader has put by. */
  held(sku) {
    return this.#reservations.held(sku);
  }

  connected() {
    this.#reservations.connected();
  }

  open(card) {
    const on = flashLeftMs(card) > 0 && flashStock(card) !== 0;
    this.#card = card;
    byId('reserve-about').replaceChildren(...about(card));
    this.form.hidden = !on;
    const { contact, quantity } = this.form.elements;
    if (!contact.value) contact.value = recall('contact') ?? '';
    if (!this.#current) this.#say('', '');
    this.dialog.showModal();
    if (on) quantity.focus();
  }

  /** The list of what was put by; cards say it as well. */
  draw() {
    const { items } = this.#reservations;
    byId('my-reservations').hidden = !items.length;
    byId('my-reservations-list').replaceChildren(...items.map(row));
    refreshFlash();
  }

  #submit() {
    const { quantity, contact, send } = this.form.elements;
    const pieces = Number(quantity.value);
    if (!Number.isInteger(pieces) || pieces < 1 || pieces > MOST_PIECES) {
      this.#say('is-bad', t('watch-reserve-no-quantity', number(MOST_PIECES)));
      return quantity.focus();
    }
    if (!contact.value.trim()) {
      this.#say('is-bad', t('watch-reserve-no-contact'));
      return contact.focus();
    }
    remember('contact', contact.value.trim());
    send.disabled = true;
    this.#say('', t('watch-reserve-sending'));
    const { sku, name, price } = this.#card;
    this.#current = this.#reservations.reserve({ sku, name, price: price?.text, quantity: pieces, contact: contact.value.trim() });
  }

  #fate(item, fate, left) {
    if (item.key !== this.#current?.key) return;
    const { quantity, send } = this.form.elements;
    const [kind, words] = WORDS[fate];
    this.#say(kind, t(words, fate === 'few' ? number(left ?? 0) : number(item.quantity)));
    this.#current = null;
    send.disabled = false;
    if (fate === 'held') quantity.value = '';
    // What was refused under the reader's eyes stands in the form, not in the list.
    if (['few', 'over', 'refused'].includes(fate)) this.#reservations.drop(item);
    if (fate === 'few') quantity.focus();
  }

  #say(kind, words) {
    const line = byId('reserve-result');
    line.className = `notice ${kind}`;
    line.textContent = words;
    line.hidden = !words;
  }
}

function about(card) {
  return [
    el('p', { className: 'reserve-name', dir: 'auto', textContent: card.name }),
    card.flash && card.price && el('p', { className: 'reserve-price' }, el('bdi', { textContent: card.price.text })),
    flashLine(card),
  ].filter(Boolean);
}

const STATES = { waiting: 'watch-reserved-waiting', held: 'watch-reserved-held', cancelled: 'watch-reserved-cancelled' };

function row({ name, sku, quantity, price, state, left }) {
  const lost = left == null ? t('watch-reserve-over') : t('watch-reserve-few', number(left));
  return el(
    'li',
    { className: 'my-reservation', data: { state } },
    el('p', { className: 'my-reservation-about', dir: 'auto', textContent: name ?? sku }),
    el('p', { className: 'my-reservation-text' }, t('watch-pieces', number(quantity)), price && ' · ', price && el('bdi', { textContent: price })),
    el('p', { className: 'my-reservation-state', textContent: STATES[state] ? t(STATES[state]) : lost }),
  );
}
