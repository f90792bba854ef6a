// Where the delay comes from, language by language: a bar of stages each, and the same as a table.

import { byId, el } from '../shared/dom.js';
import { languageName, number, t } from '../shared/strings.js';

/** A bar that fills its width, unless one needs more; the mark stands at two seconds (product.md: "within two seconds"). */
const FULL_MS = 3_000;
const MARK_MS = 2_000;
const STAGES = [['segment', 'host-lag-segment'], ['transcribe', 'host-lag-transcribe'], ['translate', 'host-lag-translate']];
const SVG = 'http://www.w3.org/2000/svg';
let drawn = '';

/** `lag` as in the console's state. Drawn anew only when a figure has changed: a table that is being read stays. */
export function drawLag(lag, lang) {
  const rows = lag?.segment_ms == null ? [] : languages(lag);
  const key = JSON.stringify([rows, lang]);
  if (key === drawn) return;
  drawn = key;
  byId('lag-figure').hidden = byId('lag-table-box').hidden = !rows.length;
  const most = Math.max(FULL_MS, ...rows.map(({ sum }) => sum));
  byId('lag-chart').replaceChildren(...rows.map((row) => bar(row, most)));
  byId('lag-legend').replaceChildren(
    ...STAGES.map(([stage, key]) => el('li', { data: { stage } }, el('i', { attrs: { 'aria-hidden': 'true' } }), t(key))),
  );
  byId('lag-table').replaceChildren(head(), el('tbody', {}, rows.map(line)));
}

function languages({ segment_ms: segment, transcribe_ms: transcribe, translate_ms: translate }) {
  const each = Object.entries(translate ?? {}).map(([lang, ms]) => ({ lang, ms: [segment, transcribe ?? 0, ms] }));
  const rows = each.length ? each : [{ lang: null, ms: [segment, transcribe ?? 0, 0] }];
  return rows.map((row) => ({ ...row, sum: row.ms.reduce((sum, ms) => sum + ms, 0) })).sort((a, b) => b.sum - a.sum);
}

function bar({ lang, ms, sum }, most) {
  const picture = svg('svg', { class: 'lag-bar', width: '100%', height: 14, 'aria-hidden': 'true' });
  let from = 0;
  ms.forEach((part, at) => {
    picture.append(svg('rect', { x: percent(from / most), y: 0, width: percent(part / most), height: 14, 'data-stage': STAGES[at][0] }));
    from += part;
  });
  picture.append(svg('line', { x1: percent(MARK_MS / most), x2: percent(MARK_MS / most), y1: 0, y2: 14, class: 'lag-mark' }));
  return el(
    'div',
    { className: sum > MARK_MS ? 'lag-row is-slow' : 'lag-row' },
    el('span', { className: 'figure-name', textContent: lang ? languageName(lang) : t('host-lag-total') }),
    el('span', { className: 'figure-value', textContent: milliseconds(sum) }),
    picture,
  );
}

const head = () =>
  el('thead', {}, el('tr', {}, [['watch-language'], ...STAGES.map(([, key]) => [key])].map(([key]) =>
    el('th', { textContent: t(key), attrs: { scope: 'col' } }))));

const line = ({ lang, ms }) =>
  el('tr', {}, el('th', { textContent: lang ? languageName(lang) : '–', attrs: { scope: 'row' } }),
    ms.map((part) => el('td', { textContent: milliseconds(part) })));

function svg(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

const percent = (share) => `${Math.round(share * 1000) / 10}%`;
const milliseconds = (ms) => t('host-ms', number(Math.round(ms)));
