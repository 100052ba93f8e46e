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
} satisfies WordTable;
