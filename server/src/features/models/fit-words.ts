import type { Language, Localized, Notice } from '@kulning/sdk';

import type { MemoryNeed, MemorySettings, Remedies } from '../../core/engine/model-memory.ts';

const decimals = { en: 'en-GB', fr: 'fr-FR', sv: 'sv-SE' } as const;

interface Machine {
  /** What all engines may use together. */
  readonly memoryBytes: number;
  /** What those that run use of it. */
  readonly taken: number;
}

/** Why a model does not fit this machine, in numbers, and what would. */
export function fitWords(
  need: MemoryNeed,
  { contextTokens, slots }: MemorySettings,
  { memoryBytes, taken }: Machine,
  remedies: Remedies,
): Localized<Notice> {
  const say = (language: Language): Notice => {
    const figure = (value: number) =>
      new Intl.NumberFormat(decimals[language], { maximumFractionDigits: 1 }).format(value);
    const gb = (bytes: number) => figure(bytes / 1e9);
    const { message, unit, or, context, cache, file, none } = words[language];
    const { totalBytes, weightsBytes, cacheBytes, workBytes } = need;
    const parts = [weightsBytes, cacheBytes, workBytes, totalBytes, memoryBytes, taken].map(gb);
    const hints = [
      remedies.contextTokens !== undefined && context(remedies.contextTokens),
      remedies.cache !== undefined && cache(remedies.cache),
      remedies.file !== undefined &&
        file(`${gb(remedies.file.bytes)} ${unit}`, figure(remedies.file.bitsPerParameter)),
    ].filter((hint) => hint !== false);
    return {
      message: message(parts as [string, string, string, string, string, string], contextTokens, slots),
      hint: hints.length === 0 ? none : `${hints.join(or)}.`,
    };
  };
  return { en: say('en'), fr: say('fr'), sv: say('sv') };
}

type Parts = readonly [
  weights: string,
  cache: string,
  work: string,
  total: string,
  there: string,
  taken: string,
];

const words = {
  en: {
    unit: 'GB',
    or: ', or ',
    message: ([weights, cache, work, total, there, taken]: Parts, tokens: number, slots: number) =>
      `this model needs ${total} GB of memory (weights ${weights}, cache ${cache} for ${slots} × ${tokens} tokens, work about ${work}); this machine has ${there} GB for engines, of which ${taken} are taken`,
    context: (tokens: number) => `It fits with a shorter context: --context-tokens ${tokens}`,
    cache: (type: string) => `with a smaller cache: --cache ${type}`,
    file: (size: string, bits: string) => `as a file of at most ${size} (about ${bits} bits a parameter)`,
    none: 'Serve it on a larger machine and add that server by its address.',
  },
  fr: {
    unit: 'Go',
    or: ', ou ',
    message: ([weights, cache, work, total, there, taken]: Parts, tokens: number, slots: number) =>
      `ce modèle demande ${total} Go de mémoire (poids ${weights}, cache ${cache} pour ${slots} × ${tokens} jetons, calcul environ ${work})\u00a0; cette machine a ${there} Go pour les moteurs, dont ${taken} sont pris`,
    context: (tokens: number) => `Il tient avec un contexte plus court\u00a0: --context-tokens ${tokens}`,
    cache: (type: string) => `avec un cache plus petit\u00a0: --cache ${type}`,
    file: (size: string, bits: string) =>
      `avec un fichier de ${size} au plus (environ ${bits} bits par paramètre)`,
    none: 'Servez-le sur une machine plus grande et ajoutez ce serveur par son adresse.',
  },
  sv: {
    unit: 'GB',
    or: ', eller ',
    message: ([weights, cache, work, total, there, taken]: Parts, tokens: number, slots: number) =>
      `den här modellen behöver ${total} GB minne (vikter ${weights}, cache ${cache} för ${slots} × ${tokens} token, arbete omkring ${work}); maskinen har ${there} GB för motorer, varav ${taken} är upptagna`,
    context: (tokens: number) => `Den ryms med kortare kontext: --context-tokens ${tokens}`,
    cache: (type: string) => `med mindre cache: --cache ${type}`,
    file: (size: string, bits: string) => `som en fil på högst ${size} (omkring ${bits} bitar per parameter)`,
    none: 'Kör den på en större maskin och lägg till den servern med dess adress.',
  },
} as const;
