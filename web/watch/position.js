// Where this viewer is in the show's history: what it has, so that a reconnection asks for the rest and nothing comes twice.

export class Position {
  epoch = null;
  #offset = null;
  #seen = new Set();
  #settled = false;
  duplicates = 0;
  gaps = 0;

  /** A `hello`. True when the history goes on; false when it starts anew. */
  hello({ epoch, offset, recovered }) {
    if (recovered && epoch === this.epoch) return true;
    this.forget();
    this.epoch = epoch;
    this.#offset = offset ?? null;
    return false;
  }

  /** Whether a message is to be shown: each offset once. Messages without an offset (partials) always are. */
  take({ offset, snapshot, epoch }) {
    if (epoch && this.epoch && epoch !== this.epoch) return false;
    if (!snapshot) this.#settled = true;
    if (offset == null) return true;
    if (this.#seen.has(offset)) {
      this.duplicates += 1;
      return false;
    }
    this.#seen.add(offset);
    if (!snapshot && this.#offset != null && offset > this.#offset + 1) this.gaps += 1;
    this.#offset = Math.max(this.#offset ?? 0, offset);
    return true;
  }

  /** What to ask for at the next connection. Nothing, when the last one was cut before its snapshot was through. */
  query() {
    if (!this.epoch || !this.#settled || this.#offset == null) return {};
    return { epoch: this.epoch, offset: String(this.#offset) };
  }

  forget() {
    this.epoch = null;
    this.#offset = null;
    this.#settled = false;
    this.#seen.clear();
  }
}
