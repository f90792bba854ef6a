// The history of finals, newest below, and after it what is being said now.

import { el } from '../shared/dom.js';
import { Follow } from '../shared/follow.js';
import { fillCaption, sameText, showPartial } from './caption-item.js';

/** More would slow a phone down; older lines leave at the top. */
const KEPT = 400;
/** A partial whose final never comes (noise that was no speech) leaves. */
const PARTIAL_LIVES_MS = 15_000;

export class Captions {
  #finals;
  #partials;
  #empty;
  #follow;
  #pending = new Map();
  #lastFinal = -1;

  constructor({ box, finals, partials, empty, jump }) {
    this.#finals = finals;
    this.#partials = partials;
    this.#empty = empty;
    this.#follow = new Follow(box, jump);
  }

  /** A final or a partial of protocol.md. True when it changed what is shown. */
  show(caption) {
    const shown = caption.final ? this.#final(caption) : this.#partial(caption);
    if (shown) {
      this.#empty.hidden = true;
      this.#follow.added();
    }
    return shown;
  }

  /** Another language or another show: nothing of the old one stays. */
  reset() {
    this.#finals.replaceChildren();
    for (const segment of [...this.#pending.keys()]) this.#drop(segment);
    this.#lastFinal = -1;
    this.#empty.hidden = false;
    this.#follow.jump();
  }

  #final(caption) {
    this.#lastFinal = Math.max(this.#lastFinal, caption.segment);
    for (const segment of [...this.#pending.keys()]) if (segment <= caption.segment) this.#drop(segment);
    const old = this.#finals.querySelector(`[data-segment="${Number(caption.segment)}"]`);
    if (old) {
      if (Number(old.dataset.rev) >= caption.rev) return false;
      fillCaption(old, caption);
      return true;
    }
    const item = el('li', { className: 'caption', data: { segment: caption.segment, offset: caption.offset, start: caption.start_ms } });
    fillCaption(item, caption);
    if (!caption.snapshot) item.classList.add('is-new');
    // The correction of a line that left long ago stands where the line stood.
    const later = [...this.#finals.children].find((other) => Number(other.dataset.start) > caption.start_ms);
    this.#finals.insertBefore(item, later ?? null);
    if (this.#follow.following) while (this.#finals.children.length > KEPT) this.#finals.firstElementChild.remove();
    return true;
  }

  #partial(caption) {
    if (caption.segment <= this.#lastFinal) return false;
    let pending = this.#pending.get(caption.segment);
    if (pending && pending.rev >= caption.rev) return false;
    if (!pending) {
      pending = { node: el('div', { className: 'partial', data: { segment: caption.segment } }) };
      this.#pending.set(caption.segment, pending);
      this.#partials.append(pending.node);
    }
    pending.rev = caption.rev;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#drop(caption.segment), PARTIAL_LIVES_MS);
    if (sameText(pending.node, caption)) return false;
    showPartial(pending.node, caption);
    return true;
  }

  #drop(segment) {
    const pending = this.#pending.get(segment);
    clearTimeout(pending?.timer);
    pending?.node.remove();
    this.#pending.delete(segment);
  }
}
