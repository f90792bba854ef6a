// What this reader put by at flash prices: remembered by the browser, sent again under the same key until the gateway answers.

import { ApiError, getReservation, reserve } from '../shared/api.js';
import { recall, remember } from '../shared/prefs.js';

const KEPT = 20;
const AGAIN_MS = 5_000;
/** The gateway has it, or will not have it: nothing is sent any more. */
const SETTLED = new Set(['held', 'cancelled', 'lost']);

/**
 * `onFate(item, fate, left)`: `held`, `few` (with what is left), `over`, `cancelled`, `offline`, `later` or `refused`.
 * `onChange()`: the list has changed.
 */
export class Reservations {
  #options;
  #slot;
  #items;
  #sending = new Set();
  #again = 0;

  constructor(options) {
    this.#options = options;
    this.#slot = `reservations.${options.room}`;
    this.#items = this.#stored();
  }

  /** The newest first. */
  get items() {
    return this.#items;
  }

  /** Pieces of a product that are put by. */
  held(sku) {
    return this.#items.reduce((sum, item) => sum + (item.sku === sku && item.state === 'held' ? item.quantity : 0), 0);
  }

  /** Keeps a wish and sends it as soon as there is a way. */
  reserve(wish) {
    const item = { ...wish, key: newKey(), at: Date.now(), state: 'waiting' };
    this.#items.unshift(item);
    this.#changed();
    this.#send(item);
    return item;
  }

  /** There is a connection again: what waits goes out, and what was put by may have been cancelled. */
  connected() {
    this.#flush();
    for (const item of this.#items) if (item.state === 'held') this.#lookUp(item);
  }

  #flush() {
    clearTimeout(this.#again);
    for (const item of this.#items.filter(({ state }) => !SETTLED.has(state)).reverse()) this.#send(item);
  }

  async #send(item) {
    if (this.#sending.has(item.key)) return;
    this.#sending.add(item.key);
    const { sku, quantity, contact, key } = item;
    const answer = await reserve(this.#options.room, sku, { quantity, contact, key }).catch((error) => error);
    this.#sending.delete(item.key);
    if (answer instanceof Error) return this.#refused(item, answer);
    Object.assign(item, { id: answer.id, state: answer.state });
    this.#settled(item, 'held');
  }

  #refused(item, error) {
    const { code, status, left, retryMs } = error;
    const later = code === 'too_many_reservations';
    if (later || !(error instanceof ApiError) || status >= 500) {
      // Whether it has arrived is not known: under its key it is sent until there is an answer.
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.#flush(), retryMs ?? AGAIN_MS);
      return this.#options.onFate(item, later ? 'later' : 'offline');
    }
    if (code === 'reservation_cancelled') item.state = 'cancelled';
    else Object.assign(item, { state: 'lost', left });
    const fates = { too_few_left: 'few', no_flash: 'over', reservation_cancelled: 'cancelled' };
    this.#settled(item, fates[code] ?? 'refused', left);
  }

  #settled(item, fate, left) {
    delete item.contact; // It is where it belongs now.
    this.#changed();
    this.#options.onFate(item, fate, left);
  }

  /** The reader has read it, or writes it anew. */
  drop(item) {
    this.#items = this.#items.filter((other) => other !== item);
    this.#changed([item.key]);
  }

  async #lookUp(item) {
    const answer = await getReservation(this.#options.room, item.id).catch(() => null);
    if (!answer || answer.state === item.state) return;
    item.state = answer.state;
    this.#changed();
  }

  /** Another tab of this room keeps its own in the same place. */
  #changed(dropped = []) {
    const known = new Set([...this.#items.map(({ key }) => key), ...dropped]);
    const theirs = this.#stored().filter(({ key }) => !known.has(key));
    this.#items = [...this.#items, ...theirs].sort((a, b) => b.at - a.at);
    this.#items = this.#items.filter((item, index) => index < KEPT || !SETTLED.has(item.state));
    remember(this.#slot, this.#items.length ? JSON.stringify(this.#items) : null);
    this.#options.onChange();
  }

  #stored() {
    try {
      const items = JSON.parse(recall(this.#slot) ?? '[]');
      const whole = (item) => typeof item?.key === 'string' && typeof item.sku === 'string' && Number.isInteger(item.quantity);
      return Array.isArray(items) ? items.filter(whole) : [];
    } catch {
      return [];
    }
  }
}

/** 128 bits by chance, where randomUUID is not to be had: that needs https. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
