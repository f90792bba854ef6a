// The question form, and what became of each question. It says honestly where a question is, and never loses what was typed.

import { byId, el, fillSelect } from '../shared/dom.js';
import { recall, remember } from '../shared/prefs.js';
import { languageName, locale, t } from '../shared/strings.js';
import { Questions } from './questions.js';

const REFUSED = { no_such_product: 'watch-ask-no-product' };

export class Ask {
  #questions;
  /** The question that the form has sent and waits for. */
  #current = null;

  /** `send(message)` is false when there is no connection. */
  constructor({ room, send }) {
    this.#questions = new Questions({
      room,
      send,
      onFate: (item, fate, code) => this.#fate(item, fate, code),
      onChange: () => this.draw(),
    });
    this.dialog = byId('ask-dialog');
    this.form = byId('ask-form');
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const button of this.dialog.querySelectorAll('[data-close]')) {
      button.addEventListener('click', () => this.dialog.close());
    }
    byId('answered-show').addEventListener('click', () => this.#showAnswers());
    this.draw();
  }

  open(card, cards) {
    const all = cards.some(({ sku }) => sku === card?.sku) || !card ? cards : [card, ...cards];
    fillSelect(this.form.elements.sku, [['', '—'], ...all.map(({ sku, name }) => [sku, name])], card?.sku ?? '');
    if (!this.form.elements.contact.value) this.form.elements.contact.value = recall('contact') ?? '';
    if (!this.#current) this.#say('', '');
    this.dialog.showModal();
    this.#read();
    this.form.elements.text.focus();
  }

  connected() {
    this.#questions.connected();
  }

  /** An `inquiry` or `error` message. */
  message(message) {
    this.#questions.message(message);
  }

  /** The list of questions, and the line that tells of an answer. */
  draw() {
    const { items, news } = this.#questions;
    byId('my-questions').hidden = !items.length;
    byId('my-questions-list').replaceChildren(...items.map(row));
    if (news && this.dialog.open) return this.#read();
    if (byId('answered').hidden === news) byId('answered').hidden = !news;
  }

  #showAnswers() {
    this.open(null, []);
    byId('my-questions').scrollIntoView();
    byId('my-questions').focus();
  }

  #read() {
    if (this.#questions.news) this.#questions.seen();
  }

  #submit() {
    const { text, contact, sku, quantity } = this.form.elements;
    if (!text.value.trim()) {
      this.#say('is-bad', t('watch-ask-missing'));
      return text.focus();
    }
    remember('contact', contact.value.trim() || null);
    this.form.elements.send.disabled = true;
    this.#say('', t('watch-ask-sending'));
    this.#current = this.#questions.ask({
      text: text.value.trim(),
      contact: contact.value.trim(),
      sku: sku.value,
      name: sku.selectedOptions[0]?.value ? sku.selectedOptions[0].textContent : '',
      quantity: Math.max(0, Math.floor(Number(quantity.value))) || 0,
      lang: locale().lang,
    });
  }

  /** `received`, `queued` (no way now), `later` (too many) or `refused`. */
  #fate(item, fate, code) {
    const { text, quantity, send } = this.form.elements;
    const mine = item.clientId === this.#current?.clientId;
    if (fate === 'refused') {
      // One that was refused long after it was written comes back into the form, unless another is being written.
      if (!mine && text.value.trim()) return;
      text.value = item.text;
      this.#say('is-bad', t(REFUSED[code] ?? 'watch-ask-failed'));
    } else if (mine) {
      text.value = quantity.value = '';
      const words = { received: 'watch-ask-received', queued: 'watch-ask-queued', later: 'watch-ask-rate' }[fate];
      this.#say(fate === 'received' ? 'is-good' : 'is-warn', t(words));
    } else return;
    this.#current = null;
    send.disabled = false;
  }

  #say(kind, words) {
    const line = byId('ask-result');
    line.className = `notice ${kind}`;
    line.textContent = words;
    line.hidden = !words;
  }
}

function row({ text, name, id, answer }) {
  const state = answer ? 'watch-question-answered' : id ? 'watch-question-received' : 'watch-question-waiting';
  return el(
    'li',
    { className: 'my-question', data: { state: answer ? 'answered' : id ? 'received' : 'waiting' } },
    name && el('p', { className: 'my-question-about', dir: 'auto', textContent: name }),
    el('p', { className: 'my-question-text', dir: 'auto', textContent: text }),
    el('p', { className: 'my-question-state', textContent: t(state) }),
    answer && answerPart(answer),
  );
}

function answerPart({ text, lang, source, sourceLang, fidelity }) {
  const translated = source && source !== text;
  const badge = {
    source: () => el('span', { className: 'badge is-source', textContent: t('watch-fidelity-source') }),
    fallback: () => el('span', { className: 'badge', textContent: t('watch-fidelity-fallback', languageName(lang)) }),
  }[fidelity];
  return el(
    'div',
    { className: 'my-answer' },
    el('p', { className: 'my-answer-text', lang, dir: 'auto', textContent: text }),
    badge?.(),
    // A number in doubt is compared with the seller's own words.
    translated && fidelity !== 'verified' && el('p', { className: 'my-answer-source', lang: sourceLang, dir: 'auto', textContent: source }),
  );
}
