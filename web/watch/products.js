// The product on show, the shelf of all products, and the dialog of one of them.

import { listCards } from '../shared/api.js';
import { byId, el, icon } from '../shared/dom.js';
import { t } from '../shared/strings.js';
import { cardLarge, cardRow } from './card.js';
import { flashLeftMs } from './flash.js';

/** Shelves of a full room that ask again when a sale begins or ends, spread over so long, in ms. */
const SPREAD_MS = 2_000;

export class Products {
  #room;
  #wish = {};
  #onAsk;
  #flash;
  #cards = [];
  #pinned = null;
  #load = 0;
  #again = 0;

  /** `onReserve`, `reserved`: as in `flashLine`. */
  constructor({ room, onAsk, onReserve, reserved }) {
    this.#room = room;
    this.#onAsk = onAsk;
    this.#flash = { onReserve, reserved };
    const more = byId('pinned-more');
    more.addEventListener('click', () => {
      const open = byId('pinned').classList.toggle('is-open');
      more.setAttribute('aria-expanded', String(open));
    });
  }

  get cards() {
    return this.#cards;
  }

  /** Loads the shelf in a language, a currency and measures. The product on show follows. */
  async use({ lang, currency, units }) {
    this.#wish = { lang, currency, units };
    const load = ++this.#load;
    const cards = await listCards(this.#room, this.#wish).catch(() => null);
    if (load !== this.#load) return; // A later choice is on its way.
    if (cards) this.#cards = cards;
    const again = this.#find(this.#pinned?.sku);
    if (again && cards) this.#pinned = again;
    this.#draw();
    this.#atNextEnd();
  }

  /** A flash sale has begun or ended, or rates have changed: prices of the shelf are old. */
  refresh(afterMs = 0) {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.use(this.#wish), afterMs + Math.random() * SPREAD_MS);
  }

  /** Whatever messages are lost: when a sale's time is over, the shelf is asked for again. */
  #atNextEnd() {
    const ends = this.#cards.map(flashLeftMs).filter((ms) => ms > 0);
    // A timeout has 31 bits.
    if (ends.length) this.refresh(Math.min(Math.min(...ends) + 1_000, 86_400_000));
  }

  /** A `card` message. Returns the card when it is newly on show, or newly at a flash price. */
  event({ action, sku, card }) {
    if (action !== 'pin') {
      if (!sku || this.#pinned?.sku === sku) this.pin(null);
      return null;
    }
    const before = this.#pinned;
    this.pin(card ?? this.#find(sku));
    // Cards are made once a language: in another currency than the reader's they are asked for again.
    if (card && !this.#inMyMoney(card)) this.use(this.#wish);
    const began = card?.flash && card.flash.ends_at_ms !== before?.flash?.ends_at_ms;
    return before?.sku === sku && !began ? null : this.#pinned;
  }

  pin(card) {
    this.#pinned = card ?? null;
    this.#draw();
  }

  #find(sku) {
    return this.#cards.find((card) => card.sku === sku);
  }

  #inMyMoney({ price }) {
    const mine = this.#wish.currency;
    return !mine || !price || price.currency === mine || price.local?.currency === mine || !this.#convertible();
  }

  /** False where the shelf, too, has no price in the reader's currency: asking again would not help. */
  #convertible() {
    return this.#cards.some(({ price }) => price?.local?.currency === this.#wish.currency);
  }

  #draw() {
    const panel = byId('pinned');
    const slot = byId('pinned-card');
    const card = this.#pinned;
    panel.classList.toggle('is-empty', !card);
    if (slot.dataset.card !== JSON.stringify(card)) {
      const fresh = slot.firstElementChild?.dataset.sku !== card?.sku;
      slot.dataset.card = JSON.stringify(card);
      const focused = slot.contains(document.activeElement);
      slot.replaceChildren(card ? cardLarge(card, { onAsk: this.#onAsk, ...this.#flash }) : '');
      if (focused) slot.querySelector('.card-cta')?.focus();
      if (fresh) slot.firstElementChild?.classList.add('is-new');
    }
    this.#drawShelf();
  }

  #drawShelf() {
    const list = byId('shelf-list');
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.sku : null;
    list.replaceChildren(
      ...this.#cards.map((card) =>
        el('li', {}, cardRow(card, { onOpen: (chosen) => this.#open(chosen), pinned: card.sku === this.#pinned?.sku })),
      ),
    );
    byId('shelf-empty').hidden = this.#cards.length > 0;
    if (focused) list.querySelector(`[data-sku="${CSS.escape(focused)}"]`)?.focus();
  }

  #open(card) {
    const dialog = byId('product-dialog');
    const close = el('button', { type: 'button', className: 'button is-icon dialog-close' }, icon('close'));
    close.setAttribute('aria-label', t('watch-close'));
    close.addEventListener('click', () => dialog.close());
    const ask = (chosen) => {
      dialog.close();
      this.#onAsk(chosen);
    };
    const onReserve = (chosen) => {
      dialog.close();
      this.#flash.onReserve(chosen);
    };
    dialog.setAttribute('aria-label', t('watch-product-details', card.name));
    dialog.replaceChildren(close, cardLarge(card, { ...this.#flash, onAsk: ask, onReserve, heading: 'h2' }));
    dialog.showModal();
  }
}
