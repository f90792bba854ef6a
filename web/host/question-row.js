// One question in the console. What is being written in its box survives every change around it.

import { el } from '../shared/dom.js';
import { languageName, locale, number, t } from '../shared/strings.js';

let boxes = 0;

export class QuestionRow {
  answered = false;
  #options;
  #inquiry = null;
  #correcting = false;
  #head = el('p', { className: 'question-head' });
  #texts = el('div', { className: 'question-texts' });
  #told = el('div', { className: 'question-answer' });
  #label = el('label', { className: 'sr-only' });
  #box = el('textarea', { rows: 2, maxLength: 1000, dir: 'auto', id: `answer-${++boxes}` });
  #send = el('button', { type: 'submit', className: 'button is-small is-primary' });
  #problem = el('p', { className: 'notice is-bad', attrs: { role: 'alert' }, hidden: true });
  #form;

  /** `onAnswer(id, text)`, awaited. */
  constructor(options) {
    this.#options = options;
    this.#label.htmlFor = this.#box.id;
    this.#form = el('form', { className: 'question-form' }, this.#label, this.#box, this.#send);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#submit();
    });
    this.node = el('li', { className: 'question' }, this.#head, this.#texts, this.#told, this.#form, this.#problem);
  }

  get id() {
    return this.#inquiry.id;
  }

  get askedMs() {
    return this.#inquiry.asked_ms;
  }

  show(inquiry) {
    this.#inquiry = inquiry;
    this.answered = Boolean(inquiry.answer);
    this.node.dataset.id = inquiry.id;
    this.node.dataset.asked = inquiry.asked_ms;
    this.draw();
  }

  draw() {
    const inquiry = this.#inquiry;
    this.#head.replaceChildren(...head(inquiry));
    this.#texts.replaceChildren(...texts(inquiry));
    this.#told.replaceChildren(...(inquiry.answer ? this.#answer(inquiry) : []));
    this.#told.hidden = !inquiry.answer || this.#correcting;
    this.#form.hidden = Boolean(inquiry.answer) && !this.#correcting;
    this.#label.textContent = this.#box.placeholder = t('host-answer');
    this.#send.textContent = t('host-answer-send');
    if (!this.#problem.hidden) this.#problem.textContent = t('host-answer-failed');
  }

  #answer({ answer, lang }) {
    const { shown } = answer;
    const translated = shown.engine !== 'source';
    const untranslated = !translated && shown.fidelity === 'fallback';
    return [
      el('p', { className: 'question-label', textContent: t('host-answer') }),
      el('p', { lang: answer.lang, dir: 'auto', textContent: answer.text }),
      translated && el('p', { className: 'question-label', textContent: t('host-answer-shown', languageName(shown.lang)) }),
      translated && el('p', { lang: shown.lang, dir: 'auto', textContent: shown.text }),
      translated && shown.fidelity === 'source' && badge(t('watch-fidelity-source')),
      untranslated && el('p', { className: 'question-note', textContent: t('host-answer-untranslated') }),
      el('button', {
        type: 'button',
        className: 'button is-small question-correct',
        textContent: t('host-answer-correct'),
        on: { click: () => this.#correct(answer.text) },
      }),
    ].filter(Boolean);
  }

  #correct(text) {
    this.#correcting = true;
    this.#box.value ||= text;
    this.draw();
    this.#box.focus();
  }

  async #submit() {
    const text = this.#box.value.trim();
    if (!text || this.#send.disabled) return this.#box.focus();
    this.#send.disabled = true;
    this.#problem.hidden = true;
    const correcting = this.#correcting;
    this.#correcting = false;
    try {
      await this.#options.onAnswer(this.id, text);
      this.#box.value = '';
    } catch {
      this.#correcting = correcting;
      this.#problem.hidden = false;
    }
    this.#send.disabled = false;
    this.draw();
  }
}

function head({ asked_ms: asked, lang, sku, product, quantity, contact }) {
  const parts = [
    el('time', { dateTime: new Date(asked).toISOString(), textContent: when(asked) }),
    el('span', { className: 'badge', textContent: languageName(lang) }),
    sku && el('span', { className: 'question-product' }, product && el('bdi', { textContent: product }), product && ' ', el('bdi', { className: 'question-sku', textContent: sku })),
    quantity && el('span', { textContent: t('host-question-quantity', number(quantity)) }),
    contact && el('span', {}, `${t('host-question-contact')}: `, el('bdi', { className: 'question-contact', textContent: contact })),
  ];
  return parts.filter(Boolean);
}

/** The translation, and the original beside; the original alone where there is no translation. */
function texts({ text, lang, translation }) {
  const original = (className) => el('p', { className, lang, dir: 'auto', textContent: text });
  if (!translation) return [original('question-text'), note(t('host-question-translating'))];
  const { engine, fidelity } = translation;
  if (engine === 'source') {
    const foreign = fidelity === 'fallback';
    return [original('question-text'), foreign && note(t('host-question-untranslated', languageName(lang)))].filter(Boolean);
  }
  return [
    el('p', { className: 'question-text', lang: translation.lang, dir: 'auto', textContent: translation.text }),
    fidelity === 'source' && badge(t('watch-fidelity-source')),
    fidelity === 'fallback' && el('span', { className: 'badge', textContent: t('watch-fidelity-fallback', languageName(translation.lang)) }),
    el('p', { className: 'question-label', textContent: t('host-question-original', languageName(lang)) }),
    original('question-original'),
  ].filter(Boolean);
}

const note = (words) => el('p', { className: 'question-note', textContent: words });
const badge = (words) => el('span', { className: 'badge is-source', textContent: words });

function when(ms) {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  const style = today ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' };
  return new Intl.DateTimeFormat(locale().lang, style).format(date);
}
