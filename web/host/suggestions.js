// Cards that the gateway proposes where the operator pins: one key pins, another lets it pass.

import { dismissSuggestion, pin, setPinMode } from '../shared/api.js';
import { byId, el, icon } from '../shared/dom.js';
import { t } from '../shared/strings.js';

export class Suggestions {
  #options;
  #products = [];
  #list = [];
  /** Answered here; the gateway's next word may still have them. */
  #answered = new Set();
  #mode = 'auto';
  #setting = false;

  /** `onError(error)` for an action that failed; `onPinned(sku)`. */
  constructor(options) {
    this.#options = options;
    byId('suggest-mode').addEventListener('change', ({ target }) => this.#setMode(target.checked));
  }

  set products(products) {
    this.#products = products;
    this.draw();
  }

  /** What the gateway says of its pins. */
  pins({ mode = 'auto', suggestions = [] }) {
    this.#mode = mode;
    if (!this.#setting) byId('suggest-mode').checked = mode === 'suggest';
    for (const sku of this.#answered) if (!suggestions.some((one) => one.sku === sku)) this.#answered.delete(sku);
    const list = suggestions.filter(({ sku }) => !this.#answered.has(sku)).map(({ sku }) => sku);
    if (list.join('\n') === this.#list.join('\n')) return;
    const fresh = list.filter((sku) => !this.#list.includes(sku));
    this.#list = list;
    this.draw();
    // Emptied in between: the same words again would not be said.
    if (!list.length) byId('suggestions-live').textContent = '';
    if (fresh.length) byId('suggestions-live').textContent = fresh.map((sku) => t('host-suggest-new', this.#name(sku))).join(' ');
  }

  draw() {
    const box = byId('suggestions');
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset : null;
    box.replaceChildren(...this.#list.map((sku) => this.#row(sku)));
    if (!focused) return;
    // The one that had the focus may be gone: the next takes it, else the switch.
    const kept = box.querySelector(`button[data-sku="${CSS.escape(focused.sku)}"][data-act="${focused.act}"]`);
    (kept ?? box.querySelector('button') ?? byId('suggest-mode')).focus();
  }

  #row(sku) {
    const name = this.#name(sku);
    const button = (act, className, label, words, ...content) =>
      el(
        'button',
        { type: 'button', className, data: { sku, act }, attrs: { 'aria-label': t(label, name) }, on: { click: () => this.#answer(sku, act) } },
        ...content,
        t(words),
      );
    return el(
      'li',
      { className: 'suggestion' },
      el('p', { className: 'suggestion-name', dir: 'auto', textContent: name }),
      el(
        'div',
        { className: 'suggestion-buttons' },
        button('pin', 'button is-primary', 'host-pin-product', 'host-pin', icon('pin')),
        button('dismiss', 'button', 'host-dismiss-product', 'host-dismiss'),
      ),
    );
  }

  async #answer(sku, act) {
    const { room, token, onError, onPinned } = this.#options;
    this.#answered.add(sku);
    this.#list = this.#list.filter((one) => one !== sku);
    this.draw();
    try {
      await (act === 'pin' ? pin(room, sku, token) : dismissSuggestion(room, sku, token));
      if (act === 'pin') onPinned(sku);
    } catch (error) {
      this.#answered.delete(sku);
      // It was answered in another window, or its time was over.
      if (error.code !== 'no_such_suggestion') onError(error);
    }
  }

  async #setMode(suggest) {
    const { room, token, onError } = this.#options;
    this.#setting = true;
    try {
      await setPinMode(room, suggest ? 'suggest' : 'auto', token);
      this.#mode = suggest ? 'suggest' : 'auto';
    } catch (error) {
      onError(error);
    }
    this.#setting = false;
    byId('suggest-mode').checked = this.#mode === 'suggest';
  }

  #name(sku) {
    return this.#products.find((product) => product.sku === sku)?.name ?? sku;
  }
}
