// The running order of the products: rows are dragged by their handle, or moved with the arrow keys.

import { byId } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';

/** So near to the list's edge it scrolls along, in pixels; and so far at a time. */
const EDGE_PX = 40;
const SCROLL_PX = 12;

export class Order {
  #list;
  #onOrder;
  #dragged = null;
  #scrolling = 0;
  #pointerY = 0;

  /** `onOrder(skus)` gets the new order of the rows that `list` shows. */
  constructor(list, onOrder) {
    this.#list = list;
    this.#onOrder = onOrder;
    list.addEventListener('pointerdown', (event) => this.#down(event));
    list.addEventListener('pointermove', (event) => this.#move(event));
    list.addEventListener('pointerup', () => this.#drop(true));
    list.addEventListener('pointercancel', () => this.#drop(false));
    list.addEventListener('keydown', (event) => this.#key(event));
  }

  /** While a row is in the hand the list is not drawn anew. */
  get dragging() {
    return this.#dragged !== null;
  }

  #down(event) {
    const handle = event.target.closest('.product-move');
    if (!handle || event.button !== 0 || this.#dragged) return;
    const row = handle.closest('.product');
    this.#dragged = { row, before: this.#skus() };
    this.#pointerY = event.clientY;
    this.#list.setPointerCapture(event.pointerId);
    row.classList.add('is-dragged');
    this.#scrolling = setInterval(() => this.#scroll(), 30);
    handle.focus({ preventScroll: true });
    event.preventDefault();
  }

  #move(event) {
    if (!this.#dragged) return;
    this.#pointerY = event.clientY;
    this.#place();
  }

  #place() {
    const { row } = this.#dragged;
    const others = [...this.#list.children].filter((other) => other !== row);
    const below = others.find((other) => {
      const { top, height } = other.getBoundingClientRect();
      return this.#pointerY < top + height / 2;
    });
    if (below !== row.nextElementSibling) this.#list.insertBefore(row, below ?? null);
  }

  #scroll() {
    const { top, bottom } = this.#list.getBoundingClientRect();
    const by = this.#pointerY < top + EDGE_PX ? -SCROLL_PX : this.#pointerY > bottom - EDGE_PX ? SCROLL_PX : 0;
    if (!by) return;
    this.#list.scrollTop += by;
    this.#place();
  }

  #drop(keep) {
    if (!this.#dragged) return;
    clearInterval(this.#scrolling);
    const { row, before } = this.#dragged;
    this.#dragged = null;
    row.classList.remove('is-dragged');
    const skus = this.#skus();
    this.#onOrder(keep ? skus : before);
    if (keep && skus.join() !== before.join()) this.#tell(row.dataset.sku);
  }

  #key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest('.product');
    const onHandle = Boolean(event.target.closest('.product-move'));
    if (!by || !row?.querySelector('.product-move') || !(event.altKey || onHandle)) return;
    event.preventDefault();
    const skus = this.#skus();
    const at = skus.indexOf(row.dataset.sku);
    if (at + by < 0 || at + by >= skus.length) return;
    skus.splice(at + by, 0, ...skus.splice(at, 1));
    this.#onOrder(skus);
    // The list was drawn anew.
    const moved = this.#list.children[at + by];
    moved?.querySelector('.product-move')?.focus();
    this.#tell(skus[at + by]);
  }

  #tell(sku) {
    const skus = this.#skus();
    const place = `${number(skus.indexOf(sku) + 1)} / ${number(skus.length)}`;
    byId('order-live').textContent = t('host-place', place);
  }

  #skus() {
    return [...this.#list.children].map((row) => row.dataset.sku);
  }
}
