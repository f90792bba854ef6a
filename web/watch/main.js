// The viewer page: joins the connection, the captions, the products and the reader's choices.

import { ApiError, getRoom, listPacks, useKey } from '../shared/api.js';
import { byId, roomOfAddress } from '../shared/dom.js';
import { negotiate } from '../shared/language.js';
import { recall } from '../shared/prefs.js';
import { locale, t, useLanguage } from '../shared/strings.js';
import { takeToken } from '../shared/token.js';
import { announce, hush } from './announce.js';
import { Ask } from './ask.js';
import { Captions } from './captions.js';
import { Delay } from './delay.js';
import { flashLeftMs, setServerTime, setStock, stopFlash } from './flash.js';
import { shortcuts } from './keys.js';
import { beginLag, noteLag, showLag } from './lag.js';
import { Live } from './live.js';
import { Products } from './products.js';
import { Reserve } from './reserve.js';
import { cycleSize, offerCurrencies, settings, wishedCurrency, wishedUnits } from './settings.js';
import { ended, redraw, setConnection, setShow } from './status.js';
import { showVideo } from './video.js';

const room = roomOfAddress();
const token = takeToken(room);
useKey(token);
const captions = new Captions({
  box: byId('captions'),
  finals: byId('finals'),
  partials: byId('partials'),
  empty: byId('empty'),
  jump: byId('jump'),
});
const ask = new Ask({ room, send: (message) => live.send(message) });
const reserve = new Reserve({ room });
const products = new Products({
  room,
  onAsk: (card) => ask.open(card, products.cards),
  onReserve: (card) => reserve.open(card),
  reserved: (sku) => reserve.held(sku),
});
/** Close codes that say what a status does. */
const REFUSED = { 401: 4401, 403: 4403, 404: 4404 };
const live = new Live({ room, token, onMessage: receive, onState: connection, onUnreachable: checkRoom });
const delay = new Delay(shown);
const chosen = { lang: 'en', currency: null, units: wishedUnits() };
let roomState = { currencies: [] };
let recovered = false;
/** For tests and for a look from the browser's console; read only. */
const log = { events: [], position: live.position, get transport() { return live.kind; } };
Object.defineProperty(window, 'tradewind', { value: log });

start();

async function start() {
  byId('ask-button').addEventListener('click', () => ask.open(null, products.cards));
  byId('connection-retry').addEventListener('click', () => live.retryNow());
  const [packs, about] = await Promise.all([listPacks().catch(() => []), getRoom(room).catch((error) => error)]);
  const wishes = [new URLSearchParams(location.search).get('lang'), recall('lang'), ...navigator.languages];
  chosen.lang = negotiate(wishes, packs);
  const pack = await useLanguage(chosen.lang);
  settings({ packs, lang: chosen.lang, onLanguage: changeLanguage, onCurrency: changeCurrency, onUnits: changeUnits, onDelay });
  shortcuts({
    j: () => byId('jump').click(),
    o: () => byId('original').click(),
    '+': () => cycleSize(1),
    '-': () => cycleSize(-1),
    q: () => byId('ask-button').click(),
    s: () => byId('settings-button').click(),
    l: () => byId('language').focus(),
  });
  delete document.documentElement.dataset.booting;
  if (about instanceof ApiError && REFUSED[about.status]) return connection('refused', REFUSED[about.status]);
  if (!(about instanceof Error)) roomState = about;
  nameRoom(roomState.title ?? room);
  setShow(roomState.live ? 'live' : 'waiting');
  useCurrency(wishedCurrency(roomState.currencies, pack.currency));
  products.use(chosen);
  live.start({ ...chosen, fresh: true });
  showVideo(roomState.video);
}

function receive(message, { recovered: goesOn }) {
  if (message.offset != null && message.type !== 'hello') log.events.push(message.offset);
  switch (message.type) {
    case 'hello':
      return hello(message, goesOn);
    case 'caption':
    case 'card':
    case 'ended':
      if (message.type === 'caption') noteLag(message);
      return delay.push(message, { follows: message.snapshot });
    case 'stock':
      return setStock(message);
    case 'flash':
      if (!message.on) stopFlash(message);
      return products.refresh();
    case 'rates':
      return products.refresh();
    case 'inquiry':
    case 'error':
      return ask.message(message);
  }
}

function hello(message, goesOn) {
  setServerTime(message.server_time_ms);
  nameRoom(message.title || room);
  byId('language-note').hidden = message.quality !== 'partial';
  recovered = goesOn;
  beginLag(!goesOn);
  setConnection('online', null, goesOn);
  ask.connected();
  reserve.connected();
  if (!goesOn) {
    log.events.length = 0;
    delay.newClock();
  }
  // The reader sees the end of what is held back before a new show begins.
  delay.push(message, { follows: true, more: goesOn });
}

/** A message whose moment has come. */
function shown(message, goesOn) {
  switch (message.type) {
    case 'hello':
      return begun(message, goesOn);
    case 'caption':
      return caption(message);
    case 'card':
      return card(message);
    case 'ended':
      return setShow('ended');
  }
}

function begun(message, goesOn) {
  setShow(message.live ? 'live' : goesOn && ended() ? 'ended' : 'waiting');
  if (goesOn) return;
  hush();
  captions.reset();
  products.pin(null);
}

function caption(message) {
  // A correction may come when the show is over.
  if (!message.snapshot && !message.corrected) setShow('live');
  if (!captions.show(message) || !message.final || message.snapshot) return;
  const words = message.corrected ? `${t('watch-corrected')}: ${message.text}` : message.text;
  announce(words, message.text_lang ?? message.lang);
}

function card(message) {
  const shown = products.event(message);
  if (!shown || message.snapshot) return;
  announce(t('watch-now-showing', shown.name), locale().lang);
  if (flashLeftMs(shown) > 0) announce(`${t('watch-flash')}: ${shown.price?.text ?? ''}`, locale().lang);
}

function connection(state, code) {
  if (state !== 'online') setConnection(state, code, recovered);
}

/** A room that is gone refuses the socket before it opens; only the API tells that from a bad network. */
async function checkRoom() {
  const error = await getRoom(room).catch((failure) => failure);
  if (error instanceof ApiError && REFUSED[error.status]) live.refuse(REFUSED[error.status]);
}

async function changeLanguage(lang) {
  chosen.lang = lang;
  const pack = await useLanguage(lang);
  if (lang !== chosen.lang) return; // Another choice was made meanwhile.
  redraw();
  ask.draw();
  reserve.draw();
  showLag(delay.seconds);
  hush();
  delay.clear();
  nameRoom(byId('room-title').textContent);
  captions.reset();
  products.pin(null);
  if (!recall('currency')) useCurrency(wishedCurrency(roomState.currencies, pack.currency));
  products.use(chosen);
  live.start({ ...chosen, fresh: true });
}

function changeCurrency(currency) {
  useCurrency(currency);
  products.use(chosen);
  live.start({ ...chosen, fresh: false });
}

function changeUnits(units) {
  chosen.units = units;
  products.use(chosen);
  live.start({ ...chosen, fresh: false });
}

function onDelay(seconds) {
  delay.seconds = seconds;
  showLag(seconds);
}

function useCurrency(currency) {
  chosen.currency = currency;
  offerCurrencies(roomState.currencies, currency);
}

function nameRoom(title) {
  byId('room-title').textContent = title;
  document.title = `${title} · Tradewind`;
}
