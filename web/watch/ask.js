// The question form. It says honestly what became of the question, and never loses what was typed.

import { byId, fillSelect } from '../shared/dom.js';
import { recall, remember } from '../shared/prefs.js';
import { t } from '../shared/strings.js';

const ANSWER_WITHIN_MS = 12_000;

export class Ask {
  #send;
  #waiting = 0;

  /** `send(message)` is false when there is no connection. */
  constructor({ send }) {
    this.#send = send;
    this.dialog = byId('ask-dialog');
    this.form = byId('ask-form');
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const button of this.dialog.querySelectorAll('[data-close]')) {
      button.addEventListener('click', () => this.dialog.close());
    }
  }

  open(card, cards) {
    const all = cards.some(({ sku }) => sku === card?.sku) || !card ? cards : [card, ...cards];
    fillSelect(this.form.elements.sku, [['', '—'], ...all.map(({ sku, name }) => [sku, name])], card?.sku ?? '');
    if (!this.form.elements.contact.value) this.form.elements.contact.value = recall('contact') ?? '';
    this.#say('', '');
    this.#busy(false);
    this.dialog.showModal();
    this.form.elements.text.focus();
  }

  /** An `inquiry` or `error` message. True when it was the answer to a question. */
  answer(message) {
    if (!this.#waiting) return false;
    if (message.type === 'inquiry') {
      this.#done('is-good', t('watch-ask-received'));
      this.form.elements.text.value = '';
    } else {
      const key = message.code === 'not_available' ? 'watch-ask-not-available' : 'watch-ask-failed';
      this.#done('is-bad', t(key));
    }
    return true;
  }

  #submit() {
    const { text, contact, sku } = this.form.elements;
    if (!text.value.trim()) {
      this.#say('is-bad', t('watch-ask-missing'));
      return text.focus();
    }
    const message = { type: 'ask', text: text.value.trim(), contact: contact.value.trim() };
    if (sku.value) message.sku = sku.value;
    if (!this.#send(message)) return this.#say('is-bad', t('watch-ask-no-connection'));
    remember('contact', contact.value.trim() || null);
    this.#busy(true);
    this.#say('', t('watch-ask-sending'));
    this.#waiting = setTimeout(() => this.#done('is-bad', t('watch-ask-failed')), ANSWER_WITHIN_MS);
  }

  #done(kind, words) {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    this.#busy(false);
    this.#say(kind, words);
  }

  #busy(busy) {
    this.form.elements.send.disabled = busy;
  }

  #say(kind, words) {
    const line = byId('ask-result');
    line.className = `notice ${kind}`;
    line.textContent = words;
    line.hidden = !words;
  }
}
