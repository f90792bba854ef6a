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

/** `high` where the reader chose it; `auto`: as the device wishes (tokens.css asks it). */
export const contrast = () => (recall('contrast') === 'high' ? 'high' : 'auto');

export function setContrast(choice) {
  remember('contrast', choice === 'high' ? 'high' : null);
  applyTheme();
}

export function applyTheme() {
  document.documentElement.dataset.contrast = contrast();
  const choice = theme();
  if (choice === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

applyTheme();
