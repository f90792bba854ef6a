// Building elements without markup strings: text from the server only ever becomes a text node.

/** An element with properties and children. `data`, `attrs` and `on` are maps; strings become text nodes. */
export function el(tag, { data, attrs, on, ...props } = {}, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, props);
  for (const [key, value] of Object.entries(data ?? {})) if (value != null) node.dataset[key] = value;
  for (const [key, value] of Object.entries(attrs ?? {})) if (value != null) node.setAttribute(key, value);
  for (const [type, listener] of Object.entries(on ?? {})) node.addEventListener(type, listener);
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** The element of this page with an id. */
export const byId = (id) => document.getElementById(id);

const SVG = 'http://www.w3.org/2000/svg';

/** A picture of the sprite, hidden from screen readers: the text beside it or its button names it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Options of a `<select>` from `[value, text]` pairs. */
export function fillSelect(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, text]) => el('option', { value, textContent: text })));
  if (pairs.some(([value]) => value === chosen)) select.value = chosen;
}

/** The room that the address names: `/watch/demo` is `demo`. */
export const roomOfAddress = () => decodeURIComponent(location.pathname.split('/')[2] ?? '');
