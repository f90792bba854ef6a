// The list of rooms.

import { listPacks, listRooms } from './shared/api.js';
import { byId, el } from './shared/dom.js';
import { negotiate } from './shared/language.js';
import { recall } from './shared/prefs.js';
import { t, useLanguage } from './shared/strings.js';

const [packs, rooms] = await Promise.all([listPacks().catch(() => []), listRooms().catch(() => null)]);
await useLanguage(negotiate([recall('lang'), ...navigator.languages], packs));
byId('rooms').append(...(rooms ?? []).map(line));
byId('none').hidden = rooms?.length > 0;
byId('none').textContent = t(rooms ? 'index-empty' : 'index-failed');
delete document.documentElement.dataset.booting;

function line({ room, title, live }) {
  const path = encodeURIComponent(room);
  const link = (kind, href, key) =>
    el('a', { className: `button is-small ${kind}`, href, textContent: t(key), attrs: { 'aria-label': `${t(key)}: ${title || room}` } });
  return el(
    'li',
    { className: 'room' },
    el('span', { className: 'room-name', dir: 'auto', textContent: title || room }),
    el('span', { className: 'pill', data: { state: live ? 'live' : 'waiting' }, textContent: t(live ? 'index-live' : 'index-waiting') }),
    link('is-primary', `/watch/${path}`, 'index-watch'),
    link('', `/host/${path}`, 'index-host'),
  );
}
