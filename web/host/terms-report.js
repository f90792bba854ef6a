// What became of the room's terms in the show: heard, put right, and what each engine made of them.

import { byId, el } from '../shared/dom.js';
import { languageName, number, t } from '../shared/strings.js';

/** `report` as the gateway answers it; nothing before it was asked for. */
export function drawReport(report) {
  const heard = (report?.terms ?? []).filter((term) => term.heard);
  byId('terms-report').replaceChildren(...heard.sort((a, b) => b.heard - a.heard).map(row));
  byId('terms-report-none').hidden = heard.length > 0;
  byId('terms-report-none').textContent = t('host-terms-report-none');
}

function row({ term, heard, repaired, translations }) {
  const otherwise = translations.flatMap(({ lang, disobeyed }) => (disobeyed ?? []).map((one) => ({ lang, ...one })));
  return el(
    'li',
    { className: 'term-report', data: { term } },
    el('p', { className: 'term-said', dir: 'auto', textContent: term }),
    el('p', { className: 'term-counts' },
      el('span', { textContent: t('host-term-heard', number(heard)) }),
      repaired ? el('span', { textContent: t('host-term-repaired', number(repaired)) }) : null,
      byLanguage(translations).map(([lang, { obeyed, translated }]) =>
        el('span', { className: obeyed < translated ? 'is-short' : '', textContent: `${languageName(lang)}: ${number(obeyed)}/${number(translated)}` }))),
    otherwise.length
      ? el('details', {}, el('summary', { textContent: t('host-term-otherwise', number(otherwise.length)) }), el('ul', {}, otherwise.map(example)))
      : null,
  );
}

function example({ lang, source_text: source, text, expected }) {
  return el(
    'li',
    {},
    el('p', { dir: 'auto', textContent: source }),
    el('p', { lang, dir: 'auto', textContent: text }),
    el('p', { className: 'muted' }, `${t('host-term-word')}: `, el('bdi', { lang, textContent: expected })),
  );
}

/** Over all engines: `[[lang, { translated, obeyed }]]`. */
function byLanguage(translations) {
  const sums = new Map();
  for (const { lang, translated, obeyed } of translations) {
    const sum = sums.get(lang) ?? { translated: 0, obeyed: 0 };
    sums.set(lang, { translated: sum.translated + translated, obeyed: sum.obeyed + obeyed });
  }
  return [...sums];
}
