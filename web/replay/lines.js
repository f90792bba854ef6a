// The captions of a show as a list in which each line leads to its moment.

import { el } from '../shared/dom.js';
import { t } from '../shared/strings.js';
import { fillCaption } from '../watch/caption-item.js';
import { clock } from './player.js';

/** A reader who scrolled is left alone for so long. */
const LEFT_ALONE_MS = 6_000;

export class Lines {
  #box;
  #list;
  #items = [];
  #current = -1;
  #scrolledAt = -Infinity;

  constructor({ box, list, onGo }) {
    this.#box = box;
    this.#list = list;
    list.addEventListener('click', (event) => {
      const item = event.target.closest('.caption');
      // Whoever marks words to copy them does not want to jump.
      if (item && getSelection().isCollapsed) onGo(Number(item.dataset.start));
    });
    for (const type of ['wheel', 'touchmove', 'keydown']) {
      box.addEventListener(type, () => (this.#scrolledAt = performance.now()), { passive: true });
    }
  }

  fill(captions) {
    this.#current = -1;
    this.#items = captions.map((caption) => {
      const item = el('li', { className: 'caption', data: { segment: caption.segment, start: caption.start_ms } });
      fillCaption(item, caption);
      const at = clock(caption.start_ms);
      const go = el('button', { type: 'button', className: 'caption-time caption-go', dir: 'ltr', textContent: at, attrs: { 'aria-label': t('replay-go', at) } });
      item.querySelector('.caption-time').replaceWith(go);
      return { item, caption };
    });
    this.#list.replaceChildren(...this.#items.map(({ item }) => item));
  }

  /** Marks the line of a moment. Gives its caption when it is another one than before. */
  at(ms, { follow }) {
    let index = -1;
    for (const [n, { caption }] of this.#items.entries()) if (caption.start_ms <= ms) index = n;
    if (index === this.#current) return null;
    this.#items[this.#current]?.item.removeAttribute('aria-current');
    this.#current = index;
    const found = this.#items[index];
    if (!found) return null;
    found.item.setAttribute('aria-current', 'true');
    if (follow || performance.now() - this.#scrolledAt > LEFT_ALONE_MS) this.#bringIntoView(found.item);
    return found.caption;
  }

  /** Within its box only: the page itself does not move. */
  #bringIntoView(item) {
    const [box, line] = [this.#box.getBoundingClientRect(), item.getBoundingClientRect()];
    this.#box.scrollTop += line.top - box.top - (box.height - line.height) / 2;
  }
}
