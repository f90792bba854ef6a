// The show's clock, played again: a position in milliseconds that runs, stands, jumps and runs faster.

const TICK_MS = 100;

export class Player extends EventTarget {
  position = 0;
  speed = 1;
  #length = 0;
  #timer = 0;
  #at = 0;

  get playing() {
    return this.#timer !== 0;
  }

  /** Milliseconds of the show. */
  set length(ms) {
    this.#length = ms;
    this.seek(this.position);
  }

  get length() {
    return this.#length;
  }

  play() {
    if (this.playing || !this.#length) return;
    if (this.position >= this.#length) this.position = 0;
    this.#at = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#changed();
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(ms) {
    this.position = Math.min(Math.max(0, ms), this.#length);
    this.#at = performance.now();
    this.dispatchEvent(new Event('moved'));
  }

  /** By the clock, not by the number of ticks: a page in the background ticks seldom. */
  #tick() {
    const now = performance.now();
    this.position += (now - this.#at) * this.speed;
    this.#at = now;
    if (this.position >= this.#length) {
      this.position = this.#length;
      this.pause();
    }
    this.dispatchEvent(new Event('moved'));
  }

  #changed() {
    this.dispatchEvent(new Event('state'));
  }
}

/** 74 500 ms is 1:14, and an hour later 1:01:14. */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value) => String(value).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
