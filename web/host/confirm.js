// One question before something that shoppers notice.

import { byId } from '../shared/dom.js';
import { t } from '../shared/strings.js';

/** Asks with the words of these keys; `about` is what it is done to. True when it is to be done. */
export function confirm(title, text, action, about = '') {
  const dialog = byId('confirm-dialog');
  byId('confirm-title').textContent = t(title);
  byId('confirm-about').textContent = about;
  byId('confirm-about').hidden = !about;
  byId('confirm-text').textContent = t(text);
  byId('confirm-yes').textContent = t(action);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
