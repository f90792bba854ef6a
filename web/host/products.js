// The room's products, with search and a pin each.

import { pin, unpin } from '../shared/api.js';
import { byId, el, icon } from '../shared/dom.js';
import { t } from '../shared/strings.js';

export class Products {
  #options;
  #products = [];
  #pinned = null;
  #busy = null;

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

  pinned(sku) {
    if (this.#busy || sku === this.#pinned) return;
    this.#pinned = sku;
    this.draw();
  }

  draw() {
    const list = byId('product-list');
    const { sku: pinned, flash } = list.contains(document.activeElement) ? document.activeElement.dataset : {};
    const words = byId('product-search').value.trim().toLowerCase().split(/\s+/);
    const found = this.#products.filter((product) => {
      const text = `${product.sku} ${product.name} ${product.name_source}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    list.replaceChildren(...found.map((product) => this.#row(product)));
    const none = byId('product-none');
    none.hidden = found.length > 0;
    none.textContent = t(this.#products.length ? 'host-products-none' : 'host-products-empty');
    const focused = flash ? `[data-flash="${CSS.escape(flash)}"]` : pinned && `button[data-sku="${CSS.escape(pinned)}"]`;
    if (focused) list.querySelector(focused)?.focus();
  }

  #row(product) {
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
