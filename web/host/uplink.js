// The sound's way to the gateway: keeps the last seconds while the connection is away, and comes back.

import { Backoff } from '../shared/backoff.js';

/** Sound kept while there is no connection; older sound is dropped and counted. */
export const KEPT_MS = 5_000;
const FRAME_MS = 100;
const KEEP_ALIVE_MS = 5_000;
/** A socket that holds more than this unsent stands still: frames wait here, where they are counted. */
const UNSENT_MS = 2_000;
const FLUSH_WITHIN_MS = 8_000;
/** A connection that held this long was a good one: the next loss is tried again at once. */
const GOOD_AFTER_MS = 5_000;
/** The gateway may not have noticed yet that our own last connection is dead: so long "another host" is not believed. */
const GHOST_MS = 30_000;
const TAKEN = 4409;
const REFUSALS = new Set([4400, 4401, 4403, 4404, TAKEN]);

/** `onState(state, detail)` gets `connecting`, `open`, `lost`, `taken`, `refused` or `done`. */
export class Uplink {
  droppedMs = 0;
  #options;
  #socket = null;
  #queue = [];
  #backoff = new Backoff();
  #timers = { retry: 0, alive: 0, flush: 0 };
  #lastSent = 0;
  #openedAt = 0;
  #lostAt = 0;
  #closing = false;

  constructor(options) {
    this.#options = options;
    addEventListener('online', this.#online);
    this.#connect('connecting');
  }

  /** Sound that waits for a connection. */
  get keptMs() {
    return this.#queue.length * FRAME_MS;
  }

  /** One frame of 100 ms. */
  frame(pcm) {
    if (this.#closing) return;
    this.#queue.push(pcm);
    this.#flush();
    while (this.#queue.length * FRAME_MS > KEPT_MS) {
      this.#queue.shift();
      this.droppedMs += FRAME_MS;
    }
  }

  /** Sends what is left and lets the gateway finish the last sentence. */
  finish() {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#socket?.readyState !== WebSocket.OPEN) return this.#end('done');
    this.#flush(true);
    this.#socket.send('{"type":"CloseStream"}');
    this.#timers.flush = setTimeout(() => this.#end('done'), FLUSH_WITHIN_MS);
  }

  #connect(state) {
    const { room, language, rate, token } = this.#options;
    const query = new URLSearchParams({ room, language, encoding: 'linear16', sample_rate: rate, channels: 1 });
    const address = new URL(`/v1/listen?${query}`, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = token ? new WebSocket(address, ['token', token]) : new WebSocket(address);
    this.#socket = socket;
    this.#options.onState(state);
    socket.onopen = () => {
      this.#openedAt = performance.now();
      this.#options.onState('open');
      this.#flush();
      this.#timers.alive = setInterval(() => this.#keepAlive(), KEEP_ALIVE_MS);
    };
    socket.onmessage = ({ data }) => this.#message(data);
    socket.onclose = ({ code, reason }) => socket === this.#socket && this.#closed(code, reason);
  }

  #message(data) {
    const message = JSON.parse(data);
    if (message.type === 'Error') this.#options.onError?.(message);
  }

  #closed(code, reason) {
    clearInterval(this.#timers.alive);
    this.#socket = null;
    if (this.#closing) return this.#end('done');
    const now = performance.now();
    const ghost = code === TAKEN && this.#lostAt && now - this.#lostAt < GHOST_MS;
    if (REFUSALS.has(code) && !ghost) return this.#end(code === TAKEN ? 'taken' : 'refused', { code, reason });
    if (!ghost && this.#openedAt) this.#lostAt = now;
    if (!ghost && this.#openedAt && now - this.#openedAt > GOOD_AFTER_MS) this.#backoff.reset();
    this.#openedAt = 0;
    this.#options.onState('lost');
    this.#timers.retry = setTimeout(() => this.#connect('lost'), this.#backoff.next());
  }

  #online = () => {
    if (this.#socket || this.#closing) return;
    clearTimeout(this.#timers.retry);
    this.#connect('lost');
  };

  #flush(all = false) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const limit = all ? Infinity : (this.#options.rate * 2 * UNSENT_MS) / 1000;
    while (this.#queue.length && socket.bufferedAmount < limit) {
      socket.send(this.#queue.shift());
      this.#lastSent = performance.now();
    }
  }

  #keepAlive() {
    if (performance.now() - this.#lastSent < KEEP_ALIVE_MS - FRAME_MS) return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"KeepAlive"}');
  }

  #end(state, detail) {
    this.#closing = true;
    removeEventListener('online', this.#online);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#options.onState(state, detail);
  }
}
