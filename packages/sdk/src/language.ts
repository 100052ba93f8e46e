/** French, English and Swedish are equals: what a person reads exists in all three, or does not compile. */
export const languages = ['en', 'fr', 'sv'] as const;

export type Language = (typeof languages)[number];

export type Localized<T> = Readonly<Record<Language, T>>;

export const inEachLanguage = <T>(make: (language: Language) => T): Localized<T> => ({
  en: make('en'),
  fr: make('fr'),
  sv: make('sv'),
});

/** For text that another party already chose the language of: an answer over the network, a line of the terminal's own words. */
export const asSaid = <T>(said: T): Localized<T> => inEachLanguage(() => said);

/** The option, else Kulning's own variable, else the terminal's locale, else English. */
export function chooseLanguage(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const { KULNING_LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = environment;
  for (const text of [option, KULNING_LANGUAGE, LC_ALL, LC_MESSAGES, LANG]) {
    const language = languageOfTag(text ?? '');
    if (language) return language;
  }
  return 'en';
}

/**
 * The best language of an Accept-Language header that Kulning speaks; weights count, then order (RFC 9110 §12.5.4).
 * `*` wants nothing in particular.
 */
export function acceptedLanguage(header: string | undefined): Language | undefined {
  if (header === undefined || header === '*') return undefined;
  const wanted = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';');
    const weight = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean);
    return { language: languageOfTag(tag), weight: Number(weight ?? 1) };
  });
  return wanted
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .find(({ language }) => language)?.language;
}

/** `sv-FI`, `fr_FR.UTF-8` and `EN` by their first part (RFC 5646, POSIX locales). */
function languageOfTag(tag: string): Language | undefined {
  const primary = /^[a-z]+/.exec(tag.trim().toLowerCase())?.[0];
  return languages.find((language) => language === primary);
}
