// The host console: joins the sound, the gateway's events, the products and the figures.

import { ApiError, endShow, getRoom, listPacks, makeToken, useKey } from '../shared/api.js';
import { byId, fillSelect, roomOfAddress } from '../shared/dom.js';
import { negotiate } from '../shared/language.js';
import { recall, remember } from '../shared/prefs.js';
import { fillIn, number, t, useLanguage } from '../shared/strings.js';
import { takeToken } from '../shared/token.js';
import { Broadcast } from './broadcast.js';
import { controls, fillLanguages, offerMicrophones } from './controls.js';
import { openFeed } from './feed.js';
import { Flash } from './flash.js';
import { showLag, showViewers } from './figures.js';
import { Products } from './products.js';
import { Questions } from './questions.js';
import { showRecording } from './recording.js';
import { Reservations } from './reservations.js';
import { showState } from './status.js';
import { Suggestions } from './suggestions.js';
import { Summary } from './summary.js';
import { Terms } from './terms.js';
import { Transcript } from './transcript.js';
import { Undo } from './undo.js';

/** Parts of the gateway without which nothing is heard; the others translate. */
const HEARING = ['recognition', 'voice'];
const room = roomOfAddress();
const token = takeToken(room);
useKey(token);
const transcript = new Transcript({ room, token });
const flash = new Flash({ room, token, onError: complain, onBegun: (sku) => products.pinned(sku), onSales: () => products.draw() });
const products = new Products({
  room,
  token,
  onError: complain,
  onFlash: (product) => flash.open(product),
  isOn: (sku) => flash.isOn(sku),
});
const reservations = new Reservations({ room, token, onError: complain });
const questions = new Questions({ room, token, onError: complain });
const suggestions = new Suggestions({ room, token, onError: complain, onPinned: (sku) => products.pinned(sku) });
const undo = new Undo({ room, token, onError: complain, onPins: pins });
const summary = new Summary({ room, token, onError: complain, isRecorded: () => keepDays !== null });
const terms = new Terms({ room, token, onError: complain });
const broadcast = new Broadcast({ room, token, meter: byId('meter'), onChange: sound, onError: complain });
const remote = { elsewhere: false, ended: false, sourceLang: null };
let state = { phase: 'idle' };
/** Which complaint is on screen: its key and what goes into it. */
let problem = null;
let last = {};
/** Days for which the sound is kept; null where it is not. */
let keepDays = null;
let connected = false;

start();

async function start() {
  const [packs, about] = await Promise.all([listPacks().catch(() => []), getRoom(room).catch((error) => error)]);
  await interfaceLanguage(packs);
  delete document.documentElement.dataset.booting;
  if (about instanceof ApiError && about.status === 404) {
    byId('start').disabled = byId('end').disabled = true;
    return say('host-error-no-room');
  }
  const known = about instanceof Error ? { products: [], title: room } : about;
  byId('room-title').textContent = known.title ?? room;
  document.title = `${known.title ?? room} · Tradewind`;
  keepDays = known.audio_keep_days ?? null;
  showRecording(keepDays, null);
  sells(known);
  remote.sourceLang = known.source_lang ?? null;
  controls({ broadcast, sourceLang: remote.sourceLang });
  viewerLink(known);
  endButton();
  setInterval(progress, 250);
  questions.hostLanguage(remote.sourceLang);
  terms.hostLanguage(remote.sourceLang);
  terms.languages(packs.map((pack) => pack.lang));
  openFeed({ room, token, onEvent: event, onConnection: connection });
}

function sells({ products: all = [], pinned = null }) {
  products.set(all, pinned);
  flash.products = suggestions.products = undo.products = all;
}

/** Somebody has changed the products or their order, perhaps in another window. */
async function loadProducts() {
  const about = await getRoom(room).catch(() => null);
  // While a row is in the hand here, or an order of ours is on its way, that one is what stays.
  if (about && !products.ordering) sells(about);
}

async function interfaceLanguage(packs) {
  const select = byId('interface-language');
  const chosen = negotiate([recall('hostLang'), ...navigator.languages], packs);
  fillSelect(select, packs.map((pack) => [pack.lang, pack.name]), chosen);
  await useLanguage(chosen);
  showState(state, remote);
  select.addEventListener('change', async () => {
    remember('hostLang', select.value);
    await useLanguage(select.value);
    showState(state, remote);
    fillLanguages(remote.sourceLang);
    offerMicrophones();
    products.draw();
    transcript.draw();
    questions.draw();
    terms.draw();
    flash.draw();
    suggestions.draw();
    undo.draw();
    reservations.draw();
    summary.draw();
    figures();
    if (problem) say(...problem);
    fillIn(document);
  });
}

/** What was asked while the feed was away is in the list. */
function connection(up) {
  if (up && !connected) loadLists();
  connected = up;
  if (up) settle('host-error-console');
  else say('host-error-console');
}

