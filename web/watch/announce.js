// What a screen reader is told: finals and products, politely, and never more than it can say.

import { byId } from '../shared/dom.js';

/** A sentence is read in about so long; what comes meanwhile waits. */
const PAUSE_MS = 2_500;
/** Of what waits only the newest lines are read: the rest is in the list. */
const WAITING = 3;

const waiting = [];
let busy = 0;

export function announce(words, lang) {
  waiting.push({ words, lang });
  waiting.splice(0, waiting.length - WAITING);
  if (!busy) next();
}

/** Another language, or a past that comes again: nothing of the old is read any more. */
export function hush() {
  waiting.length = 0;
  clearTimeout(busy);
  busy = 0;
}

function next() {
  busy = 0;
  if (!waiting.length) return;
  const region = byId('announcer');
  // Those of one language are said in one go.
  const { lang } = waiting[0];
  const upTo = waiting.findIndex((line) => line.lang !== lang);
  const lines = waiting.splice(0, upTo < 0 ? waiting.length : upTo);
  region.lang = lang;
  region.textContent = lines.map(({ words }) => words).join(' ');
  busy = setTimeout(next, PAUSE_MS);
}
