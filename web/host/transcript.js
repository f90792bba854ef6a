// What is heard, as it is written: finals, and after them what is being said. A final is put right with a click or Enter.

import { byId, el, icon } from '../shared/dom.js';
import { Follow } from '../shared/follow.js';
import { t } from '../shared/strings.js';
import { Correct } from './correct.js';

const KEPT = 300;
const PARTIAL_LIVES_MS = 15_000;

export class Transcript {
  #list = byId('transcript-list');
  #follow = new Follow(byId('transcript'), byId('transcript-jump'));
  #lines = new Map();
  #epoch = null;
  #newest = -1;
  #correct;

  constructor({ room, token }) {
    this.#correct = new Correct({
      room,
      token,
      onSaved: (final) => this.show(final),
      onOpen: () => this.#follow.hold(true),
      onClosed: (segment, focus) => {
        this.#follow.hold(false);
        if (focus) this.#lines.get(segment)?.text.focus({ preventScroll: true });
      },
    });
    this.#list.addEventListener('click', (event) => this.#clicked(event));
    this.#list.addEventListener('keydown', (event) => this.#key(event));
  }

  /** A `final` or `partial` event. */
  show({ type, segment, rev, text, start_ms: startMs, epoch, corrected, lang: spoken }, lang) {
    const final = type === 'final';
    if (this.#anotherShow(epoch, segment, final)) this.#clear();
    this.#epoch = epoch ?? this.#epoch;
    this.#newest = Math.max(this.#newest, segment);
    const line = this.#lines.get(segment) ?? this.#add(segment, startMs ?? 0);
    if (line.rev > rev || (line.final && !final)) return;
    Object.assign(line, { rev, final, corrected });
    clearTimeout(line.timer);
    if (!final) line.timer = setTimeout(() => this.#remove(segment), PARTIAL_LIVES_MS);
    line.node.classList.toggle('is-partial', !final);
    line.node.lang = spoken ?? lang ?? '';
    line.time.textContent = clock(startMs);
    line.words.textContent = text;
    if (final) this.#offer(line);
    byId('transcript-empty').hidden = true;
    byId('transcript-hint').hidden = false;
    this.#follow.added();
  }

  /** Words again, in another language of the page. */
  draw() {
    for (const line of this.#lines.values()) if (line.final) this.#offer(line);
  }

  /** A final is a button in the text: one of them is reached with Tab, the others with the arrow keys. */
  #offer(line) {
    line.text.setAttribute('role', 'button');
    line.text.title = t('host-correct-text');
    if (line.text.tabIndex < 0) line.text.tabIndex = this.#list.querySelector('[tabindex="0"]') ? -1 : 0;
    line.mark.hidden = !line.corrected;
    line.mark.textContent = t('watch-corrected');
  }

  #clicked(event) {
    const line = this.#lineOf(event.target.closest('.line-text'));
    if (line?.final && getSelection().isCollapsed) this.#edit(line);
  }

  #key(event) {
    const line = this.#lineOf(event.target.closest('.line-text'));
    if (!line?.final || event.target.closest('.line-form')) return;
    if (event.key === 'Enter' || event.key === ' ') this.#edit(line);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') this.#step(line, event.key === 'ArrowUp' ? -1 : 1);
    else return;
    event.preventDefault();
  }

  #edit(line) {
    const { segment, rev, node, words } = line;
    this.#correct.edit({ segment, rev, node, epoch: this.#epoch, text: words.textContent });
  }

  #step(line, by) {
    const lines = [...this.#list.children].map((node) => this.#lineOf(node));
    const finals = lines.filter((other) => other?.final);
    const next = finals[finals.indexOf(line) + by];
    if (!next) return;
    line.text.tabIndex = -1;
    next.text.tabIndex = 0;
    next.text.focus();
  }

  #lineOf(node) {
    return node ? this.#lines.get(Number(node.closest('li').dataset.segment)) : null;
  }

  /** A new show counts its segments from the start again: without an epoch, a long finished one is spoken anew. */
  #anotherShow(epoch, segment, final) {
    if (epoch && this.#epoch) return epoch !== this.#epoch;
    return !final && segment < this.#newest - 2 && this.#lines.get(segment)?.final;
  }

  #clear() {
    this.#correct.drop();
    for (const segment of [...this.#lines.keys()]) this.#remove(segment);
    this.#newest = -1;
  }

  #add(segment, start) {
    const time = el('span', { className: 'line-time' });
    const words = el('span', { dir: 'auto' });
    const text = el('span', { className: 'line-text' }, words, icon('pencil'));
    const mark = el('span', { className: 'badge line-mark', hidden: true });
    const node = el('li', { className: 'line', data: { segment, start } }, time, text, mark);
    const line = { segment, rev: -1, time, text, words, mark, node };
    this.#lines.set(segment, line);
    // In the order in which it was said: an utterance may get its number after the next one has begun.
    const after = [...this.#list.children].findLast((other) => Number(other.dataset.start) <= start);
    if (after) after.after(node);
    else this.#list.prepend(node);
    if (this.#lines.size > KEPT && this.#follow.following) this.#remove(this.#oldest());
    return line;
  }

  #oldest() {
    return Number(this.#list.firstElementChild.dataset.segment);
  }

  #remove(segment) {
    if (this.#correct.segment === segment) return;
    const line = this.#lines.get(segment);
    clearTimeout(line?.timer);
    const reached = line?.text.tabIndex === 0;
    line?.node.remove();
    this.#lines.delete(segment);
    if (reached) this.#list.querySelector('.line-text[role]')?.setAttribute('tabindex', '0');
  }
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor((ms ?? 0) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