function loadLists() {
  loadProducts();
  questions.load();
  reservations.load();
  terms.load();
}

function event(message) {
  if (message.type === 'inquiry') return questions.event(message.inquiry);
  if (message.type === 'reservation') return reservations.event(message.reservation);
  if (message.type === 'products') return loadProducts();
  if (message.type === 'missed') return loadLists();
  if (message.type === 'error') return say('host-error-token');
  if (message.type === 'pins') return pins(message.pins);
  if (message.type !== 'state') {
    if (!message.corrected && message.text) broadcast.words();
    return transcript.show(message, remote.sourceLang);
  }
  last = message;
  const mine = state.phase !== 'idle';
  remote.ended = Boolean(message.ended);
  remote.elsewhere = Boolean(message.host) && !mine;
  remote.sourceLang = message.source_lang ?? remote.sourceLang;
  flash.state(message);
  pins(message.pins ?? { pinned: message.pinned });
  questions.hostLanguage(remote.sourceLang);
  terms.hostLanguage(remote.sourceLang);
  figures();
  showState(state, remote);
}

function pins(now) {
  products.pinned(now.pinned ?? null);
  suggestions.pins(now);
  undo.pins(now);
}

function figures() {
  showViewers(last.viewers, last.countries);
  showLag(last.lag);
  trouble('record-trouble', last.record && t('host-record-failing', last.record.detail));
  const troubles = last.troubles ?? [];
  const heard = troubles.filter(({ part }) => HEARING.includes(part));
  trouble('hearing-trouble', heard.length && t('host-hearing-trouble', details(heard)));
  const translated = troubles.filter((one) => !heard.includes(one));
  trouble('translating-trouble', translated.length && t('host-translating-trouble', details(translated)));
  showRecording(keepDays, last.audio);
  const dropped = broadcast.droppedMs + (last.dropped_audio_ms ?? 0);
  byId('dropped').hidden = dropped < 100;
  byId('dropped').textContent = t('host-dropped', number(dropped / 1000, { maximumFractionDigits: 1 }));
}

const details = (troubles) => troubles.map(({ part, detail }) => `${part}: ${detail}`).join('; ');

/** Nothing is lost in silence: while the disk or an engine fails, the operator knows. */
function trouble(id, words) {
  const line = byId(id);
  line.hidden = !words;
  // Not with every second: a screen reader says it once.
  if (line.textContent !== (words || '')) line.textContent = words || '';
}

function sound(next) {
  state = next;
  if (next.phase === 'starting') remote.ended = remote.elsewhere = false;
  if (next.phase === 'listening') offerMicrophones(); // Names are told once the microphone is allowed.
  byId('start').hidden = broadcast.running;
  byId('stop').hidden = !broadcast.running;
  for (const node of byId('sound-form').elements) if (node.id !== 'listen') node.disabled = broadcast.running;
  showState(next, remote);
  figures();
}

function progress() {
  const now = broadcast.progress;
  byId('progress-box').hidden = !now;
  if (!now) return;
  byId('progress').value = now.at / now.of;
  byId('progress-text').textContent = `${minutes(now.at)} / ${minutes(now.of)}`;
}

/** In a room that asks its viewers for a key the address has one in it, as long as the host's own is good. */
async function viewerLink({ auth, viewers }) {
  const address = new URL(`/watch/${encodeURIComponent(room)}`, location.href);
  byId('viewer-link').textContent = address.href.replace(/^https?:\/\//, '');
  if (auth === 'token' && viewers === 'token') {
    const made = await makeToken(room, { role: 'viewer' }, token).catch(complain);
    if (made) address.hash = new URLSearchParams({ token: made.token });
  }
  byId('viewer-link').href = address.href;
  byId('copy').addEventListener('click', async () => {
    await navigator.clipboard.writeText(address.href).catch(complain);
    byId('copy-text').textContent = t('host-copied');
    setTimeout(() => (byId('copy-text').textContent = t('host-copy')), 2000);
  });
}

function endButton() {
  const dialog = byId('end-dialog');
  byId('end').addEventListener('click', () => {
    dialog.returnValue = '';
    dialog.showModal();
  });
  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'end') return;
    if (broadcast.running) broadcast.stop();
    try {
      await endShow(room, token);
      remote.ended = true;
      terms.load();
      showState(state, remote);
      summary.open();
    } catch (error) {
      complain(error);
    }
  });
}

function complain(error) {
  if (error.status === 401 || error.status === 403) say('host-error-token');
  else say('host-error-action', error.message);
}

function say(key, n) {
  problem = [key, n];
  byId('problem').textContent = t(key, n);
  byId('problem').hidden = false;
}

/** Takes a complaint back when its cause is gone. */
function settle(key) {
  if (problem?.[0] !== key) return;
  problem = null;
  byId('problem').hidden = true;
}

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
