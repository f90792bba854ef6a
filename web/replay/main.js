// A show that was: its captions and cards on their own clock.

import { ApiError, getCaptions, getRoom, listPacks, listShows, useKey } from '../shared/api.js';
import { byId, el, fillSelect, roomOfAddress } from '../shared/dom.js';
import { negotiate } from '../shared/language.js';
import { recall, remember } from '../shared/prefs.js';
import { locale, t, useLanguage } from '../shared/strings.js';
import { takeToken } from '../shared/token.js';
import { announce, hush } from '../watch/announce.js';
import { cardLarge, cardRow } from '../watch/card.js';
import { Lines } from './lines.js';
import { clock, Player } from './player.js';

const STEP_MS = 5_000;
/** How often a language that is being translated is asked for again. */
const AGAIN_MS = 3_000;
/** What a status says to a reader. */
const REFUSED = { 401: 'host-error-token', 403: 'watch-error-not-allowed', 404: 'watch-error-no-room' };

const room = roomOfAddress();
useKey(takeToken(room));
const query = new URLSearchParams(location.search);
const player = new Player();
const lines = new Lines({ box: byId('captions'), list: byId('lines'), onGo: (ms) => player.seek(ms) });
let lang = 'en';
let show = query.get('show');
let kept = null;
let live = false;
/** Which request for captions is the latest. */
let turn = 0;
let shownCard = null;

start();

async function start() {
  const [packs, about, shows] = await Promise.all([
    listPacks().catch(() => []),
    getRoom(room).catch((error) => error),
    listShows(room).catch(() => ({ shows: [] })),
  ]);
  lang = negotiate([query.get('lang'), recall('lang'), ...navigator.languages], packs);
  await useLanguage(lang);
  fillSelect(byId('language'), packs.map((pack) => [pack.lang, pack.name]), lang);
  delete document.documentElement.dataset.booting;
  if (about instanceof ApiError && REFUSED[about.status]) return say('is-bad', t(REFUSED[about.status]));
  live = about.live === true;
  byId('room-title').textContent = about.title ?? room;
  controls();
  offerShows(shows.shows);
  await load();
}

function controls() {
  byId('play').addEventListener('click', () => player.toggle());
  byId('seek').addEventListener('input', () => player.seek(Number(byId('seek').value)));
  byId('speed').addEventListener('change', () => (player.speed = Number(byId('speed').value)));
  byId('original').addEventListener('click', toggleOriginal);
  byId('language').addEventListener('change', changeLanguage);
  byId('shows').addEventListener('change', () => {
    show = byId('shows').value;
    player.pause();
    player.seek(0);
    address();
    load();
  });
  player.addEventListener('state', drawState);
  player.addEventListener('moved', () => moved());
  document.addEventListener('keydown', keys);
}

/** Space plays, arrows lead through; where a control has the focus the keys are its own. */
function keys(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('button, input, select, a, textarea')) return;
  const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  if (event.key === ' ' || event.key === 'k') player.toggle();
  else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') player.seek(player.position + (event.key === forward ? STEP_MS : -STEP_MS));
  else return;
  event.preventDefault();
}

async function load() {
  const mine = ++turn;
  const loaded = await getCaptions(room, { lang, show, currency: recall('currency'), units: recall('units') }).catch((error) => error);
  if (mine !== turn) return;
  if (loaded instanceof Error) return failed(loaded, mine);
  kept = loaded;
  show ??= loaded.epoch;
  draw();
}

function failed(error, mine) {
  if (error.code === 'being_translated') {
    say('is-busy', t('replay-translating'));
    setTimeout(() => mine === turn && load(), AGAIN_MS);
    return;
  }
  if (error.code === 'not_translated' && kept) return say('is-busy', t('replay-untranslated'));
  if (error.code === 'not_translated') {
    // Better what was said than nothing at all.
    return getCaptions(room, { show }).then((spoken) => {
      if (mine !== turn) return;
      kept = spoken;
      show ??= spoken.epoch;
      draw();
      say('is-busy', t('replay-untranslated'));
    }, () => say('is-bad', t('replay-failed')));
  }
  say('is-bad', t(error.code === 'no_such_show' ? 'replay-none' : 'replay-failed'));
}

