// What shoppers had put by at flash prices: listed as it comes, cancelled, taken home as a table.

import { cancelReservation, listReservations, reservationsTable } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { locale, number, t } from '../shared/strings.js';
import { confirm } from './confirm.js';

/** Rows on the page; the table has all. */
const SHOWN = 200;

export class Reservations {
  #options;
  #list = [];
  #failed = false;

  /** `onError(error)` for an action that failed. */
  constructor(options) {
    this.#options = options;
    byId('reservations-csv').addEventListener('click', () => this.#download());
    this.draw();
  }

  /** The list, at the start and when some may have been missed. */
  async load() {
    const { room, token } = this.#options;
    const list = await listReservations(room, token).catch(() => null);
    this.#failed = !list;
    if (list) this.#list = list;
    this.draw();
  }

  /** A new one, or one that was cancelled. */
  event(reservation) {
    const known = this.#list.findIndex(({ id }) => id === reservation.id);
    if (known >= 0) this.#list[known] = reservation;
    else {
      this.#list.unshift(reservation);
      byId('sales-live').textContent = t('host-reservation-new', number(reservation.quantity));
    }
    this.draw();
  }

  draw() {
    const held = this.#list.filter(({ state }) => state === 'held');
    const box = byId('reservations-list');
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    byId('reservations-count').textContent = number(held.length);
    const none = byId('reservations-none');
    none.hidden = this.#list.length > 0 && !this.#failed;
    none.textContent = t(this.#failed ? 'host-reservations-failed' : 'host-reservations-none');
    byId('reservations-csv').hidden = !this.#list.length;
    box.replaceChildren(...this.#list.slice(0, SHOWN).map((one) => this.#row(one)));
    if (focused) box.querySelector(`button[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(one) {
    const { id, sku, product, quantity, price, currency, contact, made_ms: made, state } = one;
    const held = state === 'held';
    const about = `${t('watch-pieces', number(quantity))}, ${contact}`;
    return el(
      'li',
      { className: 'reservation', data: { state } },
      el('p', { className: 'reservation-what' },
        el('strong', { textContent: t('watch-pieces', number(quantity)) }), ' · ', el('bdi', { textContent: product ?? sku }), ' · ', el('bdi', { textContent: `${currency} ${price}` })),
      el('p', { className: 'reservation-who' }, el('bdi', { className: 'question-contact', textContent: contact })),
      el('div', { className: 'reservation-end' },
        el('time', { dateTime: new Date(made).toISOString(), textContent: when(made) }),
        held
          ? el('button', {
              type: 'button',
              className: 'button is-small',
              data: { id },
              textContent: t('host-reservation-cancel'),
              attrs: { 'aria-label': t('host-reservation-cancel-for', about) },
              on: { click: () => this.#cancel(one, about) },
            })
          : el('span', { className: 'badge', textContent: t('host-reservation-cancelled') })),
    );
  }

  async #cancel(one, about) {
    const { room, token, onError } = this.#options;
    if (!(await confirm('host-reservation-cancel-title', 'host-reservation-cancel-text', 'host-reservation-cancel', about))) return;
    try {
      await cancelReservation(room, one.id, token);
    } catch (error) {
      if (error.code !== 'no_such_reservation') return onError(error);
    }
    this.event({ ...one, state: 'cancelled' });
    byId('reservations-title').focus();
  }

  async #download() {
    const { room, token, onError } = this.#options;
    try {
      const address = URL.createObjectURL(await reservationsTable(room, token));
      el('a', { href: address, download: `${room}-reservations.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      onError(error);
    }
  }
}

function when(ms) {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  const style = today ? { timeStyle: 'medium' } : { dateStyle: 'short', timeStyle: 'short' };
  return new Intl.DateTimeFormat(locale().lang, style).format(date);
}
