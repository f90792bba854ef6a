// The flash price's countdown, by the server's clock.

import { el } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';

let serverAheadMs = 0;

/** Takes the server's clock from a `hello`. */
export function setServerTime(serverMs) {
  if (Number.isFinite(serverMs)) serverAheadMs = serverMs - Date.now();
}

/** The line of a card with a flash price, counting down while it is on the page. */
export function flashLine(card) {
  if (!card.flash) return null;
  const left = el('span', { className: 'flash-left', attrs: { role: 'timer', 'aria-live': 'off' } });
  const stock = card.flash.stock == null ? null : el('span', { textContent: t('watch-stock', number(card.flash.stock)) });
  const line = el(
    'p',
    { className: 'flash' },
    el('strong', { textContent: t('watch-flash') }),
    left,
    stock,
  );
  const tick = () => {
    const ms = card.flash.ends_at_ms - Date.now() - serverAheadMs;
    left.textContent = ms > 0 ? t('watch-flash-ends', clock(ms)) : t('watch-flash-over');
    line.classList.toggle('is-over', ms <= 0);
    if (ms <= 0) stock?.remove();
    // The price that is over must not look like the one that holds.
    line.closest('.card')?.classList.toggle('flash-over', ms <= 0);
    if (ms <= 0) clearInterval(timer);
  };
  const timer = setInterval(() => (line.isConnected ? tick() : clearInterval(timer)), 1000);
  tick();
  return line;
}

function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const two = (value) => number(value, { minimumIntegerDigits: 2, useGrouping: false });
  const hours = Math.floor(seconds / 3600);
  return [...(hours ? [number(hours)] : []), two(Math.floor(seconds / 60) % 60), two(seconds % 60)].join(':');
}
