import type { Language } from '@kulning/sdk';

const locales = { en: 'en-GB', fr: 'fr-FR', sv: 'sv-SE' } as const;

const toy: Record<Language, (parameters: string, shipped: boolean) => string> = {
  en: (parameters, shipped) => `a toy of ${parameters} parameters${shipped ? ', trained here' : ''}`,
  fr: (parameters, shipped) => `un jouet de ${parameters} paramètres${shipped ? ', entraîné ici' : ''}`,
  sv: (parameters, shipped) => `en leksak med ${parameters} parametrar${shipped ? ', tränad här' : ''}`,
};

/** Said wherever the model answers, so that nobody takes it for an assistant. */
export function toyInWords(parameters: number, shipped: boolean, language: Language): string {
  return toy[language](new Intl.NumberFormat(locales[language]).format(parameters), shipped);
}
