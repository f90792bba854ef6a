// The gateway's HTTP API. Errors carry the status and the sentence of the problem document.

export class ApiError extends Error {
  /** `code`: the problem's stable name. Where the gateway says so, `retryMs`: when to try again; `left`: pieces that are;
   *  `caption`: what stands there now. */
  constructor(status, message, { code, retryMs, left, caption } = {}) {
    super(message);
    Object.assign(this, { status, code, retryMs, left, caption });
  }
}

const rooms = (room) => `/v1/rooms/${encodeURIComponent(room)}`;

export const listPacks = () => request('/v1/packs');
export const getPack = (lang) => request(`/v1/packs/${encodeURIComponent(lang)}`);
export const listRooms = () => request('/v1/rooms');
export const getRoom = (room) => request(rooms(room));
/** `units`: `metric`, `us` or a country's code; without it the gateway goes by the browser's language. */
export const listCards = (room, { lang, currency, units }) =>
  request(`${rooms(room)}/cards?${new URLSearchParams({ lang, ...(currency && { currency }), ...(units && { units }) })}`);
/** One product's card, in a list of one, with what it lacks in the language. */
export const listCard = (room, sku, lang, currency) =>
  request(`${rooms(room)}/cards?${new URLSearchParams({ sku, lang, currency })}`);
export const pin = (room, sku, token) => post(`${rooms(room)}/pin`, { sku }, token);
export const unpin = (room, token) => post(`${rooms(room)}/unpin`, {}, token);
/** What is pinned, suggested and to be undone. */
export const getPins = (room, token) => request(`${rooms(room)}/pins`, { headers: bearer(token) });
/** `mode`: `auto` pins what the host speaks of, `suggest` proposes it. */
export const setPinMode = (room, mode, token) =>
  request(`${rooms(room)}/pins`, { method: 'PUT', headers: { 'Content-Type': 'application/json', ...bearer(token) }, body: JSON.stringify({ mode }) });
export const dismissSuggestion = (room, sku, token) => remove(`${rooms(room)}/suggestions/${encodeURIComponent(sku)}`, token);
/** Takes back the change of that number, if it is still the last one. */
export const undoPin = (room, change, token) => post(`${rooms(room)}/undo`, { change }, token);
/** A link's key: `{ role, expires_in_s }`. Gives it as `token`. */
export const makeToken = (room, wish, token) => post(`${rooms(room)}/tokens`, wish, token);
export const endShow = (room, token) => post(`${rooms(room)}/end`, {}, token);
/** Puts a final right: `{ text, rev, epoch }`. Gives it as it is now. */
export const correctCaption = (room, segment, correction, token) =>
  post(`${rooms(room)}/captions/${Number(segment)}`, correction, token);
/** The running order: every SKU once. */
export const orderProducts = (room, skus, token) => post(`${rooms(room)}/products/order`, { skus }, token);
/** The show in figures. */
export const showSummary = (room, token) => request(`${rooms(room)}/summary`, { headers: bearer(token) });
/** The files of a show's sound. */
export const showAudio = (room, show, token) =>
  request(`${rooms(room)}/audio?${new URLSearchParams({ show })}`, { headers: bearer(token) });
/** A file of the room, such as `captions.vtt?lang=es`. */
export const roomFile = async (room, name, token, within = 30_000) =>
  (await fetched(`${rooms(room)}/${name}`, { headers: bearer(token) }, within)).blob();

/** Shows that are kept, the newest first. */
export const listShows = (room) => request(`${rooms(room)}/shows`);
/** A show's captions and cards in a language; without `show` the present or the last one. May wait for a translation. */
export const getCaptions = (room, wish) => {
  const given = Object.entries(wish).filter(([, value]) => value);
  return request(`${rooms(room)}/captions.json?${new URLSearchParams(given)}`, {}, 20_000);
};

