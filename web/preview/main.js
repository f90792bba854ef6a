// One product's card as shoppers of each language get it, so that a clerk finds what is missing before the show.

import { listCard, listPacks, useKey } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { negotiate } from '../shared/language.js';
import { recall } from '../shared/prefs.js';
import { languageName, t, useLanguage } from '../shared/strings.js';
import { takeToken } from '../shared/token.js';
import { cardLarge } from '../watch/card.js';

const [, , ...address] = location.pathname.split('/').map(decodeURIComponent);
const [room, sku] = address;
useKey(takeToken(room));

start();

async function start() {
  const packs = await listPacks().catch(() => []);
  const wishes = [new URLSearchParams(location.search).get('lang'), recall('lang'), ...navigator.languages];
  await useLanguage(negotiate(wishes, packs));
  const found = await Promise.all(packs.map((pack) => card(pack)));
  delete document.documentElement.dataset.booting;
  const shown = found.filter(({ card }) => card);
  if (!shown.length) return say('is-bad', t('preview-no-product'));
  name(shown[0].card);
  // What has to be done comes first.
  shown.sort((a, b) => Number(b.card.gaps.length > 0) - Number(a.card.gaps.length > 0));
  byId('cards').replaceChildren(...shown.map(inLanguage));
  summary(shown);
}

async function card(pack) {
  const cards = sku ? await listCard(room, sku, pack.lang, pack.currency).catch(() => null) : null;
  return { pack, card: cards?.[0] };
}

function name({ sku: id, name_source: source }) {
  byId('product').textContent = `${id} · ${source}`;
  document.title = `${id} · ${t('preview-title')} · Tradewind`;
}

function summary(shown) {
  const lacking = shown.filter(({ card }) => card.gaps.length);
  if (!lacking.length) return say('is-good', t('preview-complete'));
  say('is-warn', t('preview-missing', lacking.map(({ pack }) => languageName(pack.lang)).join(' · ')));
  byId('only-box').hidden = false;
  byId('only').addEventListener('change', (event) => byId('cards').classList.toggle('only-gaps', event.target.checked));
}

function inLanguage({ pack, card }) {
  const lacking = card.gaps.length > 0;
  const item = el(
    'li',
    { className: lacking ? 'in-language has-gaps' : 'in-language', data: { lang: pack.lang } },
    el('header', {}, el('bdi', { lang: pack.lang, textContent: pack.name }), el('span', { textContent: languageName(pack.lang) })),
    lacking ? el('ul', { className: 'gaps' }, card.gaps.map((gap) => el('li', { dir: 'auto', textContent: told(gap, card) }))) : null,
    el('div', { lang: pack.lang, dir: pack.dir }, cardLarge(card, { heading: 'h2', onAsk: () => {} })),
  );
  // The card's button is a picture of itself here.
  item.querySelector('.card-cta').disabled = true;
  return item;
}

function told({ key, lang, left_out: term, engine }, card) {
  if (engine) return t('preview-machine', key === 'name' ? card.name : card.facts.find((fact) => fact.key === key)?.text);
  if (key === 'name') return t('preview-name-missing', languageName(lang));
  const label = card.facts.find((fact) => fact.key === key)?.label ?? key;
  if (term) return t('preview-left-out', term);
  return lang ? t('preview-text-missing', `${label} (${languageName(lang)})`) : t('preview-label-missing', key);
}

function say(kind, words) {
  const line = byId('summary');
  line.className = `notice ${kind}`;
  line.textContent = words;
}
