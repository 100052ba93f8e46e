import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';

import { keep, kept } from '../app/kept.ts';
import { en, type Words } from './en.ts';
import { createFormat, languages, type Format, type Language } from './format.ts';

interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly format: Format;
  setLanguage(language: Language): void;
}

const SpeechContext = createContext<Speech | undefined>(undefined);

/** English comes with the page; the others are fetched, from the same server, when they are wanted. */
const tables: Readonly<Record<Language, () => Promise<Words>>> = {
  en: () => Promise.resolve(en),
  fr: async () => (await import('./fr.ts')).fr,
  sv: async () => (await import('./sv.ts')).sv,
};

const isLanguage = (value: string | null | undefined): value is Language =>
  languages.some(({ id }) => id === value);

function firstLanguage(): Language {
  const asked = [kept('kulning.language'), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return asked.find(isLanguage) ?? 'en';
}

/** Nothing is drawn before the reader's language is there: no screen changes its words under their eyes. */
export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [loaded, setLoaded] = useState<{ language: Language; words: Words }>();

  useEffect(() => {
    let current = true;
    const load = async () => {
      const words = await tables[language]();
      if (!current) return;
      document.documentElement.lang = language;
      setLoaded({ language, words });
    };
    void load();
    return () => {
      current = false;
    };
  }, [language]);

  const speech = useMemo(
    (): Speech | undefined =>
      loaded && {
        ...loaded,
        format: createFormat(loaded.language),
        setLanguage: (next) => {
          keep('kulning.language', next);
          setLanguage(next);
        },
      },
    [loaded],
  );
  return speech && <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = use(SpeechContext);
  if (!speech) throw new Error('Words are used outside <WordsProvider>.');
  return speech;
}

export function useWords(): Words {
  return useSpeech().words;
}
