// A line of the transcript put right where it stands: Enter saves, Escape leaves it as it was.

import { correctCaption } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { t } from '../shared/strings.js';

/** As the gateway takes (docs/PROTOCOL.md). */
const LONGEST = 1_000;

export class Correct {
  #options;
  #open = null;

  /** `onSaved(final)` gets the caption as it is now, `onOpen(segment)` and `onClosed(segment)` the line. */
  constructor(options) {
    this.#options = options;
  }

  /** The segment of the line that is being edited, or null. */
  get segment() {
    return this.#open?.segment ?? null;
  }

  /** Opens a line: `{ segment, epoch, rev, node, text }`. One that is open keeps its place, unless nothing was changed in it. */
  edit(line) {
    if (this.#open?.segment === line.segment) return this.#open.field.focus();
    if (this.#open && this.#changed()) return this.#open.field.focus();
    if (this.#open) this.#close();
    const field = el('textarea', {
      className: 'line-field', rows: 2, maxLength: LONGEST, value: line.text, dir: 'auto', lang: line.node.lang,
      enterKeyHint: 'done',
      attrs: { 'aria-label': t('host-correct-text'), 'aria-describedby': 'transcript-hint', autocomplete: 'off' },
      on: { keydown: (event) => this.#key(event) },
    });
    const problem = el('p', { className: 'notice is-bad', hidden: true, attrs: { role: 'alert' } });
    const save = el('button', { type: 'button', className: 'button is-small is-primary', textContent: t('host-correct-save'), on: { click: () => this.#save() } });
    const cancel = el('button', { type: 'button', className: 'button is-small', textContent: t('host-cancel'), on: { click: () => this.#close(true) } });
    const form = el('div', { className: 'line-form' }, field, problem, el('div', { className: 'line-buttons' }, save, cancel));
    this.#open = { ...line, before: line.text, field, problem, save, form };
    line.node.classList.add('is-edited');
    line.node.append(form);
    this.#options.onOpen(line.segment);
    field.focus();
    field.select();
  }

  /** The show is another one: there is nothing to correct any more. */
  drop() {
    if (this.#open) this.#close();
  }

  #changed() {
    return this.#open.field.value.trim() !== this.#open.before;
  }

  #key(event) {
    // An input method takes Enter and Escape for itself.
    if (event.isComposing) return;
    if (event.key === 'Escape') this.#close(true);
    else if (event.key === 'Enter') this.#save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #save() {
    const open = this.#open;
    const text = open.field.value.trim();
    if (open.save.disabled || !text) return;
    if (!this.#changed()) return this.#close(true);
    const { room, token, onSaved } = this.#options;
    open.save.disabled = open.field.readOnly = true;
    open.problem.hidden = true;
    try {
      const now = await correctCaption(room, open.segment, { text, rev: open.rev, epoch: open.epoch }, token);
      if (this.#open !== open) return;
      onSaved(now);
      byId('transcript-live').textContent = t('host-correct-saved');
      this.#close(true);
    } catch (error) {
      this.#failed(open, error);
    }
    open.save.disabled = open.field.readOnly = false;
  }

  /** What was written stays. Who saves again has read what somebody else has made of the line. */
  #failed(open, { code, caption, message }) {
    if (code === 'changed_meanwhile' && caption) {
      open.rev = caption.rev;
      this.#options.onSaved(caption);
      open.problem.textContent = t('host-correct-changed', caption.text);
    } else open.problem.textContent = t('host-error-action', message);
    open.problem.hidden = false;
    open.field.focus();
  }

  #close(focus = false) {
    const { segment, node, form } = this.#open;
    this.#open = null;
    form.remove();
    node.classList.remove('is-edited');
    this.#options.onClosed(segment, focus);
  }
}
