// What the host chooses before the start: where the sound comes from, which microphone or file, which language.

import { byId, fillSelect } from '../shared/dom.js';
import { recall, remember } from '../shared/prefs.js';
import { languageName, t } from '../shared/strings.js';
import { microphones } from './sound.js';

const SPOKEN = ['zh', 'en'];

export function controls({ broadcast, sourceLang }) {
  const form = byId('sound-form');
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', (event) => event.target.name === 'source' && showSource());
  byId('device').addEventListener('change', (event) => remember('device', event.target.value || null));
  byId('language').addEventListener('change', (event) => remember('spoken', event.target.value));
  byId('listen').addEventListener('change', (event) => broadcast.listen(event.target.checked));
  byId('start').addEventListener('click', () => {
    if (source() === 'file' && !byId('file').files[0]) return byId('file').click();
    start(broadcast);
    byId('stop').focus();
  });
  byId('stop').addEventListener('click', () => {
    broadcast.stop();
    byId('start').focus();
  });
  navigator.mediaDevices?.addEventListener?.('devicechange', offerMicrophones);
  fillLanguages(sourceLang);
  showSource();
  offerMicrophones();
}

/** The languages that a host can speak, in the page's own words. */
export function fillLanguages(sourceLang) {
  const kept = byId('language').value || recall('spoken') || (SPOKEN.includes(sourceLang) ? sourceLang : 'zh');
  const pairs = SPOKEN.map((lang) => [lang, languageName(lang)]);
  fillSelect(byId('language'), [...pairs, ['multi', t('host-language-multi')]], kept);
}

export async function offerMicrophones() {
  const found = await microphones();
  const pairs = found.map(({ deviceId, label }, index) => [deviceId, label || `${t('host-device')} ${index + 1}`]);
  fillSelect(byId('device'), [['', t('host-device-default')], ...pairs], byId('device').value || recall('device') || '');
}

function start(broadcast) {
  broadcast.start({
    kind: source(),
    file: byId('file').files[0],
    deviceId: byId('device').value || null,
    language: byId('language').value,
    audible: byId('listen').checked,
  });
}

function showSource() {
  const kind = source();
  byId('device-field').hidden = kind !== 'mic';
  byId('tab-hint').hidden = kind !== 'tab';
  byId('file-field').hidden = byId('listen-field').hidden = kind !== 'file';
}

const source = () => byId('sound-form').elements.source.value;
