import type { LimitDimension, LimitLevel } from '../../core/limits/limit.ts';
import type { Language, Words } from '../../core/policy/rule.ts';
import type { LimitRefusal } from '../limits/index.ts';

const levels: Record<LimitLevel, Words> = {
  key: { en: 'this API key', fr: 'cette clé d’API', sv: 'den här API-nyckeln' },
  team: { en: 'the team', fr: 'l’équipe', sv: 'teamet' },
  organisation: { en: 'the organisation', fr: 'l’organisation', sv: 'organisationen' },
  agency: {
    en: 'the agency and its clients together',
    fr: 'l’agence et ses clients ensemble',
    sv: 'byrån och dess kunder tillsammans',
  },
};

const amounts: Record<LimitDimension, Words> = {
  requestsPerMinute: {
    en: '{n} requests a minute',
    fr: '{n} requêtes par minute',
    sv: '{n} anrop i minuten',
  },
  tokensPerMinute: { en: '{n} tokens a minute', fr: '{n} jetons par minute', sv: '{n} token i minuten' },
  concurrentCalls: { en: '{n} calls at once', fr: '{n} appels simultanés', sv: '{n} samtidiga anrop' },
  nanoEurPerDay: { en: '{n} a day (UTC)', fr: '{n} par jour (UTC)', sv: '{n} om dagen (UTC)' },
  nanoEurPerMonth: { en: '{n} a month', fr: '{n} par mois', sv: '{n} i månaden' },
  microgramsCo2PerMonth: { en: '{n} of CO₂e a month', fr: '{n} de CO₂e par mois', sv: '{n} CO₂e i månaden' },
};

const sentences: Record<'reached' | 'tooLarge', Words> = {
  reached: {
    en: 'A limit is reached: {amount} for {level}.',
    fr: 'Une limite est atteinte\u00a0: {amount} pour {level}.',
    sv: 'En gräns är nådd: {amount} för {level}.',
  },
  tooLarge: {
    en: 'This call alone needs more than the limit of {amount} for {level}. Send less, or lower max_tokens.',
    fr: 'Cet appel demande à lui seul plus que la limite de {amount} pour {level}. Envoyez moins, ou réduisez max_tokens.',
    sv: 'Det här anropet kräver ensamt mer än gränsen på {amount} för {level}. Skicka mindre, eller sänk max_tokens.',
  },
};

/** Which limit, at which level. Says what is set, never what others have used. */
export function limitWords(
  { meter, waitMs }: Extract<LimitRefusal, { code: 'limit' }>,
  language: Language,
): string {
  const amount = amounts[meter.dimension][language].replace(
    '{n}',
    figure(meter.dimension, meter.limit, language),
  );
  const sentence = sentences[waitMs === undefined ? 'tooLarge' : 'reached'][language];
  return sentence.replace('{amount}', amount).replace('{level}', levels[meter.scope.level][language]);
}

function figure(dimension: LimitDimension, limit: number, language: Language): string {
  const options: Intl.NumberFormatOptions =
    dimension === 'microgramsCo2PerMonth'
      ? { style: 'unit', unit: 'gram', maximumFractionDigits: 6 }
      : dimension === 'nanoEurPerDay' || dimension === 'nanoEurPerMonth'
        ? { style: 'currency', currency: 'EUR', maximumFractionDigits: 6 }
        : {};
  const divisor = dimension === 'microgramsCo2PerMonth' ? 1e6 : options.style === 'currency' ? 1e9 : 1;
  return new Intl.NumberFormat(language, options).format(limit / divisor);
}
