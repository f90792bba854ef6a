// The recording of the sound, where the room keeps one: that there is one, and what is missing in it.

import { byId } from '../shared/dom.js';
import { number, t } from '../shared/strings.js';

/** `keepDays`: for how long the sound is kept, null where none is. `audio`: the console's `{ lost_ms, trouble }`. */
export function showRecording(keepDays, audio) {
  put('audio-kept', keepDays ? t('host-audio-kept', number(keepDays)) : '');
  put('audio-trouble', audio?.trouble ? t('host-audio-failing', audio.trouble) : '');
  const lost = audio?.lost_ms ?? 0;
  put('audio-lost', lost < 100 ? '' : t('host-audio-lost', number(lost / 1000, { maximumFractionDigits: 1 })));
}

/** Only what changed: a screen reader says it once. */
function put(id, words) {
  const line = byId(id);
  line.hidden = !words;
  if (line.textContent !== words) line.textContent = words;
}
