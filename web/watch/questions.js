// What this reader asked here: remembered by the browser until the gateway has it, sent again after a cut, shown with its answers.

import { askByRequest, getInquiry } from '../shared/api.js';
import { recall, remember } from '../shared/prefs.js';

const KEPT = 20;
/** Without a word from the gateway for so long, the question goes the other way: sent twice, it is kept once. */
const ACK_WITHIN_MS = 12_000;
const AGAIN_MS = 15_000;
/** Server-sent events carry no answers. */
const LOOK_EVERY_MS = 20_000;
/** The question will not become better by waiting. */
const FINAL = new Set([
  'empty_text', 'text_too_long', 'contact_too_long', 'bad_quantity', 'bad_client_id', 'client_id_used', 'no_such_product',
  'bad_request', 'not_available',
]);

/**
 * `send(message)` is false when there is no socket. `onFate(item, fate, code)`: `received`, `queued`, `later`, `refused`.
 * `onChange(items, news)`: the list has changed; `news`: an answer has come.
 */
export class Questions {
  #options;
  #slot;
  #items;
  #sending = new Map();
  #dropped = new Set();
  #again = 0;
  #look = 0;

  constructor(options) {
    this.#options = options;
    this.#slot = `questions.${options.room}`;
    this.#items = this.#stored();
  }

  /** The newest first. */
  get items() {
    return this.#items;
  }

  get news() {
    return this.#items.some((item) => item.answer && !item.seen);
  }

  /** Keeps a question and sends it as soon as there is a way. */
  ask(question) {
    const item = { ...question, clientId: newId(), at: Date.now() };
    this.#items.unshift(item);
    this.#changed();
    this.#send(item);
    return item;
  }

  seen() {
    for (const item of this.#items) if (item.answer) item.seen = true;
    this.#changed();
  }

  /** There is a connection again: what waits goes out, what was asked is followed. */
  connected() {
    this.#sending.forEach(clearTimeout);
    this.#sending.clear();
    clearInterval(this.#look);
    this.#flush();
    const ids = this.#items.map(({ id }) => id).filter(Boolean);
    if (!ids.length || this.#options.send({ type: 'follow', ids })) return;
    this.#lookUp();
    this.#look = setInterval(() => this.#lookUp(), LOOK_EVERY_MS);
  }

  /** An `inquiry` or an `error` of the gateway. */
  message(message) {
    if (message.type === 'inquiry') return this.#state(message);
    const item = this.#find(message.client_id ?? (FINAL.has(message.code) ? this.#first() : null));
    if (item && !item.id) this.#refused(item, message.code, message.retry_ms);
  }

  #send(item) {
    if (this.#sending.has(item.clientId)) return;
    const sent = this.#options.send({ type: 'ask', ...wire(item) });
    const late = () => this.#post(item);
    this.#sending.set(item.clientId, setTimeout(late, sent ? ACK_WITHIN_MS : 0));
  }

  async #post(item) {
    try {
      this.#state(await askByRequest(this.#options.room, wire(item)));
    } catch (error) {
      if (!item.id) this.#refused(item, error.code, error.retryMs);
    }
  }

  #flush() {
    clearTimeout(this.#again);
    for (const item of this.#items.filter(({ id }) => !id).reverse()) this.#send(item);
  }

  #state(message) {
    const unnamed = message.client_id ?? (message.state === 'received' ? this.#first() : null);
    const item = this.#items.find(({ id }) => id === message.id) ?? this.#find(unnamed);
    if (!item) return;
    if (message.state === 'unknown') {
      item.gone = true;
      return this.#changed();
    }
    this.#settle(item);
    const isNew = !item.id;
    item.id = message.id;
    delete item.contact; // It is where it belongs now.
    const news = message.state === 'answered' && message.answer !== item.answer?.text;
    if (news) Object.assign(item, { seen: false, answer: answer(message) });
    this.#changed(news);
    if (isNew) this.#options.onFate(item, 'received');
  }

  #refused(item, code, retryMs) {
    this.#settle(item);
    if (FINAL.has(code)) {
      this.#items = this.#items.filter((other) => other !== item);
      this.#dropped.add(item.clientId);
      this.#changed();
      return this.#options.onFate(item, 'refused', code);
    }
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#flush(), retryMs ?? AGAIN_MS);
    this.#options.onFate(item, code === 'too_many_questions' ? 'later' : 'queued');
  }

  #settle(item) {
    clearTimeout(this.#sending.get(item.clientId));
    this.#sending.delete(item.clientId);
  }

  #lookUp() {
    for (const { id, answer, gone } of this.#items) {
      if (id && !answer && !gone) getInquiry(this.#options.room, id).then((message) => this.#state(message), () => {});
    }
  }

  /** What a word without a name is about: the gateway answers in order. */
  #first() {
    return this.#sending.keys().next().value;
  }

  #find(clientId) {
    return clientId ? this.#items.find((item) => item.clientId === clientId) : null;
  }

  /** Another tab of this room keeps its questions in the same place. */
  #changed(news = false) {
    const known = new Set([...this.#items.map(({ clientId }) => clientId), ...this.#dropped]);
    const theirs = this.#stored().filter(({ clientId }) => !known.has(clientId));
    this.#items = [...this.#items, ...theirs].sort((a, b) => b.at - a.at);
    // What was not sent yet is never forgotten.
    this.#items = this.#items.filter((item, index) => index < KEPT || !item.id);
    remember(this.#slot, this.#items.length ? JSON.stringify(this.#items) : null);
    this.#options.onChange(this.#items, news);
  }

  #stored() {
    try {
      const items = JSON.parse(recall(this.#slot) ?? '[]');
      return Array.isArray(items) ? items.filter((item) => typeof item?.text === 'string' && item.clientId) : [];
    } catch {
      return [];
    }
  }
}

function wire({ clientId, text, sku, quantity, contact, lang }) {
  return { text, client_id: clientId, lang, ...(sku && { sku }), ...(quantity && { quantity }), ...(contact && { contact }) };
}

const answer = (message) => ({
  text: message.answer,
  lang: message.answer_lang,
  source: message.answer_source,
  sourceLang: message.answer_source_lang,
  fidelity: message.fidelity,
});

/** 128 bits by chance, where randomUUID is not to be had: that needs https. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
