import { useSyncExternalStore } from 'react';

import { keep, kept } from '../app/kept.ts';

export type Theme = 'light' | 'dark';
export type ThemeChoice = Theme | 'system';

const system = () => matchMedia('(prefers-color-scheme: dark)');

export function chosenTheme(): ThemeChoice {
  const value = kept('kulning.theme');
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function chooseTheme(choice: ThemeChoice): void {
  keep('kulning.theme', choice === 'system' ? null : choice);
  applyTheme();
}

function applyTheme(): void {
  const choice = chosenTheme();
  document.documentElement.dataset.theme =
    choice === 'system' ? (system().matches ? 'dark' : 'light') : choice;
}

/** The theme on screen now: the document's own attribute is the one truth. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (changed) => {
      const observer = new MutationObserver(changed);
      observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
      const preference = system();
      preference.addEventListener('change', applyTheme);
      return () => {
        observer.disconnect();
        preference.removeEventListener('change', applyTheme);
      };
    },
    () => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light'),
  );
}
