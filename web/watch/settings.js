// The reader's choices: language, currency, text size, appearance, original text. Remembered by the browser.

import { byId, fillSelect } from '../shared/dom.js';
import { recall, remember } from '../shared/prefs.js';
import { number, t } from '../shared/strings.js';
import { contrast, setContrast, setTheme, theme } from '../shared/theme.js';

const MOST_DELAY_S = 30;
const SIZES = ['small', 'medium', 'large', 'huge'];

/** `onLanguage(lang)`, `onCurrency(currency)` and `onUnits(units)` are called on a change by hand. */
export function settings({ packs, lang, onLanguage, onCurrency, onUnits, onDelay }) {
  const language = byId('language');
  fillSelect(language, packs.map((pack) => [pack.lang, pack.name]), lang);
  for (const option of language.options) option.lang = option.value;
  language.addEventListener('change', () => {
    remember('lang', language.value);
    onLanguage(language.value);
  });
  byId('currency').addEventListener('change', (event) => {
    remember('currency', event.target.value);
    onCurrency(event.target.value);
  });
  const units = byId('units');
  units.value = recall('units') ?? '';
  units.addEventListener('change', () => {
    remember('units', units.value || null);
    onUnits(wishedUnits());
  });
  choice(byId('text-size'), recall('size'), (size) => {
    document.documentElement.dataset.size = SIZES.includes(size) ? size : 'medium';
    remember('size', size);
  });
  choice(byId('theme'), theme(), setTheme);
  choice(byId('contrast'), contrast(), setContrast);
  delaySlider(onDelay);
  originalToggle();
  openPanel();
}

/** Offers the room's currencies; the reader's own one stays chosen where the room has it. */
export function offerCurrencies(currencies, chosen) {
  const select = byId('currency');
  fillSelect(select, currencies.map((code) => [code, code]), chosen);
  byId('currency-field').hidden = currencies.length < 2;
}

/** The currency wished for: the remembered one, else the language pack's, where the room can show it. */
export function wishedCurrency(currencies, packCurrency) {
  return [recall('currency'), packCurrency].find((code) => currencies.includes(code)) ?? currencies[0] ?? null;
}

/** Measures beside the metric ones: the remembered choice, else the country of the address's language (`?lang=en-US`), else as
 * the gateway takes from the browser's languages. */
export function wishedUnits() {
  const region = /^[a-z]{2,3}-(?:[a-z]{4}-)?([a-z]{2})$/i.exec(new URLSearchParams(location.search).get('lang') ?? '');
  return recall('units') ?? region?.[1].toUpperCase() ?? null;
}

function choice(select, now, apply) {
  if (now && [...select.options].some((option) => option.value === now)) select.value = now;
  if (now) apply(now);
  select.addEventListener('change', () => apply(select.value));
}

/** One step larger or smaller. */
export function cycleSize(step) {
  const select = byId('text-size');
  select.selectedIndex = Math.min(Math.max(select.selectedIndex + step, 0), select.options.length - 1);
  select.dispatchEvent(new Event('change'));
}

/** Seconds that captions and cards are held back, for a video that comes later than they do. */
function delaySlider(onDelay) {
  const slider = byId('delay');
  const apply = () => {
    const seconds = Number(slider.value);
    byId('delay-value').textContent = t('watch-delay-seconds', number(seconds));
    slider.setAttribute('aria-valuetext', t('watch-delay-seconds', number(seconds)));
    remember('delay', seconds ? String(seconds) : null);
    onDelay(seconds);
  };
  const wished = Number(recall('delay'));
  slider.value = String(wished >= 0 && wished <= MOST_DELAY_S ? wished : 0);
  slider.addEventListener('input', apply);
  // Written anew whenever it is looked at: the language may have changed.
  byId('settings-button').addEventListener('click', apply);
  apply();
}

function originalToggle() {
  const button = byId('original');
  const set = (on) => {
    button.setAttribute('aria-pressed', String(on));
    byId('captions').classList.toggle('with-original', on);
  };
  set(recall('original') === 'yes');
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    remember('original', on ? 'yes' : null);
    set(on);
  });
}

function openPanel() {
  const dialog = byId('settings-dialog');
  byId('settings-button').addEventListener('click', () => dialog.showModal());
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => dialog.close());
}
