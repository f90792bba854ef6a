// How late the captions are, said honestly: what the gateway needed, and what the reader added, apart.

import { byId } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';

/** Of so many finals the middle one counts. */
const LAST = 15;
/** After a hello the past comes first, sent late because it was asked for late: that is no lag. */
const PAST_MS = 5_000;
let lags = [];
let since = 0;

/** A connection begins; `anew`: with another show or language, whose lag is another one. */
export function beginLag(anew) {
  since = performance.now();
  if (anew) lags = [];
}

/** Takes a caption as it comes. Partials and what was missed say nothing about the present. */
export function noteLag({ final, snapshot, corrected, emitted_ms: emitted, end_ms: end }) {
  if (!final || snapshot || corrected || !(emitted >= end) || performance.now() - since < PAST_MS) return;
  lags.push(emitted - end);
  if (lags.length > LAST) lags.shift();
  showLag();
}

let added = 0;

/** Writes the line in the settings. */
export function showLag(delaySeconds = added) {
  added = delaySeconds;
  const line = byId('lag');
  line.hidden = !lags.length;
  if (!lags.length) return;
  const middle = [...lags].sort((a, b) => a - b)[Math.floor(lags.length / 2)] / 1000;
  const seconds = (value) => t('watch-delay-seconds', number(value, { maximumFractionDigits: 1 }));
  const words = [t('watch-lag', seconds(middle))];
  if (added) words.push(t('watch-lag-added', seconds(added)));
  line.textContent = words.join(' ');
}
