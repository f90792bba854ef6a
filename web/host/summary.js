// The show in figures, when it is over, with what can be taken home.

import { roomFile, showAudio, showSummary } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { languageName, number, t } from '../shared/strings.js';
import { countryName } from './figures.js';

/** Products, languages and countries of the list: the rest is in the files. */
const LISTED = 8;
/** A show of hours takes a while. */
const SOUND_WITHIN_MS = 600_000;
const CAPTION_FILES = ['vtt', 'srt', 'json'];

export class Summary {
  #options;
  #last = null;
  /** Files of sound, where the room keeps it. */
  #sound = [];

  /** `onError(error)` for a download that failed; `isRecorded()`: whether the room keeps its sound. */
  constructor(options) {
    this.#options = options;
    byId('summary-open').addEventListener('click', () => this.open());
    byId('summary-close').addEventListener('click', () => byId('summary-dialog').close());
  }

  async open() {
    const { room, token, isRecorded } = this.#options;
    const dialog = byId('summary-dialog');
    byId('summary-failed').hidden = true;
    try {
      this.#last = await showSummary(room, token);
      this.#sound = isRecorded() ? (await showAudio(room, this.#last.epoch, token)).files : [];
    } catch {
      byId('summary-failed').hidden = false;
    }
    this.draw();
    if (!dialog.open) dialog.showModal();
  }

  /** Words again, in another language of the page. */
  draw() {
    if (!this.#last) return;
    const { title, duration_ms: duration, captions, corrections, viewers, products, questions, reservations, lag } = this.#last;
    byId('summary-about').textContent = title;
    const facts = [
      ['host-summary-duration', clock(duration)],
      ['captions', number(captions), corrections ? `${t('watch-corrected')}: ${number(corrections)}` : null],
      ['host-summary-viewers', number(viewers.peak)],
      ['host-questions', number(questions.total), questions.open ? t('host-questions-open', number(questions.open)) : null],
      ['host-reservations', number(reservations.total), reservations.total ? `${t('host-flash-stock')}: ${number(reservations.pieces)}` : null],
      ['host-lag', lag.total_ms.p50 == null ? '–' : t('host-ms', number(lag.total_ms.p50)), lag.total_ms.p95 == null ? null : `${t('host-lag-p95')}: ${t('host-ms', number(lag.total_ms.p95))}`],
    ];
    byId('summary-facts').replaceChildren(...facts.map(([key, value, more]) =>
      el('div', {}, el('dt', { textContent: t(key) }), el('dd', {}, el('strong', { textContent: value }), more ? el('small', { textContent: more }) : null))));
    list('summary-languages', peaks(viewers.languages), ([lang, peak]) => [languageName(lang), number(peak)]);
    list('summary-countries', peaks(viewers.countries), ([code, peak]) => [countryName(code), number(peak)]);
    list('summary-products', products, ({ sku, name, shown_ms: ms }) => [name ?? sku, clock(ms)]);
    this.#downloads();
  }

  #downloads() {
    const { captions: count, epoch, questions, reservations, source_lang: source, viewers } = this.#last;
    const langs = [...new Set([source, ...Object.keys(viewers.languages)])];
    const select = byId('summary-lang');
    const chosen = select.value;
    select.replaceChildren(...langs.map((lang) => el('option', { value: lang, textContent: languageName(lang) })));
    if (langs.includes(chosen)) select.value = chosen;
    byId('summary-captions').hidden = !count;
    const captions = CAPTION_FILES.map((kind) => this.#button(kind.toUpperCase(), () => `captions.${kind}?${new URLSearchParams({ lang: select.value })}`, () => `captions-${select.value}.${kind}`));
    byId('summary-caption-files').replaceChildren(...captions);
    byId('summary-files').replaceChildren(
      ...[
        questions.total && this.#button(t('host-questions'), () => 'inquiries.csv', () => 'inquiries.csv'),
        reservations.total && this.#button(t('host-reservations'), () => 'reservations.csv', () => 'reservations.csv'),
        ...this.#sound.map(({ part, start_ms: from }) =>
          this.#button(t('host-audio-part', clock(from)), () => `audio/${part}?${new URLSearchParams({ show: epoch })}`, () => `${epoch}-${part}.opus`, SOUND_WITHIN_MS)),
        this.#button(`${t('host-terms')}: ${t('host-terms-report')}`, () => 'glossary/report', () => 'terms.json'),
      ].filter(Boolean),
    );
  }

  #button(words, path, name, within) {
    return el('button', {
      type: 'button',
      className: 'button is-small',
      textContent: words,
      on: { click: () => this.#save(path(), name(), within) },
    });
  }

  async #save(path, name, within) {
    const { room, token, onError } = this.#options;
    try {
      const address = URL.createObjectURL(await roomFile(room, path, token, within));
      el('a', { href: address, download: `${room}-${name}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      byId('summary-dialog').close();
      onError(error);
    }
  }
}

const peaks = (seats) =>
  Object.entries(seats).map(([key, { peak }]) => [key, peak]).filter(([, peak]) => peak > 0).sort((a, b) => b[1] - a[1]);

function list(id, rows, read) {
  byId(`${id}-box`).hidden = !rows.length;
  byId(id).replaceChildren(...rows.slice(0, LISTED).map((row) => {
    const [name, figure] = read(row);
    return el('li', {}, el('bdi', { textContent: name }), el('span', { textContent: figure }));
  }));
}

/** 74 500 ms is 1:14, and an hour later 1:01:14. */
function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value) => String(value).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
