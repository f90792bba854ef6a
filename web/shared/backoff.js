// Waiting longer after each failure, by chance spread so that a thousand viewers do not come back in the same instant.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

export class Backoff {
  #failures = 0;

  /** Milliseconds to wait now: half to all of a time that doubles from 0.5 s to 15 s. */
  next(random = Math.random()) {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    return ceiling / 2 + (ceiling / 2) * random;
  }

  reset() {
    this.#failures = 0;
  }
}
