// Who watches, and how long each stage takes.

import { byId, el } from '../shared/dom.js';
import { languageName, number, t } from '../shared/strings.js';

/** A bar as wide as its panel stands for so much. */
const FULL_MS = 2_000;
/** Above this a reader notices (product.md: "within two seconds"). */
const SLOW_MS = 2_000;

export function showViewers(viewers) {
  const rows = Object.entries(viewers ?? {}).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  const most = rows[0]?.[1] ?? 1;
  byId('viewers-total').textContent = number(rows.reduce((sum, [, count]) => sum + count, 0));
  byId('viewers-none').hidden = rows.length > 0;
  byId('viewers-list').replaceChildren(...rows.map(([lang, count]) => row(languageName(lang), number(count), count / most)));
}

export function showLag(lag) {
  const rows = lag ? stages(lag) : [];
  byId('lag-none').hidden = rows.length > 0;
  byId('lag-list').replaceChildren(
    ...rows.map(([key, ms, name]) => {
      const line = row(name ? `${t(key)} · ${name}` : t(key), t('host-ms', number(Math.round(ms))), ms / FULL_MS);
      line.classList.toggle('is-slow', ms > SLOW_MS);
      line.classList.toggle('is-total', key === 'host-lag-total');
      return line;
    }),
  );
}

function stages({ segment_ms: segment, transcribe_ms: transcribe, translate_ms: translate, total_ms: total }) {
  const byLanguage = Object.entries(translate ?? {}).map(([lang, ms]) => ['host-lag-translate', ms, languageName(lang)]);
  return [
    ['host-lag-total', total?.p50],
    ['host-lag-p95', total?.p95],
    ['host-lag-segment', segment],
    ['host-lag-transcribe', transcribe],
    ...byLanguage,
  ].filter(([, ms]) => ms != null);
}

function row(name, figure, share) {
  const bar = el('span', { className: 'figure-bar', attrs: { 'aria-hidden': 'true' } });
  bar.style.setProperty('--share', String(Math.max(0.01, Math.min(1, share))));
  return el(
    'li',
    { className: 'figure' },
    el('span', { className: 'figure-name', textContent: name }),
    el('span', { className: 'figure-value', textContent: figure }),
    bar,
  );
}
