// The room's products in their running order, with search and a pin each.

import { getRoom, orderProducts, pin, unpin } from '../shared/api.js';
import { byId, el, icon } from '../shared/dom.js';
import { t } from '../shared/strings.js';
import { Order } from './order.js';

export class Products {
  #options;
  #products = [];
  #pinned = null;
  #busy = null;
  #order = new Order(byId('product-list'), (skus) => this.#arrange(skus));
  /** The order that is on its way, and the one that is to follow it. */
  #sending = false;
  #wanted = null;

  /** `onError(error)` for an action that failed; `onFlash(product)` opens its sale's form, `isOn(sku)`: it has a sale. */
  constructor(options) {
    this.#options = options;
    byId('product-search').addEventListener('input', () => this.draw());
  }

  set(products, pinned) {
    this.#products = products;
    this.#pinned = pinned;
    this.draw();
  }

  /** Whether the order is just being changed here. */
  get ordering() {
    return this.#order.dragging || this.#sending;
  }

  pinned(sku) {
    if (this.#busy || sku === this.#pinned) return;
    this.#pinned = sku;
    this.draw();
  }

  draw() {
    if (this.#order.dragging) return;
    const list = byId('product-list');
    const { move, sku: pinned, flash } = list.contains(document.activeElement) ? document.activeElement.dataset : {};
    const words = byId('product-search').value.trim().toLowerCase().split(/\s+/);
    const found = this.#products.filter((product) => {
      const text = `${product.sku} ${product.name} ${product.name_source}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const whole = found.length === this.#products.length && found.length > 1;
    list.replaceChildren(...found.map((product) => this.#row(product, whole)));
    const none = byId('product-none');
    none.hidden = found.length > 0;
    none.textContent = t(this.#products.length ? 'host-products-none' : 'host-products-empty');
    const focused = move ? `[data-move="${CSS.escape(move)}"]` : flash ? `[data-flash="${CSS.escape(flash)}"]` : pinned && `button[data-sku="${CSS.escape(pinned)}"]`;
    if (focused) list.querySelector(focused)?.focus();
  }

  /** `movable`: all are shown, so that a place among them means something. */
  #row(product, movable) {
    const on = product.sku === this.#pinned;
    const source = product.name_source && product.name_source !== product.name ? product.name_source : null;
    const button = el(
      'button',
      {
        type: 'button',
        className: on ? 'button is-small is-toggle' : 'button is-small',
        data: { sku: product.sku },
        disabled: this.#busy === product.sku,
        attrs: { 'aria-pressed': String(on), 'aria-label': t(on ? 'host-unpin-product' : 'host-pin-product', product.name) },
        on: { click: () => this.#toggle(product.sku, on) },
      },
      icon('pin'),
      t(on ? 'host-unpin' : 'host-pin'),
    );
    return el(
      'li',
      { className: on ? 'product is-pinned' : 'product', data: { sku: product.sku } },
      movable ? moveHandle(product) : null,
      picture(product),
      el(
        'div',
        { className: 'product-text' },
        el('p', { className: 'product-name', dir: 'auto', textContent: product.name }),
        el('p', { className: 'product-more' }, previewLink(this.#options.room, product), source && ' · ', source && el('bdi', { textContent: source })),
      ),
      el('div', { className: 'product-buttons' }, button, this.#flashButton(product)),
    );
  }

  #flashButton(product) {
    const { onFlash, isOn } = this.#options;
    return el('button', {
      type: 'button',
      className: 'button is-small flash-open',
      data: { flash: product.sku, on: String(isOn(product.sku)) },
      attrs: { 'aria-label': t('host-flash-for', product.name) },
      textContent: t('host-flash'),
      on: { click: () => onFlash(product) },
    });
  }

  #arrange(skus) {
    const changed = skus.some((sku, at) => this.#products[at]?.sku !== sku);
    this.#products.sort((a, b) => skus.indexOf(a.sku) - skus.indexOf(b.sku));
    this.draw();
    if (!changed) return;
    this.#wanted = skus;
    if (!this.#sending) this.#send();
  }

  /** One after the other: of several moves the last one is what stays. */
  async #send() {
    const { room, token, onError } = this.#options;
    this.#sending = true;
    while (this.#wanted) {
      const skus = this.#wanted;
      this.#wanted = null;
      try {
        await orderProducts(room, skus, token);
      } catch (error) {
        onError(error);
        // What the room has: somebody may have changed the products.
        const about = this.#wanted ? null : await getRoom(room).catch(() => null);
        if (about) this.set(about.products, about.pinned ?? null);
      }
    }
    this.#sending = false;
  }

  async #toggle(sku, on) {
    const { room, token, onError } = this.#options;
    this.#busy = sku;
    this.draw();
    try {
      await (on ? unpin(room, token) : pin(room, sku, token));
      this.#pinned = on ? null : sku;
    } catch (error) {
      onError(error);
    }
    this.#busy = null;
    this.draw();
  }
}

function moveHandle({ sku, name }) {
  return el(
    'button',
    {
      type: 'button',
      className: 'product-move',
      data: { move: sku },
      title: t('host-move-hint'),
      attrs: { 'aria-label': t('host-move', name), 'aria-describedby': 'order-hint', 'aria-keyshortcuts': 'Alt+ArrowUp Alt+ArrowDown' },
    },
    icon('grip'),
  );
}

/** How the card looks in every language. */
function previewLink(room, { sku }) {
  const href = `/preview/${encodeURIComponent(room)}/${encodeURIComponent(sku)}`;
  return el('a', { className: 'product-preview', href, target: '_blank', rel: 'noopener', title: t('preview-title') }, el('bdi', { textContent: sku }));
}

function picture({ image }) {
  const frame = el('span', { className: 'product-picture' }, icon('box'));
  if (!image) return frame;
  const img = el('img', { src: image.startsWith('/') ? image : `/images/${image}`, alt: '', width: 48, height: 48 });
  img.addEventListener('error', () => img.remove(), { once: true });
  frame.append(img);
  return frame;
}
