// Holds the show back as long as the reader wishes, so that captions fit a video that comes later than they do.
//
// Each caption has its own moment on the show's clock (`emitted_ms`): what comes in a burst after a cut, and is older than
// the delay, is shown at once; what is younger waits for the rest of its time only.

export class Delay {
  #show;
  #seconds = 0;
  #waiting = [];
  #timer = 0;
  /** This page's clock at the show's zero, by the message that came fastest. */
  #zero = Infinity;

  /** `show(message, ...more)` gets each message when it is due, in the order in which they came. */
  constructor(show) {
    this.#show = show;
    // Timers sleep with the page.
    document.addEventListener('visibilitychange', () => !document.hidden && this.#release());
  }

  get seconds() {
    return this.#seconds;
  }

  set seconds(seconds) {
    this.#seconds = seconds;
    this.#release();
  }

  /** Takes a message. `follows`: it has no moment of its own and goes right behind what came before (a hello, a snapshot). */
  push(message, { follows = false, more } = {}) {
    const now = performance.now();
    let at = now;
    if (follows) at = this.#waiting.at(-1)?.at ?? -Infinity;
    else if (Number.isFinite(message.emitted_ms)) {
      this.#zero = Math.min(this.#zero, now - message.emitted_ms);
      at = this.#zero + message.emitted_ms;
    }
    this.#waiting.push({ at, message, more });
    this.#release();
  }

  /** Another show: its clock is another one. */
  newClock() {
    this.#zero = Infinity;
  }

  /** Forgets what waits: another language, whose history comes from the beginning. */
  clear() {
    this.#waiting.length = 0;
    clearTimeout(this.#timer);
    this.newClock();
  }

  #release() {
    clearTimeout(this.#timer);
    const due = performance.now() - this.#seconds * 1000;
    // What is due takes along all that came before it: a card has no moment on the show's clock.
    const last = this.#waiting.findLastIndex(({ at }) => at <= due);
    for (const { message, more } of this.#waiting.splice(0, last + 1)) this.#show(message, more);
    if (!this.#waiting.length) return;
    const next = Math.min(...this.#waiting.map(({ at }) => at));
    this.#timer = setTimeout(() => this.#release(), Math.max(10, next - due));
  }
}
