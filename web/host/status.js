// The console's one big state: what is happening to the sound, in words and colour.

import { byId } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';
import { KEPT_MS } from './uplink.js';

const TONES = {
  listening: 'good', playing: 'good', elsewhere: 'good', silent: 'warn', unheard: 'warn', muted: 'warn', clipping: 'warn',
  lost: 'warn', taken: 'bad', refused: 'bad', failed: 'bad',
};

/** Shows `{ phase, detail }` of the broadcast; `room` is what the gateway says: { elsewhere, ended }. */
export function showState({ phase, detail }, room) {
  const name = phase === 'idle' ? (room.elsewhere ? 'elsewhere' : room.ended ? 'ended' : 'idle') : phase;
  const panel = byId('state');
  panel.dataset.phase = name;
  panel.dataset.tone = TONES[name] ?? 'calm';
  const [title, hint] = words(name, detail);
  byId('summary-open').hidden = name !== 'ended';
  put('state-title', title);
  put('state-hint', hint);
}

function words(name, detail) {
  if (name === 'failed') return [t('host-state-idle'), t(detail)];
  if (name === 'refused') return [t('host-state-refused'), refusal(detail)];
  if (name === 'lost') return [t('host-state-lost'), lost(detail)];
  const n = Number.isFinite(detail) ? number(detail) : '';
  return [t(`host-state-${name}`), t(`host-state-${name}-hint`, n)];
}

/** What of the sound will still arrive, and what will not. */
function lost({ droppedMs = 0 } = {}) {
  const kept = t('host-state-lost-hint', number(KEPT_MS / 1000));
  return droppedMs < 100 ? kept : `${kept} ${t('host-dropped', number(Math.round(droppedMs / 1000)))}`;
}

function refusal({ code, reason }) {
  if (code === 4401 || code === 4403) return t('host-error-token');
  if (code === 4404) return t('host-error-no-room');
  return t('host-error-refused', reason || code);
}

/** Only what changed: the title is read out loud. */
function put(id, words) {
  const node = byId(id);
  if (node.textContent !== words) node.textContent = words;
}
