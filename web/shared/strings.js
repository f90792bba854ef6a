// The interface's words, from the language packs. English here only for what must be said when no pack can be loaded.

import { getPack } from './api.js';

const LAST_RESORT = {
  'watch-net-connecting': 'Connecting…',
  'watch-net-reconnecting': 'Connection lost. Trying again…',
  'watch-net-offline': 'You are offline. Your place is kept.',
  'watch-error-no-room': 'This room does not exist. Check the link you were given.',
  'watch-error-refused': 'The room refused the connection.',
  'host-error-console': 'No connection to the gateway. The figures are old.',
  'index-failed': 'The list of rooms could not be loaded.',
};

let strings = {};
let asked = 0;
let current = { lang: 'en', dir: 'ltr', currency: null };

/** Loads a pack, or English where that fails, and sets the page's language and direction. */
export async function useLanguage(lang) {
  const turn = ++asked;
  const pack = await getPack(lang).catch(() => (lang === 'en' ? null : getPack('en').catch(() => null)));
  if (pack && turn === asked) {
    strings = pack.strings;
    current = { lang: pack.lang, dir: pack.dir, currency: pack.currency };
  }
  document.documentElement.lang = current.lang;
  document.documentElement.dir = current.dir;
  fillIn(document);
  return current;
}

/** The language, direction and currency of the pack in use. */
export const locale = () => current;

/** The words for a key; `n` stands for `{$n}`. */
export function t(key, n = '') {
  const text = strings[key] ?? LAST_RESORT[key] ?? key;
  return text.replace(/\{\s*\$n\s*\}/g, () => inside(String(n)));
}

/** A code or a name in Latin letters keeps its own direction inside right-to-left words: HY-500, not 500-HY. */
const inside = (text) => (current.dir === 'rtl' && /[A-Za-z]/.test(text) ? `\u2068${text}\u2069` : text);

const ATTRIBUTES = { tLabel: 'aria-label', tPlaceholder: 'placeholder', tTitle: 'title' };

/** Puts the words into everything under `root` that names a key: data-t, data-t-label, data-t-placeholder, data-t-title. */
export function fillIn(root) {
  for (const node of root.querySelectorAll('[data-t]')) if (has(node.dataset.t)) node.textContent = t(node.dataset.t);
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
    const selector = `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
    for (const node of root.querySelectorAll(selector)) {
      if (has(node.dataset[name])) node.setAttribute(attribute, t(node.dataset[name]));
    }
  }
}

const has = (key) => key in strings;

/** The date of an ISO day in the reader's way of writing. */
export function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(current.lang, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}

/** A number in the reader's way of writing. */
export const number = (value, options) => new Intl.NumberFormat(current.lang, options).format(value);

/** A language's own name of another language. */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([current.lang], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
