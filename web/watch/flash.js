// A flash price on a card: the countdown by the server's clock, what is left of it, and what a screen reader is told.

import { el } from '../shared/dom.js';
import { locale, number, t } from '../shared/strings.js';
import { announce } from './announce.js';

/** Seconds before the end at which a screen reader is told: each second would drown the captions. */
const TOLD_AT = [300, 60, 10];
/** Seconds: from here on the countdown looks urgent. */
const SOON = 60;

/** Milliseconds by which two looks at the server's clock may differ for the way that a `hello` took; more is another clock. */
const ON_THE_WAY_MS = 10_000;

let serverAheadMs = null;
/** What is left of a sale by its product and end, as the gateway told last: a card says what was left when it was made. */
const stocks = new Map();
const stopped = new Set();
const lines = new Set();

const sale = (sku, endsAt) => `${sku} ${endsAt}`;

/** Takes the server's clock from a `hello`. */
export function setServerTime(serverMs) {
  if (!Number.isFinite(serverMs)) return;
  const ahead = serverMs - Date.now();
  // The way only makes it look earlier than it is: the latest of several looks is the truest.
  const near = serverAheadMs !== null && Math.abs(ahead - serverAheadMs) < ON_THE_WAY_MS;
  serverAheadMs = near ? Math.max(ahead, serverAheadMs) : ahead;
}

/** A `stock` message. */
export function setStock({ sku, stock, ends_at_ms: endsAt }) {
  if (Number.isInteger(stock)) stocks.set(sale(sku, endsAt), stock);
  refreshFlash();
}

/** A `flash` message of a sale that is over, or whose end the gateway has told otherwise. */
export function stopFlash({ sku, ends_at_ms: endsAt }) {
  stopped.add(sale(sku, endsAt));
  refreshFlash();
}

/** Milliseconds until a card's sale ends; 0: it is over, or there is none. */
export function flashLeftMs({ sku, flash }) {
  if (!flash || stopped.has(sale(sku, flash.ends_at_ms))) return 0;
  return Math.max(0, flash.ends_at_ms - Date.now() - serverAheadMs);
}

/** Pieces left of a card's sale; null: no limit. */
export const flashStock = ({ sku, flash }) => stocks.get(sale(sku, flash?.ends_at_ms)) ?? flash?.stock ?? null;

/** Every line anew, now. */
export const refreshFlash = () => lines.forEach((tick) => tick());

/**
 * The line of a card with a flash price, counting down while it is on the page; null where there is nothing to say.
 * `onReserve(card)` opens the form; `reserved(sku)`: pieces that this reader has put by.
 */
export function flashLine(card, { onReserve, reserved = () => 0 } = {}) {
  if (!card.flash && !reserved(card.sku)) return null;
  const left = el('span', { className: 'flash-left', attrs: { role: 'timer', 'aria-live': 'off' } });
  const stock = el('span', { className: 'flash-stock' });
  const press = { click: () => onReserve(card) };
  const reserve = el('button', { type: 'button', className: 'button is-primary flash-reserve', textContent: t('watch-reserve'), on: press });
  const mine = el('button', { type: 'button', className: 'button is-small flash-mine', on: press });
  const title = el('strong', { textContent: t('watch-flash') });
  const words = el('p', { className: 'flash-words', hidden: !card.flash }, title, left, stock);
  const line = el('div', { className: 'flash' }, words, onReserve && reserve, onReserve && mine);
  let told = null;

  function tick() {
    const ms = flashLeftMs(card);
    const pieces = flashStock(card);
    const over = ms <= 0;
    left.textContent = over ? t('watch-flash-over') : t('watch-flash-ends', clock(ms));
    stock.textContent = pieces === 0 ? t('watch-sold-out') : t('watch-left', number(pieces ?? 0));
    stock.hidden = over || pieces === null;
    title.hidden = over;
    reserve.hidden = over || pieces === 0;
    mine.hidden = !reserved(card.sku);
    mine.textContent = t('watch-reserved-pieces', number(reserved(card.sku)));
    line.classList.toggle('is-over', over);
    line.classList.toggle('is-soon', !over && ms <= SOON * 1000);
    // The price that is over must not look like the one that holds.
    line.closest('.card')?.classList.toggle('flash-over', over && Boolean(card.flash));
    told = tell(line, told, Math.ceil(ms / 1000), pieces);
  }

  lines.add(tick);
  const timer = setInterval(() => {
    if (line.isConnected) return card.flash && tick();
    clearInterval(timer);
    lines.delete(tick);
  }, 1000);
  tick();
  return line;
}

/** Tells a screen reader of the card on show when a mark is passed. Gives what was told up to now. */
function tell(line, before, seconds, pieces) {
  const now = { seconds, soldOut: pieces === 0 };
  if (!before || !line.closest('#pinned-card')) return now;
  const { lang } = locale();
  const mark = TOLD_AT.find((at) => before.seconds > at && seconds <= at);
  if (seconds === 0 && before.seconds > 0) announce(t('watch-flash-over'), lang);
  else if (mark && seconds > 0) announce(t('watch-flash-ends', spoken(seconds)), lang);
  if (now.soldOut && !before.soldOut && seconds > 0) announce(t('watch-sold-out'), lang);
  return now;
}

const spoken = (seconds) => {
  const [value, unit] = seconds > 59 ? [Math.round(seconds / 60), 'minute'] : [seconds, 'second'];
  return number(value, { style: 'unit', unit, unitDisplay: 'long' });
};

function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const two = (value) => number(value, { minimumIntegerDigits: 2, useGrouping: false });
  const hours = Math.floor(seconds / 3600);
  return [...(hours ? [number(hours)] : []), two(Math.floor(seconds / 60) % 60), two(seconds % 60)].join(':');
}
