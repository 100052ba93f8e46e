import type { Words } from '../policy/rule.ts';

/** What is wrong with a request, said by or about an engine. */
export const engineErrorWords = {
  promptTooLong: (promptTokens: number, contextTokens: number): Words => ({
    en: `The prompt has ${promptTokens} tokens; the model takes ${contextTokens}.`,
    fr: `L’invite compte ${promptTokens} jetons\u00a0; le modèle en accepte ${contextTokens}.`,
    sv: `Prompten har ${promptTokens} token; modellen tar ${contextTokens}.`,
  }),
  promptMuchTooLong: (promptTokens: number, contextTokens: number): Words => ({
    en: `The prompt has more than ${promptTokens} tokens; the model takes ${contextTokens}.`,
    fr: `L’invite compte plus de ${promptTokens} jetons\u00a0; le modèle en accepte ${contextTokens}.`,
    sv: `Prompten har mer än ${promptTokens} token; modellen tar ${contextTokens}.`,
  }),
  answered: (status: number): Words => ({
    en: `The engine answered ${status} and said no more.`,
    fr: `Le moteur a répondu ${status}, sans rien dire de plus.`,
    sv: `Motorn svarade ${status} och sa inget mer.`,
  }),
};
