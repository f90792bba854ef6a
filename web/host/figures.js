// Who watches, and how long it takes until they read.

import { byId, el } from '../shared/dom.js';
import { languageName, locale, number, t } from '../shared/strings.js';
import { drawLag } from './lag-chart.js';

/** Above this a reader notices (product.md: "within two seconds"). */
const SLOW_MS = 2_000;

export function showViewers(viewers, countries) {
  const rows = counted(viewers);
  byId('viewers-total').textContent = number(rows.reduce((sum, [, count]) => sum + count, 0));
  byId('viewers-none').hidden = rows.length > 0;
  fill('viewers-list', rows, languageName);
  const places = counted(countries);
  byId('countries').hidden = !places.length;
  fill('countries-list', places, countryName);
}

export function showLag(lag) {
  const total = lag?.total_ms ?? {};
  const rows = [['host-lag-total', total.p50], ['host-lag-p95', total.p95]].filter(([, ms]) => ms != null);
  byId('lag-none').hidden = rows.length > 0;
  byId('lag-list').replaceChildren(
    ...rows.map(([key, ms]) => {
      const line = row(t(key), t('host-ms', number(Math.round(ms))));
      line.classList.toggle('is-slow', ms > SLOW_MS);
      return line;
    }),
  );
  drawLag(lag, locale().lang);
}

/** A country in the reader's words. */
export function countryName(code) {
  try {
    return new Intl.DisplayNames([locale().lang], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const counted = (counts) => Object.entries(counts ?? {}).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);

function fill(list, rows, nameOf) {
  const most = rows[0]?.[1] ?? 1;
  byId(list).replaceChildren(...rows.map(([key, count]) => row(nameOf(key), number(count), count / most)));
}

function row(name, figure, share) {
  const bar = share == null ? null : el('span', { className: 'figure-bar', attrs: { 'aria-hidden': 'true' } });
  bar?.style.setProperty('--share', String(Math.max(0.01, Math.min(1, share))));
  return el(
    'li',
    { className: 'figure' },
    el('span', { className: 'figure-name', textContent: name }),
    el('span', { className: 'figure-value', textContent: figure }),
    bar,
  );
}
