// Flash sales in the console: begun at a product, counted down by the gateway's clock, stopped.

import { beginFlash, endFlash } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';
import { confirm } from './confirm.js';

/** As the gateway's limits. */
const MOST_MINUTES = 7 * 24 * 60;
const MOST_PIECES = 1_000_000_000;
/** Three digits behind a point may be thousands: only behind a zero are they taken for a fraction. */
const PRICE = /^(\d+([.,]\d{1,2})?|0[.,]\d+)$/;
/** Refusals that name a field. */
const FIELDS = { not_below: 'price', bad_price: 'price', bad_duration: 'minutes', bad_stock: 'stock' };
const WORDS = { price: 'host-flash-price-bad', minutes: 'host-flash-minutes-bad', stock: 'host-flash-stock-bad' };

export class Flash {
  #options;
  #products = [];
  #sales = [];
  #serverAheadMs = 0;
  #product = null;

  /** `onError(error)` for an action that failed; `onBegun(sku)`; `onSales()` when there are other sales than before. */
  constructor(options) {
    this.#options = options;
    this.dialog = byId('flash-dialog');
    this.form = byId('flash-form');
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId('flash-cancel').addEventListener('click', () => this.dialog.close());
    setInterval(() => this.#tick(), 1000);
    this.draw();
  }

  set products(products) {
    this.#products = products;
    this.draw();
  }

  /** What the gateway says each second: the sales that are on, and its clock. */
  state({ sales = [], server_time_ms: now }) {
    if (Number.isFinite(now)) this.#serverAheadMs = now - Date.now();
    const ended = this.#sales.filter(({ sku }) => !sales.some((sale) => sale.sku === sku));
    const changed = JSON.stringify(sales) !== JSON.stringify(this.#sales);
    this.#sales = sales;
    if (!changed) return;
    this.#options.onSales();
    if (ended.length) byId('sales-live').textContent = ended.map(({ sku }) => t('host-flash-over', this.#name(sku))).join(' ');
    this.draw();
  }

  isOn(sku) {
    return this.#sales.some((sale) => sale.sku === sku);
  }

  /** The form for a product. */
  open(product) {
    this.#product = product;
    const { price, minutes, stock } = this.form.elements;
    price.value = stock.value = '';
    minutes.value ||= '10';
    byId('flash-title').textContent = t('host-flash-for', product.name);
    byId('flash-regular').textContent = t('host-flash-regular', money(product.price));
    byId('flash-currency').textContent = product.price?.currency ?? '';
    byId('flash-replaces').hidden = !this.isOn(product.sku);
    this.#say('');
    this.dialog.showModal();
    price.focus();
  }

  draw() {
    const list = byId('sales-list');
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.sku : null;
    list.replaceChildren(...this.#sales.map((sale) => this.#row(sale)));
    byId('sales-none').hidden = this.#sales.length > 0;
    if (focused) (list.querySelector(`button[data-sku="${CSS.escape(focused)}"]`) ?? byId('sales-title')).focus();
    this.#tick();
  }

  #row(sale) {
    const name = this.#name(sale.sku);
    const stop = el('button', {
      type: 'button',
      className: 'button is-small is-danger',
      data: { sku: sale.sku },
      attrs: { 'aria-label': t('host-flash-stop-for', name) },
      textContent: t('host-flash-stop'),
      on: { click: () => this.#stop(sale.sku) },
    });
    const price = el('span', { className: 'sale-price' }, el('bdi', { textContent: money({ amount: sale.price, currency: sale.currency }) }));
    if (sale.was) {
      const before = money({ amount: sale.was, currency: sale.currency });
      price.append(' ', el('s', {}, el('span', { className: 'sr-only', textContent: `${t('watch-was')} ` }), el('bdi', { textContent: before })));
    }
    const counted = [
      sale.stock == null ? null : el('span', { textContent: sale.stock ? t('watch-left', number(sale.stock)) : t('watch-sold-out') }),
      el('span', { textContent: t('host-sales-reserved', number(sale.reserved)) }),
    ];
    return el(
      'li',
      { className: 'sale', data: { sku: sale.sku } },
      el('div', { className: 'sale-text' },
        el('p', { className: 'sale-name', dir: 'auto', textContent: name }),
        el('p', { className: 'sale-figures' }, price, el('span', { className: 'sale-left', data: { ends: sale.ends_at_ms }, attrs: { role: 'timer' } }), ...counted.filter(Boolean))),
      stop,
    );
  }

  #tick() {
    for (const node of document.querySelectorAll('.sale-left')) {
      const ms = Number(node.dataset.ends) - Date.now() - this.#serverAheadMs;
      node.textContent = ms > 0 ? t('watch-flash-ends', clock(ms)) : t('watch-flash-over');
    }
  }

  async #submit() {
    const { price, minutes, stock, send } = this.form.elements;
    const [written, length, pieces] = [price.value.trim(), Number(minutes.value), stock.value.trim()];
    const amount = written.replace(',', '.');
    const regular = Number(this.#product.price?.amount ?? Infinity);
    if (!PRICE.test(written) || Number(amount) <= 0 || Number(amount) >= regular) return this.#wrong('price');
    if (!(length >= 1 && length <= MOST_MINUTES)) return this.#wrong('minutes');
    if (stock.validity.badInput || (pieces && !(Number.isInteger(Number(pieces)) && Number(pieces) >= 1 && Number(pieces) <= MOST_PIECES))) return this.#wrong('stock');
    const sale = { sku: this.#product.sku, price: amount, duration_s: Math.round(length * 60), ...(pieces && { stock: Number(pieces) }) };
    const { room, token, onBegun, onSales } = this.#options;
    send.disabled = true;
    try {
      const begun = await beginFlash(room, sale, token);
      this.#sales = [...this.#sales.filter(({ sku }) => sku !== begun.sku), begun];
      this.dialog.close();
      this.draw();
      onSales();
      onBegun(begun.sku);
    } catch (error) {
      if (FIELDS[error.code]) this.#wrong(FIELDS[error.code]);
      else this.#say(error.status === 401 || error.status === 403 ? t('host-error-token') : t('host-flash-failed', error.message));
    }
    send.disabled = false;
  }

  async #stop(sku) {
    const { room, token, onError } = this.#options;
    if (!(await confirm('host-flash-stop-title', 'host-flash-stop-text', 'host-flash-stop', this.#name(sku)))) return;
    try {
      await endFlash(room, sku, token);
    } catch (error) {
      if (error.code !== 'no_flash') return onError(error);
    }
    this.state({ sales: this.#sales.filter((sale) => sale.sku !== sku) });
  }

  #wrong(field) {
    for (const name of Object.keys(WORDS)) this.form.elements[name].removeAttribute('aria-invalid');
    this.form.elements[field].setAttribute('aria-invalid', 'true');
    this.#say(t(WORDS[field]));
    this.form.elements[field].focus();
  }

  #say(words) {
    byId('flash-problem').textContent = words;
    byId('flash-problem').hidden = !words;
    if (!words) for (const name of Object.keys(WORDS)) this.form.elements[name].removeAttribute('aria-invalid');
  }

  #name(sku) {
    return this.#products.find((product) => product.sku === sku)?.name ?? sku;
  }
}

/** The catalogue's own amount and currency, exactly. */
const money = (price) => (price ? `${price.currency} ${price.amount}` : '—');

function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const two = (value) => number(value, { minimumIntegerDigits: 2, useGrouping: false });
  const hours = Math.floor(seconds / 3600);
  return [...(hours ? [number(hours)] : []), two(Math.floor(seconds / 60) % 60), two(seconds % 60)].join(':');
}
