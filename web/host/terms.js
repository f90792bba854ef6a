// The room's terms: what must be heard right, and how viewers read it. A change holds from the next sentence on.

import { glossaryFile, glossaryReport, listTerms, putTerm, removeTerm } from '../shared/api.js';
import { byId, el, fillSelect } from '../shared/dom.js';
import { languageName, locale, number, t } from '../shared/strings.js';
import { drawReport } from './terms-report.js';

/** Somebody has changed the terms meanwhile: tried again once, of what they are now. */
const CHANGED_MEANWHILE = 412;

export class Terms {
  #options;
  #terms = [];
  #version = null;
  #report = null;
  #failed = false;
  #hostLang = 'zh';
  #langs = [];
  #form = byId('term-form');
  #fields = byId('term-form').elements;

  /** `onError(error)` for an action that failed outside of the form. */
  constructor(options) {
    this.#options = options;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#save();
    });
    this.#fields.protect.addEventListener('change', () => this.#drawForm());
    byId('terms-box').addEventListener('toggle', () => byId('terms-box').open && this.load());
    byId('terms-refresh').addEventListener('click', () => this.load());
    byId('terms-file').addEventListener('click', () => this.#download());
  }

  /** The languages that viewers may read: tags. */
  languages(langs) {
    this.#langs = langs;
    this.draw();
  }

  hostLanguage(lang) {
    if (!lang || lang === 'multi' || lang === this.#hostLang) return;
    this.#hostLang = lang;
    this.draw();
  }

  /** The terms, and where the section is open what became of them. */
  async load() {
    const { room, token } = this.#options;
    const wanted = [listTerms(room, token), byId('terms-box').open ? glossaryReport(room, token) : null];
    try {
      const [listed, report] = await Promise.all(wanted);
      this.#take(listed);
      this.#report = report ?? this.#report;
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    this.draw();
  }

  /** Words again, after the page's language has changed too. */
  draw() {
    byId('terms-count').textContent = number(this.#terms.length);
    byId('term-list').replaceChildren(...this.#terms.map((term) => this.#row(term)));
    const none = byId('terms-none');
    none.hidden = this.#terms.length > 0 && !this.#failed;
    none.textContent = t(this.#failed ? 'host-terms-failed' : 'host-terms-none');
    byId('terms-file').hidden = !this.#terms.length;
    drawReport(this.#report);
    this.#drawForm();
  }

  #drawForm() {
    const { said, lang, word, protect, inflect } = this.#fields;
    byId('term-said-label').textContent = t('host-term-said', languageName(this.#hostLang));
    said.lang = this.#hostLang;
    const others = this.#langs.filter((tag) => primary(tag) !== primary(this.#hostLang));
    fillSelect(lang, others.map((tag) => [tag, languageName(tag)]), lang.value || locale().lang);
    for (const field of [lang, word, inflect]) field.disabled = protect.checked;
    word.required = !protect.checked;
    byId('term-translated').hidden = protect.checked;
  }

  #row(term) {
    const own = term.forms[this.#hostLang] ? this.#hostLang : null;
    const words = Object.entries(term.forms).filter(([lang]) => lang !== own);
    const flag = term.protect ? 'host-term-protect' : term.inflect && 'host-term-inflect';
    return el(
      'li',
      { className: 'term', data: { term: term.term } },
      el(
        'div',
        { className: 'term-text' },
        el('p', { className: 'term-said', dir: 'auto', textContent: (own ? term.forms[own] : [term.term]).join(' · ') }),
        el('ul', { className: 'term-words' }, words.map(([lang, forms]) =>
          el('li', {}, `${languageName(lang)}: `, el('bdi', { lang, textContent: forms.join(' · ') })))),
        flag ? el('p', { className: 'term-flag', textContent: t(flag) }) : null,
      ),
      el('button', {
        type: 'button',
        className: 'button is-small',
        textContent: t('host-term-remove'),
        attrs: { 'aria-label': t('host-term-remove-name', term.term) },
        on: { click: () => this.#remove(term.term) },
      }),
    );
  }

  async #save() {
    const { said, lang, word, protect, inflect, save } = this.#fields;
    const problem = byId('term-problem');
    const name = said.value.trim();
    if (save.disabled || !name) return;
    save.disabled = true;
    problem.hidden = true;
    byId('terms-live').textContent = '';
    try {
      await this.#change(() => this.#merged(name, protect.checked ? null : [lang.value, word.value.trim()], inflect.checked));
      byId('terms-live').textContent = t('host-term-saved', name);
      said.value = word.value = '';
      said.focus();
    } catch (error) {
      problem.textContent = t('host-error-action', error.message);
      problem.hidden = false;
    }
    save.disabled = false;
    this.draw();
  }

  /** The term as it shall be: what is known of it in other languages stays. */
  #merged(name, written, inflect) {
    const known = this.#terms.find((term) => term.forms[this.#hostLang]?.includes(name));
    const forms = { ...(known?.forms ?? { [this.#hostLang]: [name] }) };
    if (written) forms[written[0]] = [written[1]];
    return { name: known?.term ?? name, term: { forms, protect: !written, inflect: Boolean(written) && inflect } };
  }

  async #change(edit) {
    const { room, token } = this.#options;
    const put = async () => {
      const { name, term } = edit();
      await putTerm(room, name, term, this.#version, token);
    };
    try {
      await put();
    } catch (error) {
      if (error.status !== CHANGED_MEANWHILE) throw error;
      this.#take(await listTerms(room, token));
      await put();
    }
    this.#take(await listTerms(room, token));
  }

  async #remove(name) {
    const { room, token, onError } = this.#options;
    try {
      await removeTerm(room, name, token);
      this.#take(await listTerms(room, token));
      this.draw();
      byId('terms-title').focus();
    } catch (error) {
      onError(error);
    }
  }

  #take({ terms, version }) {
    this.#terms = terms;
    this.#version = version;
  }

  async #download() {
    const { room, token, onError } = this.#options;
    try {
      const address = URL.createObjectURL(await glossaryFile(room, token));
      el('a', { href: address, download: `${room}-terms.tsv` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      onError(error);
    }
  }
}

const primary = (tag) => tag.split('-')[0];
