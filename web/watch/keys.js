// Shortcuts of the keyboard, told by a dialog. Single letters disturb who speaks to the computer: they can be switched off.

import { byId } from '../shared/dom.js';
import { recall, remember } from '../shared/prefs.js';

/** `actions` by key; none while the reader types, chooses, or has a dialog open. */
export function shortcuts(actions) {
  const dialog = byId('keys-dialog');
  const on = byId('keys-on');
  on.checked = recall('keys') !== 'off';
  on.addEventListener('change', () => remember('keys', on.checked ? null : 'off'));
  byId('keys-button').addEventListener('click', () => {
    byId('settings-dialog').close();
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll('[data-close]')) button.addEventListener('click', () => dialog.close());
  const all = { ...actions, '?': () => dialog.showModal() };
  addEventListener('keydown', (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // A field of a dialog that has just closed keeps the focus for a moment: nobody types into what is not there.
    const field = event.target.closest?.('input, select, textarea, video');
    if (document.querySelector('dialog[open]') || field?.getClientRects().length) return;
    const act = all[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
