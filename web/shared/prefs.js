// What this browser remembers of its reader. Works without storage (private windows, blocked cookies): then for this page only.

const PREFIX = 'tradewind.';
const unsaved = new Map();

export function recall(key) {
  if (unsaved.has(key)) return unsaved.get(key);
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    if (value == null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
    unsaved.delete(key);
  } catch {
    unsaved.set(key, value);
  }
}
