// What shoppers ask: translated, with the original beside, and a box to answer. Unanswered ones stand first.

import { answerInquiry, inquiriesTable, listInquiries } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { languageName, locale, number, t } from '../shared/strings.js';
import { QuestionRow } from './question-row.js';

export class Questions {
  #options;
  #rows = new Map();
  #total = 0;
  #open = 0;
  #more = false;
  #failed = false;
  #hostLang = null;
  #loaded = false;
  /** The language of the words on screen. */
  #drawn = null;

  /** `onError(error)` for an action that failed. */
  constructor(options) {
    this.#options = options;
    byId('questions-older').addEventListener('click', () => this.#older());
    byId('questions-csv').addEventListener('click', () => this.#download());
    this.draw();
  }

  /** The newest questions, and how many there are: at the start, and when some may have been missed. */
  async load() {
    const { room, token } = this.#options;
    const page = await listInquiries(room, token).catch(() => null);
    this.#failed = !page;
    if (page) {
      this.#total = page.total;
      this.#open = page.open;
      if (!this.#loaded) this.#more = page.more;
      this.#loaded = true;
      for (const inquiry of page.inquiries.reverse()) this.#put(inquiry);
    }
    this.draw();
  }

  /** A new question, or one that has changed. */
  event(inquiry) {
    const known = this.#rows.get(inquiry.id);
    const answered = Boolean(inquiry.answer);
    if (!known) {
      this.#total += 1;
      if (!answered) {
        this.#open += 1;
        byId('questions-live').textContent = t('host-question-new', languageName(inquiry.lang));
      }
    } else if (answered && !known.answered) this.#open -= 1;
    this.#put(inquiry);
    this.draw();
  }

  /** The language that is spoken, in which answers are written. */
  hostLanguage(lang) {
    if (lang === this.#hostLang) return;
    this.#hostLang = lang;
    this.draw();
  }

  /** Words again, after the page's language has changed too. */
  draw() {
    byId('questions-hint').textContent = t('host-answer-hint', languageName(this.#hostLang ?? 'zh'));
    byId('questions-hint').hidden = !this.#open;
    const none = byId('questions-none');
    none.hidden = this.#rows.size > 0 && !this.#failed;
    none.textContent = t(this.#failed ? 'host-questions-failed' : 'host-questions-empty');
    for (const id of ['questions-count', 'to-questions-count']) byId(id).textContent = number(this.#open);
    byId('questions-count').setAttribute('aria-label', t('host-questions-open', number(this.#open)));
    byId('to-questions').hidden = !this.#open;
    byId('questions-csv').hidden = !this.#total;
    byId('questions-older').hidden = !this.#more;
    if (this.#drawn !== locale().lang) for (const row of this.#rows.values()) row.draw();
    this.#drawn = locale().lang;
  }

  #put(inquiry) {
    const known = this.#rows.get(inquiry.id);
    const moved = !known || known.answered !== Boolean(inquiry.answer);
    const row = known ?? new QuestionRow({ onAnswer: (id, text) => this.#answer(id, text) });
    row.show(inquiry);
    this.#rows.set(inquiry.id, row);
    if (moved) this.#place(row);
  }

  /** Into its list, the newest first. Others are not moved: somebody may be writing in them. */
  #place(row) {
    const list = byId(row.answered ? 'questions-answered' : 'questions-open');
    const older = [...list.children].find((node) => Number(node.dataset.asked) < row.askedMs);
    list.insertBefore(row.node, older ?? null);
  }

  async #answer(id, text) {
    const { room, token } = this.#options;
    this.event(await answerInquiry(room, id, text, token));
    // Where the next one is written.
    (byId('questions-open').querySelector('textarea') ?? byId('questions-title')).focus();
  }

  async #older() {
    const { room, token, onError } = this.#options;
    const oldest = [...this.#rows.values()].reduce((a, b) => (b.askedMs < a.askedMs ? b : a));
    try {
      const page = await listInquiries(room, token, oldest.id);
      this.#more = page.more;
      for (const inquiry of page.inquiries) this.#put(inquiry);
    } catch (error) {
      onError(error);
    }
    this.draw();
  }

  async #download() {
    const { room, token, onError } = this.#options;
    try {
      const address = URL.createObjectURL(await inquiriesTable(room, token));
      const link = el('a', { href: address, download: `${room}-inquiries.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      onError(error);
    }
  }
}
