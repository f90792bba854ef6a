// The key of whoever speaks, operates or, where a room asks for one, watches: comes in the link, is kept for this tab, and does not stay in the address bar.

/** Takes the key out of `#token=…` or `?token=…`; else the one that this tab has for the room. */
export function takeToken(room) {
  const slot = `tradewind.token.${room}`;
  const address = new URL(location.href);
  const given = new URLSearchParams(address.hash.slice(1)).get('token') ?? address.searchParams.get('token');
  try {
    if (!given) return sessionStorage.getItem(slot);
    sessionStorage.setItem(slot, given);
  } catch {
    return given; // Without storage the key stays in the address, so that a reload works.
  }
  address.hash = '';
  address.searchParams.delete('token');
  history.replaceState(null, '', address);
  return given;
}
