import { en, type Words } from './en.ts';
import { fr } from './fr.ts';
import { sv } from './sv.ts';

export type { Words } from './en.ts';
export type Language = 'en' | 'fr' | 'sv';

export const wordsOf: Readonly<Record<Language, Words>> = { en, fr, sv };

/** The option, else Kulning's own variable, else the terminal's locale, else English. */
export function chooseLanguage(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  for (const text of [
    option,
    environment.KULNING_LANGUAGE,
    environment.LC_ALL,
    environment.LC_MESSAGES,
    environment.LANG,
  ]) {
    const language = text?.slice(0, 2).toLowerCase();
    if (language === 'en' || language === 'fr' || language === 'sv') return language;
  }
  return 'en';
}
