// The console's one big state: what is happening to the sound, in words and colour.

import { byId } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';
import { KEPT_MS } from './uplink.js';

const TONES = {
  listening: 'good', playing: 'good', elsewhere: 'good', silent: 'warn', clipping: 'warn', lost: 'warn',
  taken: 'bad', refused: 'bad', failed: 'bad',
};
const NUMBERS = { lost: () => number(KEPT_MS / 1000) };

/** Shows `{ phase, detail }` of the broadcast; `room` is what the gateway says: { elsewhere, ended }. */
export function showState({ phase, detail }, room) {
  const name = phase === 'idle' ? (room.elsewhere ? 'elsewhere' : room.ended ? 'ended' : 'idle') : phase;
  const panel = byId('state');
  panel.dataset.phase = name;
  panel.dataset.tone = TONES[name] ?? 'calm';
  const [title, hint] = words(name, detail);
  put('state-title', title);
  put('state-hint', hint);
}

function words(name, detail) {
  if (name === 'failed') return [t('host-state-idle'), t(detail)];
  if (name === 'refused') return [t('host-state-refused'), refusal(detail)];
  const n = NUMBERS[name]?.() ?? (Number.isFinite(detail) ? number(detail) : '');
  return [t(`host-state-${name}`), t(`host-state-${name}-hint`, n)];
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
