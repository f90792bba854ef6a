// The connection to a room: comes back by itself, from where it was.

import { Backoff } from '../shared/backoff.js';
import { openEvents, openSocket } from './transport.js';
import { Position } from './position.js';

const PING_EVERY_MS = 20_000;
const DEAD_AFTER_MS = 10_000;
/** After the network says that it is gone, or the page wakes up, an answer is expected sooner. */
const DOUBT_MS = 4_000;
/** On server-sent events a WebSocket is tried again this often: only it can carry questions. */
const UPGRADE_EVERY_MS = 300_000;
/** A connection that held this long was a good one: the next loss is tried again at once. */
const GOOD_AFTER_MS = 10_000;
/** Close codes after which coming back is pointless (docs/PROTOCOL.md). */
const REFUSALS = new Set([4400, 4401, 4403, 4404]);
const TOO_MANY = 4429;

/** `onMessage(message, { recovered })` gets each message once; `onState(state, code)`: connecting, online, reconnecting, offline, refused. */
export class Live {
  position = new Position();
  #options;
  #transport = null;
  #backoff = new Backoff();
  #failedSockets = 0;
  #timers = { retry: 0, ping: 0, dead: 0, upgrade: 0 };
  #drainMs = null;
  #onlineAt = 0;
  /** When anything last came. A page that slept longer than a living connection is silent has a dead one. */
  #heardAt = 0;
  #state = '';

  constructor(options) {
    this.#options = options;
    addEventListener('offline', () => this.#wake({}));
    // Another network has other addresses: what was open is dead, and asking it would cost seconds.
    addEventListener('online', () => this.#wake({ network: true }));
    document.addEventListener('resume', () => this.#wake({ network: true }));
    addEventListener('pageshow', (event) => event.persisted && this.#wake({ network: true }));
    document.addEventListener('visibilitychange', () => !document.hidden && this.#wake({}));
  }

  get kind() {
    return this.#transport?.kind ?? null;
  }

  /** Starts, or starts over for another language (a new history), currency or measures (the same history). */
  start({ lang, currency, units, fresh }) {
    Object.assign(this.#options, { lang, currency, units });
    if (fresh) this.position.forget();
    this.#drop();
    this.#connect();
  }

  /** Sends a message; false when there is no way to send now. */
  send(message) {
    return this.#state === 'online' && (this.#transport?.send(message) ?? false);
  }

  /** Does not come back any more: the room is gone or closed to this viewer. */
  refuse(code) {
    this.#drop();
    this.#set('refused', code);
  }

  retryNow() {
    this.#backoff.reset();
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#timers.retry);
    this.#drop();
    this.#set(this.#state === '' ? 'connecting' : navigator.onLine ? 'reconnecting' : 'offline');
    const { room, lang, currency, units, token } = this.#options;
    const query = new URLSearchParams({ lang, ...(currency ? { currency } : {}), ...(units ? { units } : {}), ...this.position.query() });
    const path = `/v1/rooms/${encodeURIComponent(room)}/live?${query}`;
    const open = this.#failedSockets >= 2 ? openEvents : openSocket;
    const handlers = {
      opened: () => {
        this.#failedSockets = 0;
        this.#watch(DEAD_AFTER_MS); // The hello is due.
      },
      message: (message) => this.#message(message),
      closed: (end) => this.#transport === transport && this.#closed(end),
    };
    const transport = open(path, handlers, token);
    this.#transport = transport;
    this.#watch(DEAD_AFTER_MS);
  }

  #message(message) {
    this.#heardAt = Date.now();
    this.#watch(null);
    if (message.type === 'drain') this.#drainMs = message.retry_ms ?? 1000;
    if (message.type === 'error' && message.code === 'unauthorized') return this.refuse(4401);
    if (message.type === 'error' && message.code === 'bad_offset') this.position.forget();
    if (message.type === 'hello') {
      const recovered = this.position.hello(message);
      this.#onlineAt = performance.now();
      this.#beat();
      this.#set('online');
      this.#options.onMessage(message, { recovered });
    } else if (this.position.take(message)) this.#options.onMessage(message, {});
  }

  #closed({ code, opened }) {
    const kind = this.#transport?.kind;
    if (REFUSALS.has(code)) return this.refuse(code);
    this.#drop();
    if (this.#onlineAt && performance.now() - this.#onlineAt > GOOD_AFTER_MS) this.#backoff.reset();
    this.#onlineAt = 0;
    if (!opened) this.#failedSockets = kind === 'ws' ? this.#failedSockets + 1 : 0;
    const wait = this.#drainMs ?? Math.max(this.#backoff.next(), code === TOO_MANY ? 5_000 : 0);
    this.#drainMs = null;
    this.#set(navigator.onLine ? 'reconnecting' : 'offline', code);
    this.#timers.retry = setTimeout(() => this.#connect(), wait);
    if (!opened) this.#options.onUnreachable?.();
  }

  /** The network or the page changed: try at once, or doubt the connection that there is. */
  #wake({ network }) {
    if (this.#state === 'refused' || this.#state === '') return;
    if (this.#state !== 'online') {
      if (navigator.onLine) this.retryNow();
    } else if (network || Date.now() - this.#heardAt > PING_EVERY_MS + DEAD_AFTER_MS) this.#connect();
    else if (this.#transport?.send({ type: 'ping' })) this.#watch(DOUBT_MS);
  }

  #beat() {
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.upgrade);
    if (this.kind === 'sse') {
      this.#timers.upgrade = setTimeout(() => this.#connect(), UPGRADE_EVERY_MS);
      return;
    }
    this.#timers.ping = setInterval(() => {
      if (this.#transport?.send({ type: 'ping' })) this.#watch(DEAD_AFTER_MS);
    }, PING_EVERY_MS);
  }

  /** Gives the connection so long to say anything at all; null: it has. */
  #watch(ms) {
    clearTimeout(this.#timers.dead);
    if (ms != null) this.#timers.dead = setTimeout(() => this.#transport?.close(), ms);
  }

  #drop() {
    const transport = this.#transport;
    this.#transport = null;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    transport?.close();
  }

  #set(state, code) {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state, code);
  }
}
