// One caption: its text in its own language and direction, the original beneath, and how far it was checked.

import { el, icon } from '../shared/dom.js';
import { languageName, t } from '../shared/strings.js';

/** Ends a partial's text while later words are heard but not yet translated. */
const MORE = '…';

/** Fills a list item with a final. */
export function fillCaption(item, caption) {
  item.dataset.rev = caption.rev;
  item.dataset.fidelity = caption.fidelity;
  item.replaceChildren(
    el('span', { className: 'caption-time', textContent: clock(caption.start_ms), attrs: { dir: 'ltr' } }),
    el('div', { className: 'caption-body' }, text(caption), original(caption), badges(caption)),
  );
}

/** Shows what is being said: the stable text, lighter, and the source while the translation is not there yet. */
export function showPartial(node, caption) {
  node.dataset.key = key(caption);
  const waiting = caption.text.trim() === MORE || caption.text.trim() === '';
  const more = caption.text.endsWith(MORE);
  const stable = more ? caption.text.slice(0, -MORE.length) : caption.text;
  const line = el('p', { className: 'caption-text', lang: caption.text_lang ?? caption.lang, dir: 'auto' }, stable);
  if (more || waiting) line.append(dots());
  node.classList.toggle('is-waiting', waiting);
  node.replaceChildren(line, original(caption) ?? '');
}

/** Whether a partial says what is shown already: then nothing is touched, so that nothing flickers. */
export const sameText = (node, caption) => node.dataset.key === key(caption);

const key = (caption) => `${caption.text}\n${caption.source_text}`;

function text(caption) {
  const lang = caption.text_lang ?? caption.lang;
  return el('p', { className: 'caption-text', lang, dir: 'auto' }, whole(caption.text), checked(caption));
}

/** A price is not broken between its currency and its number: at the end of a line half of it reads as nonsense. */
const whole = (words) => words.replace(/\b([A-Z]{3}) (?=\p{N})/gu, '$1\u00a0');

/** A quiet tick where figures were translated and proven equal: what a buyer wants to know. */
function checked({ fidelity, lang, source_lang: source, text }) {
  if (fidelity !== 'verified' || lang === source || !/\p{N}/u.test(text)) return null;
  return el('span', { className: 'checked', title: t('watch-fidelity-verified') }, icon('check'));
}

/** The original, unless it is what stands there already. */
function original(caption) {
  if (!caption.source_text || caption.source_text === caption.text) return null;
  const words = caption.fidelity === 'source' ? figures(caption.source_text) : [caption.source_text];
  return el('p', { className: 'caption-source', lang: caption.source_lang, dir: 'auto' }, words);
}

/** Digits, and the characters that Chinese writes numbers with. */
const FIGURES = /(\p{N}[\p{N}.,:%]*|[〇零一二两三四五六七八九十百千万亿半]{2,})/u;

/** The original's figures stand out where the reader has to compare them. */
const figures = (words) => words.split(FIGURES).map((part, i) => (i % 2 ? el('b', { textContent: part }) : part));

function badges(caption) {
  const found = [];
  if (caption.fidelity === 'source') found.push(badge('compare', 'is-source', t('watch-fidelity-source')));
  if (caption.fidelity === 'fallback') {
    const name = languageName(caption.text_lang ?? caption.source_lang);
    found.push(badge('globe', 'is-fallback', t('watch-fidelity-fallback', name)));
  }
  if (caption.corrected) found.push(badge('pencil', 'is-corrected', t('watch-corrected')));
  return found.length ? el('p', { className: 'caption-badges' }, found) : null;
}

const badge = (picture, kind, words) => el('span', { className: `badge ${kind}` }, icon(picture), words);

const dots = () => el('span', { className: 'dots', attrs: { 'aria-hidden': 'true' } }, el('i'), el('i'), el('i'));

/** 74 500 ms is 1:14, and an hour later 1:01:14. */
function clock(ms) {
  const seconds = Math.max(0, Math.floor((ms ?? 0) / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value) => String(value).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