/** A question of a shopper without a socket. */
export const askByRequest = (room, question) => post(`${rooms(room)}/inquiries`, question);
/** What became of a question, for who has its id. */
export const getInquiry = (room, id) => request(`${rooms(room)}/inquiries/${encodeURIComponent(id)}`);
/** Questions of shoppers, the newest first; `before`: the last id of the page before. */
export const listInquiries = (room, token, before) =>
  request(`${rooms(room)}/inquiries?${new URLSearchParams(before ? { before } : {})}`, { headers: bearer(token) });
/** The operator's answer may wait for its translation. */
export const answerInquiry = (room, id, text, token) =>
  post(`${rooms(room)}/inquiries/${encodeURIComponent(id)}/answer`, { text }, token, 20_000);
export const inquiriesTable = async (room, token) =>
  (await fetched(`${rooms(room)}/inquiries.csv`, { headers: bearer(token) }, 30_000)).blob();

/** The room's own terms, with the version that a change is made of. */
export const listTerms = (room, token) => request(`${rooms(room)}/glossary`, { headers: bearer(token) });
/** In the place of the term of that name, or beside the others; only while the terms are still those of `version`. */
export const putTerm = (room, name, term, version, token) => {
  const headers = { 'Content-Type': 'application/json', 'If-Match': `"${version}"`, ...bearer(token) };
  return request(`${rooms(room)}/glossary/terms/${encodeURIComponent(name)}`, { method: 'PUT', headers, body: JSON.stringify(term) });
};
export const removeTerm = (room, name, token) =>
  request(`${rooms(room)}/glossary/terms/${encodeURIComponent(name)}`, { method: 'DELETE', headers: bearer(token) });
export const glossaryReport = (room, token) => request(`${rooms(room)}/glossary/report`, { headers: bearer(token) });
export const glossaryFile = async (room, token) =>
  (await fetched(`${rooms(room)}/glossary`, { headers: { Accept: 'text/tab-separated-values', ...bearer(token) } })).blob();

/** Puts pieces of a flash sale by: `{ quantity, contact, key }`; with the same key twice, once. */
export const reserve = (room, sku, wish) => post(`${rooms(room)}/flash/${encodeURIComponent(sku)}/reservations`, wish);
/** A reservation's state, for who has its id. */
export const getReservation = (room, id) => request(`${rooms(room)}/reservations/${encodeURIComponent(id)}`);
/** `{ sku, price, duration_s, stock }` */
export const beginFlash = (room, sale, token) => post(`${rooms(room)}/flash`, sale, token);
export const endFlash = (room, sku, token) => remove(`${rooms(room)}/flash/${encodeURIComponent(sku)}`, token);
/** Reservations of shoppers, the newest first. */
export const listReservations = (room, token) => request(`${rooms(room)}/reservations`, { headers: bearer(token) });
export const cancelReservation = (room, id, token) => remove(`${rooms(room)}/reservations/${encodeURIComponent(id)}`, token);
export const reservationsTable = async (room, token) =>
  (await fetched(`${rooms(room)}/reservations.csv`, { headers: bearer(token) }, 30_000)).blob();

const remove = (path, token) => request(path, { method: 'DELETE', headers: bearer(token) });
/** The page's own key, for a room that asks even its viewers for one: sent with every request. */
let key = null;
export const useKey = (token) => {
  key = token;
};

const bearer = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

function post(path, body, token, within) {
  const headers = { 'Content-Type': 'application/json', ...bearer(token) };
  return request(path, { method: 'POST', headers, body: JSON.stringify(body) }, within);
}

async function request(path, init, within) {
  return parse(await (await fetched(path, init, within)).text());
}

async function fetched(path, init, within = 10_000) {
  const headers = { ...bearer(key), ...init?.headers };
  const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(within) });
  if (response.ok) return response;
  const problem = parse(await response.text());
  const retry = Number(response.headers.get('Retry-After'));
  const more = { code: problem?.code, retryMs: retry ? retry * 1000 : undefined, left: problem?.left, caption: problem?.caption };
  throw new ApiError(response.status, problem?.detail ?? problem?.title ?? `${response.status}`, more);
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
