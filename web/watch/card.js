// A product card, large (on show, or opened from the shelf) or as a row of the shelf.

import { el, icon } from '../shared/dom.js';
import { day, number, t } from '../shared/strings.js';
import { flashLeftMs, flashLine } from './flash.js';

/** Everything that the card says. `onAsk(card)` opens the question form; `onReserve`, `reserved` as in `flashLine`. */
export function cardLarge(card, { onAsk, onReserve, reserved, heading = 'h3' }) {
  const details = [tiers(card), facts(card)].filter(Boolean);
  return el(
    'article',
    { className: 'card', dir: card.dir ?? 'auto', data: { sku: card.sku } },
    picture(card),
    el(
      'div',
      { className: 'card-main' },
      el(heading, { className: 'card-name', textContent: card.name }),
      sourceName(card),
      card.name_engine ? machine() : null,
      price(card),
    ),
    flashLine(card, { onReserve, reserved }),
    el(
      'button',
      { type: 'button', className: 'button is-primary card-cta', on: { click: () => onAsk(card) } },
      card.cta || t('watch-ask-cta'),
    ),
    details.length ? el('div', { className: 'card-details' }, details) : null,
  );
}

/** A row: picture, name, price. Pressed, it opens the whole card. */
export function cardRow(card, { onOpen, pinned }) {
  return el(
    'button',
    {
      type: 'button',
      className: 'row',
      dir: card.dir ?? 'auto',
      data: { sku: card.sku },
      attrs: { 'aria-current': pinned ? 'true' : null },
      on: { click: () => onOpen(card) },
    },
    picture(card),
    el(
      'span',
      { className: 'row-text' },
      el('span', { className: 'row-name', textContent: card.name }),
      el('span', { className: 'row-price' }, el('bdi', { textContent: card.price?.text ?? '' }), was(card, 'row-was')),
    ),
    flashLeftMs(card) > 0 ? el('span', { className: 'badge is-flash', textContent: t('watch-flash') }) : null,
    pinned ? el('span', { className: 'badge is-pinned', textContent: t('watch-pinned') }) : null,
  );
}

function picture(card) {
  const frame = el('span', { className: 'card-picture' }, icon('box'));
  if (!card.image) return frame;
  const image = el('img', { src: address(card.image), alt: '', decoding: 'async', width: 320, height: 320 });
  // The drawing beneath stays where there is no picture.
  image.addEventListener('error', () => image.remove(), { once: true });
  frame.append(image);
  return frame;
}

/** Pictures come from this gateway; a bare file name lies under /images/. */
const address = (image) => (/^(https?:)?\//.test(image) ? image : `/images/${image}`);

function sourceName(card) {
  if (!card.name_source || card.name_source === card.name) return null;
  return el('p', { className: 'card-source', dir: 'auto', textContent: card.name_source });
}

function price(card) {
  if (!card.price) return null;
  const { text, local } = card.price;
  return el(
    'div',
    { className: 'card-price' },
    el('p', { className: 'price' }, el('bdi', { textContent: text }), was(card, 'price-was')),
    lowest(card),
    local
      ? el(
          'p',
          { className: 'price-local' },
          el('span', { dir: 'auto', textContent: local.about ?? `≈ ${local.text}` }),
          local.as_of ? el('span', { className: 'price-date', textContent: t('watch-rate-of', local.as_of_text ?? day(local.as_of)) }) : null,
        )
      : null,
  );
}

const was = (card, className) =>
  card.was?.text
    ? el(
        's',
        { className },
        el('span', { className: 'sr-only', textContent: `${t('watch-was')} ` }),
        el('bdi', { textContent: card.was.text }),
      )
    : null;

/** Said of every text that no person wrote. */
const machine = () => el('span', { className: 'badge is-machine', textContent: t('watch-machine') });
/** Where the law of the reader's market asks for it: what the struck price is. */
const lowest = (card) =>
  card.was?.lowest_of_days ? el('p', { className: 'price-lowest', dir: 'auto', textContent: t('watch-was-lowest', card.was.text) }) : null;

function tiers(card) {
  if (!card.tiers?.length) return null;
  return el(
    'div',
    { className: 'card-tiers' },
    el('p', { className: 'card-subhead', textContent: t('watch-tiers') }),
    el('ul', {}, card.tiers.map((tier) => el('li', { dir: 'auto', textContent: tier.text ?? number(tier.min) }))),
  );
}

function facts(card) {
  if (!card.facts?.length) return null;
  const rows = card.facts.map((fact) =>
    el('div', {}, el('dt', { textContent: fact.label }), el('dd', { dir: 'auto' }, fact.text, fact.engine ? [' ', machine()] : null)),
  );
  return el('dl', { className: 'card-facts' }, rows);
}
