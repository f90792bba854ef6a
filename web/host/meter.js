// The level meter, and what it says: a voice, silence, or clipping.

/** Quieter than this is no voice: −48 dB of full scale, well above a quiet room's microphone. */
const VOICE = 10 ** (-48 / 20);
export const SILENT_AFTER_MS = 8_000;
const CLIPPING_FOR_MS = 2_000;
const FLOOR_DB = -60;
/** The peak mark falls by so much a frame of 100 ms. */
const PEAK_FALLS_DB = 2;

export class Meter {
  #node;
  #heardAt = 0;
  #clippedAt = -Infinity;
  #peakDb = FLOOR_DB;

  constructor(node) {
    this.#node = node;
  }

  start() {
    this.#heardAt = performance.now();
    this.#clippedAt = -Infinity;
  }

  frame({ rms, peak, clipped }) {
    const now = performance.now();
    if (rms > VOICE) this.#heardAt = now;
    if (clipped) this.#clippedAt = now;
    this.#peakDb = Math.max(decibels(peak), this.#peakDb - PEAK_FALLS_DB);
    this.#draw(decibels(rms), this.#peakDb);
  }

  stop() {
    this.#peakDb = FLOOR_DB;
    this.#draw(FLOOR_DB, FLOOR_DB);
  }

  get silentMs() {
    return performance.now() - this.#heardAt;
  }

  get clipping() {
    return performance.now() - this.#clippedAt < CLIPPING_FOR_MS;
  }

  #draw(rmsDb, peakDb) {
    this.#node.style.setProperty('--level', share(rmsDb));
    this.#node.style.setProperty('--peak', share(peakDb));
    this.#node.classList.toggle('is-clipping', this.clipping);
    this.#node.setAttribute('aria-valuenow', String(Math.round(share(rmsDb) * 100)));
  }
}

const decibels = (amplitude) => Math.max(FLOOR_DB, 20 * Math.log10(amplitude || 1e-6));
const share = (db) => 1 - Math.min(0, db) / FLOOR_DB;
