// What is heard, as it is written: finals, and after them what is being said.

import { byId, el } from '../shared/dom.js';
import { Follow } from '../shared/follow.js';

const KEPT = 300;
const PARTIAL_LIVES_MS = 15_000;

export class Transcript {
  #list = byId('transcript-list');
  #follow = new Follow(byId('transcript'), byId('transcript-jump'));
  #lines = new Map();
  #epoch = null;
  #newest = -1;

  /** A `final` or `partial` event. */
  show({ type, segment, rev, text, start_ms: startMs, epoch }, lang) {
    const final = type === 'final';
    if (this.#anotherShow(epoch, segment, final)) this.#clear();
    this.#epoch = epoch ?? this.#epoch;
    this.#newest = Math.max(this.#newest, segment);
    const line = this.#lines.get(segment) ?? this.#add(segment);
    if (line.rev > rev || (line.final && !final)) return;
    Object.assign(line, { rev, final });
    clearTimeout(line.timer);
    if (!final) line.timer = setTimeout(() => this.#remove(segment), PARTIAL_LIVES_MS);
    line.node.className = final ? 'line' : 'line is-partial';
    line.node.lang = lang ?? '';
    line.time.textContent = clock(startMs);
    line.text.textContent = text;
    byId('transcript-empty').hidden = true;
    this.#follow.added();
  }

  /** A new show counts its segments from the start again: without an epoch, a long finished one is spoken anew. */
  #anotherShow(epoch, segment, final) {
    if (epoch && this.#epoch) return epoch !== this.#epoch;
    return !final && segment < this.#newest - 2 && this.#lines.get(segment)?.final;
  }

  #clear() {
    for (const segment of [...this.#lines.keys()]) this.#remove(segment);
    this.#newest = -1;
  }

  #add(segment) {
    const time = el('span', { className: 'line-time' });
    const text = el('span', { className: 'line-text', dir: 'auto' });
    const line = { rev: -1, time, text, node: el('li', { data: { segment } }, time, text) };
    this.#lines.set(segment, line);
    this.#list.append(line.node);
    if (this.#lines.size > KEPT && this.#follow.following) this.#remove(this.#lines.keys().next().value);
    return line;
  }

  #remove(segment) {
    const line = this.#lines.get(segment);
    clearTimeout(line?.timer);
    line?.node.remove();
    this.#lines.delete(segment);
  }
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor((ms ?? 0) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
