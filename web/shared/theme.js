// Dark or light: the device's wish unless the reader chose.

import { recall, remember } from './prefs.js';

const CHOICES = ['auto', 'light', 'dark'];

export function theme() {
  const chosen = recall('theme');
  return CHOICES.includes(chosen) ? chosen : 'auto';
}

export function setTheme(choice) {
  remember('theme', choice === 'auto' ? null : choice);
  applyTheme();
}

export function applyTheme() {
  const choice = theme();
  if (choice === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

applyTheme();
