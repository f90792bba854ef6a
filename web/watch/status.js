// What the header says of the show and of the connection.

import { byId, roomOfAddress } from '../shared/dom.js';
import { t } from '../shared/strings.js';

/** Short cuts are not worth a banner. */
const BANNER_AFTER_MS = 700;
const BACK_FOR_MS = 3_000;

const STATES = { connecting: 'watch-net-connecting', offline: 'watch-net-offline' };
/** Why the gateway closed, where the reader gains from knowing it. */
const REASONS = { 1001: 'watch-net-drain', 4429: 'watch-net-full', 4508: 'watch-net-slow' };

let show = 'waiting';
let timer = 0;
let wasLost = false;
let banner = null;

/** `waiting`, `live` or `ended`. */
export function setShow(next) {
  show = next;
  drawShow();
}

export const ended = () => show === 'ended';

/** The connection's state, as live.js names it; `recovered`: what was missed has come. */
export function setConnection(state, code, recovered = false) {
  clearTimeout(timer);
  document.documentElement.dataset.connection = state;
  if (state === 'refused') return say('is-bad', refusal(code));
  if (state === 'online') {
    if (wasLost && banner && recovered) {
      say('is-good', 'watch-net-back');
      timer = setTimeout(() => say(), BACK_FOR_MS);
    } else say();
    wasLost = false;
    return;
  }
  wasLost ||= state !== 'connecting';
  const key = STATES[state] ?? REASONS[code] ?? 'watch-net-reconnecting';
  timer = setTimeout(() => say('is-busy', key), BANNER_AFTER_MS);
}

/** Words again after the language changed. */
export function redraw() {
  drawShow();
  if (banner) say(...banner);
}

function drawShow() {
  const pill = byId('show-state');
  pill.dataset.state = show;
  byId('show-state-text').textContent = t(`watch-state-${show}`);
  byId('empty-text').textContent = t(`watch-empty-${show}`);
  byId('replay-link').hidden = show !== 'ended';
  byId('replay-link').href = `/replay/${encodeURIComponent(roomOfAddress())}`;
}

const REFUSALS = { 4401: 'host-error-token', 4403: 'watch-error-not-allowed', 4404: 'watch-error-no-room' };
const refusal = (code) => REFUSALS[code] ?? 'watch-error-refused';

function say(kind, key) {
  banner = key ? [kind, key] : null;
  const line = byId('connection');
  line.hidden = !key;
  line.className = `banner ${kind ?? ''}`;
  byId('connection-text').textContent = key ? t(key) : '';
  byId('connection-retry').hidden = kind !== 'is-busy';
}
