// Sending sound: opens the source, feeds meter and uplink, and says in which state it all is.

import { Meter, SILENT_AFTER_MS } from './meter.js';
import { openFile, openMicrophone, openTab, SoundError } from './sound.js';
import { Uplink } from './uplink.js';

const LOOK_EVERY_MS = 500;
/** Sound of which no word was written for so long is music, noise or another language; words of a speaker come each second. */
const UNHEARD_AFTER_MS = 20_000;

/** `onChange(state)` gets { phase, detail }: idle, starting, listening, playing, silent, unheard, muted, clipping, lost, taken,
 *  refused, failed. */
export class Broadcast {
  #options;
  #meter;
  #sound = null;
  #uplink = null;
  #link = 'idle';
  #kind = 'mic';
  #look = 0;
  #lock = null;
  #told = '';
  #wordsAt = 0;
  /** Why the sound has ended by itself: the key of a string. */
  #failure = null;

  constructor(options) {
    this.#options = options;
    this.#meter = new Meter(options.meter);
  }

  get running() {
    return this.#link !== 'idle';
  }

  get droppedMs() {
    return this.#uplink?.droppedMs ?? 0;
  }

  /** Seconds played and in all, or null when no file plays. */
  get progress() {
    return this.#sound?.seconds ? { at: this.#sound.position(), of: this.#sound.seconds } : null;
  }

  /** `kind`: mic (`deviceId`), tab or `file`. */
  async start({ kind, file, deviceId, language, audible }) {
    this.#kind = kind;
    this.#link = 'connecting';
    this.#tell('starting');
    const early = [];
    const onFrame = (frame) => {
      this.#meter.frame(frame);
      if (this.#uplink) this.#uplink.frame(frame.pcm);
      else early.push(frame.pcm);
    };
    const onEnd = (failure) => this.#ended(failure);
    const open = { mic: openMicrophone, tab: openTab, file: openFile }[kind];
    try {
      const sound = await open({ file, deviceId, audible, onFrame, onEnd });
      if (!this.running) return sound.stop(); // Stopped while the browser was asking.
      this.#sound = sound;
    } catch (error) {
      this.#link = 'idle';
      if (!(error instanceof SoundError)) throw error;
      return this.#tell('failed', error.key);
    }
    this.#meter.start();
    this.words();
    const { room, token } = this.#options;
    const onState = (state, detail) => this.#linked(state, detail);
    const onError = (message) => this.#options.onError(message);
    this.#uplink = new Uplink({ room, token, language, rate: this.#sound.rate, onState, onError });
    for (const pcm of early) this.#uplink.frame(pcm);
    this.#look = setInterval(() => this.#update(), LOOK_EVERY_MS);
    // A phone that falls asleep takes the microphone with it.
    this.#lock = await navigator.wakeLock?.request('screen').catch(() => null);
  }

  /** Stops the sound; what was said until now is still written. */
  stop() {
    this.#quiet();
    if (this.#uplink) this.#uplink.finish();
    else this.#linked('done');
  }

  /** The gateway has written something of the sound. */
  words() {
    this.#wordsAt = performance.now();
  }

  /** A file is through; a microphone or tab is gone, which the host has to be told. */
  #ended(failure) {
    this.#failure = failure ?? null;
    this.stop();
  }

  listen(on) {
    this.#sound?.listen?.(on);
  }

  #linked(state, detail) {
    this.#link = state;
    if (state === 'done' || state === 'taken' || state === 'refused') {
      this.#quiet();
      this.#link = 'idle';
      this.#uplink = null;
      const failure = this.#failure;
      this.#failure = null;
      if (state === 'done' && failure) this.#tell('failed', failure);
      else this.#tell(state === 'done' ? 'idle' : state, detail);
    } else this.#update();
  }

  #update() {
    if (!this.running || !this.#sound) return;
    const now = performance.now();
    if (this.#link === 'lost') this.#tell('lost', { keptMs: this.#uplink.keptMs, droppedMs: this.#uplink.droppedMs });
    else if (this.#link === 'connecting') this.#tell('starting');
    else if (this.#sound.muted?.()) this.#tell('muted');
    else if (this.#meter.clipping) this.#tell('clipping');
    else if (this.#meter.silentMs > SILENT_AFTER_MS) this.#tell('silent', Math.floor(this.#meter.silentMs / 1000));
    else if (now - this.#wordsAt > UNHEARD_AFTER_MS) this.#tell('unheard', Math.floor((now - this.#wordsAt) / 1000));
    else this.#tell(this.#kind === 'file' ? 'playing' : 'listening');
  }

  #quiet() {
    clearInterval(this.#look);
    this.#sound?.stop();
    this.#sound = null;
    this.#meter.stop();
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }

  #tell(phase, detail) {
    const told = `${phase} ${JSON.stringify(detail ?? null)}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onChange({ phase, detail });
  }
}
