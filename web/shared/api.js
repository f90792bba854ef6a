// The gateway's HTTP API. Errors carry the status and the sentence of the problem document.

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const rooms = (room) => `/v1/rooms/${encodeURIComponent(room)}`;

export const listPacks = () => request('/v1/packs');
export const getPack = (lang) => request(`/v1/packs/${encodeURIComponent(lang)}`);
export const listRooms = () => request('/v1/rooms');
export const getRoom = (room) => request(rooms(room));
export const listCards = (room, lang, currency) =>
  request(`${rooms(room)}/cards?${new URLSearchParams(currency ? { lang, currency } : { lang })}`);
/** One product's card, in a list of one, with what it lacks in the language. */
export const listCard = (room, sku, lang, currency) =>
  request(`${rooms(room)}/cards?${new URLSearchParams({ sku, lang, currency })}`);
export const pin = (room, sku, token) => post(`${rooms(room)}/pin`, { sku }, token);
export const unpin = (room, token) => post(`${rooms(room)}/unpin`, {}, token);
export const endShow = (room, token) => post(`${rooms(room)}/end`, {}, token);

function post(path, body, token) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  return request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function request(path, init) {
  const response = await fetch(path, { ...init, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  const body = parse(text);
  if (!response.ok) throw new ApiError(response.status, body?.detail ?? body?.title ?? `${response.status}`);
  return body;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
