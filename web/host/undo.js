// The last pin or unpin, taken back while the gateway allows it: ten seconds by its clock.

import { undoPin } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';

const REFUSED = new Set(['too_late', 'changed_meanwhile']);

export class Undo {
  #options;
  #products = [];
  /** `{ change, from, to, until }`; `until` on this page's clock. */
  #now = null;
  #busy = false;

  /** `onError(error)` for an action that failed; `onPins(pins)`: what the gateway says after an undo. */
  constructor(options) {
    this.#options = options;
    byId('undo').addEventListener('click', () => this.#undo());
    setInterval(() => this.#now && this.draw(), 250);
  }

  set products(products) {
    this.#products = products;
    this.draw();
  }

  /** What the gateway says of its pins. */
  pins({ undo }) {
    const before = this.#now?.change;
    this.#now = undo ? { ...undo, until: performance.now() + undo.left_ms } : null;
    this.draw();
    if (undo && undo.change !== before) byId('undo-live').textContent = this.#about();
  }

  draw() {
    const left = this.#now ? Math.ceil((this.#now.until - performance.now()) / 1000) : 0;
    const button = byId('undo');
    if (left <= 0) {
      const focused = document.activeElement === button;
      this.#now = null;
      byId('undo-bar').hidden = true;
      if (focused) byId('product-search').focus();
      return;
    }
    const about = this.#about();
    byId('undo-bar').hidden = false;
    byId('undo-about').textContent = about;
    byId('undo-text').textContent = t('host-undo');
    byId('undo-left').textContent = number(left);
    button.setAttribute('aria-label', t('host-undo-of', about));
    button.disabled = this.#busy;
  }

  #about() {
    const { from, to } = this.#now;
    return to ? t('host-undo-pinned', this.#name(to)) : t('host-undo-unpinned', this.#name(from));
  }

  async #undo() {
    const { room, token, onError, onPins } = this.#options;
    if (!this.#now || this.#busy) return;
    this.#busy = true;
    this.draw();
    try {
      const pins = await undoPin(room, this.#now.change, token);
      byId('undo-live').textContent = t('host-undone');
      onPins(pins);
    } catch (error) {
      if (REFUSED.has(error.code)) byId('undo-live').textContent = t('host-undo-late');
      else onError(error);
    }
    this.#busy = false;
    this.draw();
  }

  #name(sku) {
    return this.#products.find((product) => product.sku === sku)?.name ?? sku ?? '';
  }
}
