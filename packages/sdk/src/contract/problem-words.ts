import type { WordTable } from '../words.ts';

/**
 * What a schema of the contract demands in words of its own. A schema says the English ones; who answers a person finds
 * the others by them.
 */
export const problemWords = {
  country: {
    en: 'must be an ISO 3166-1 code of two capitals, as in SE',
    fr: 'doit être un code ISO 3166-1 de deux majuscules, comme SE',
    sv: 'måste vara en ISO 3166-1-kod med två versaler, som SE',
  },
  modelName: {
    en: 'must be lower-case letters, digits, dot, dash and underscore, at most 80',
    fr: 'doit se composer de minuscules, chiffres, points, tirets et soulignés, 80 au plus',
    sv: 'får bestå av gemener, siffror, punkt, bindestreck och understreck, högst 80',
  },
  slug: {
    en: 'must be lower-case letters, digits and dashes, as in borlange-simulated',
    fr: 'doit se composer de minuscules, chiffres et tirets, comme borlange-simulated',
    sv: 'får bestå av gemener, siffror och bindestreck, som borlange-simulated',
  },
  coordinates: {
    en: 'and the latitude go together: give both, or neither',
    fr: 'et la latitude vont ensemble\u00a0: donnez les deux, ou aucune',
    sv: 'och latituden hör ihop: ange båda, eller ingen',
  },
  month: {
    en: 'must be a year and month, as in 2026-11',
    fr: 'doit être une année et un mois, comme 2026-11',
    sv: 'måste vara år och månad, som 2026-11',
  },
  sixDecimals: {
    en: 'may have six decimals at most',
    fr: 'peut avoir six décimales au plus',
    sv: 'får ha högst sex decimaler',
  },
  nineDecimals: {
    en: 'may have nine decimals at most',
    fr: 'peut avoir neuf décimales au plus',
    sv: 'får ha högst nio decimaler',
  },
  sha256: {
    en: 'must be a sha256 of 64 hexadecimal digits, in lower case',
    fr: 'doit être un sha256 de 64 chiffres hexadécimaux, en minuscules',
    sv: 'måste vara en sha256 med 64 hexadecimala siffror, i gemener',
  },
} satisfies WordTable;