function draw() {
  byId('room-title').textContent = kept.title;
  document.title = `${kept.title} · ${t('replay-title')} · Tradewind`;
  byId('began').textContent = date(kept.began_ms);
  byId('player').hidden = !kept.captions.length;
  byId('empty').hidden = kept.captions.length > 0;
  byId('empty').textContent = t('replay-none');
  lines.fill(kept.captions);
  moments();
  shownCard = null;
  const { position } = player;
  player.length = kept.duration_ms;
  byId('seek').max = kept.duration_ms;
  player.seek(position);
  drawState();
  if (kept.untranslated) say('is-busy', t('replay-untranslated'));
  else if (live) say('', t('replay-live'));
  else say();
}

/** The moment has moved, by itself or by the reader. */
function moved() {
  if (!kept) return;
  const at = player.position;
  byId('seek').value = at;
  byId('seek').setAttribute('aria-valuetext', clock(at));
  byId('clock').textContent = `${clock(at)} / ${clock(player.length)}`;
  const caption = lines.at(at, { follow: !player.playing });
  if (caption && player.playing) announce(caption.text, caption.text_lang ?? caption.lang);
  pin(kept.cards.findLast((card) => card.at_ms <= at));
}

function pin(event) {
  const card = event?.action === 'pin' ? event.card : null;
  const id = card ? `${event.offset}` : '';
  if (id === shownCard) return;
  shownCard = id;
  byId('pinned').classList.toggle('is-empty', !card);
  byId('pinned-card').replaceChildren(card ? large(card) : '');
}

/** As it was shown; asking for a quote is for the live page. */
function large(card) {
  const shown = cardLarge(card, { onAsk: () => location.assign(`/watch/${encodeURIComponent(room)}`) });
  return shown;
}

/** The products in the order in which they were shown, each at its first moment. */
function moments() {
  const first = new Map();
  for (const event of kept.cards) if (event.card && !first.has(event.sku)) first.set(event.sku, event);
  const rows = [...first.values()].map((event) => {
    const row = cardRow(event.card, { onOpen: () => player.seek(event.at_ms) });
    row.append(el('span', { className: 'badge', dir: 'ltr', textContent: clock(event.at_ms) }));
    return el('li', {}, row);
  });
  byId('moments').replaceChildren(...rows);
}

function drawState() {
  byId('play').setAttribute('aria-label', t(player.playing ? 'replay-pause' : 'replay-play'));
  byId('play-icon').setAttribute('href', `/static/icons.svg#${player.playing ? 'pause' : 'play'}`);
  if (!player.playing) hush();
}

async function changeLanguage() {
  const wished = byId('language').value;
  lang = wished;
  remember('lang', wished);
  address();
  const pack = await useLanguage(wished);
  if (wished !== lang || !pack) return;
  hush();
  if (kept) draw();
  await load();
}

function offerShows(shows) {
  byId('shows-field').hidden = shows.length < 2;
  fillSelect(byId('shows'), shows.map((one) => [one.epoch, `${date(one.began_ms)} · ${clock(one.duration_ms)}`]), show ?? shows[0]?.epoch);
}

/** The address names what is seen, so that it can be passed on. */
function address() {
  const place = new URLSearchParams(show ? { lang, show } : { lang });
  history.replaceState(null, '', `${location.pathname}?${place}`);
}

function toggleOriginal() {
  const on = byId('original').getAttribute('aria-pressed') !== 'true';
  byId('original').setAttribute('aria-pressed', on);
  byId('captions').classList.toggle('with-original', on);
}

function say(kind, words) {
  byId('note').hidden = !words;
  byId('note').className = `banner ${kind ?? ''}`;
  byId('note-text').textContent = words ?? '';
  const link = byId('note-live');
  link.hidden = !live;
  link.href = `/watch/${encodeURIComponent(room)}`;
}

const date = (ms) => new Intl.DateTimeFormat(locale().lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(ms));
