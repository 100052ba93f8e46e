import type { Localized, WordTable } from '@kulning/sdk';

/** Said wherever guardrails speak. */
export const guardNotice: Localized<string> = {
  en: 'Guardrails find values that have a form. They do not find everything: that nothing was found does not mean that nothing is there.',
  fr: 'Les garde-fous trouvent les valeurs qui ont une forme. Ils ne trouvent pas tout\u00a0: ne rien trouver ne veut pas dire qu’il n’y a rien.',
  sv: 'Skyddsräckena hittar värden som har en viss form. De hittar inte allt: att inget hittades betyder inte att det inte finns något.',
};

export const guardWords = {
  requestBlocked: (found: string) => ({
    en: `Your organisation’s guardrails stop this request; nothing was sent. They found: ${found}. ${guardNotice.en}`,
    fr: `Les garde-fous de votre organisation arrêtent cette demande\u00a0; rien n’a été envoyé. Ils ont trouvé\u00a0: ${found}. ${guardNotice.fr}`,
    sv: `Din organisations skyddsräcken stoppar begäran; inget skickades. De hittade: ${found}. ${guardNotice.sv}`,
  }),
  answerBlocked: (found: string) => ({
    en: `Your organisation’s guardrails stop this answer. They found: ${found}. ${guardNotice.en}`,
    fr: `Les garde-fous de votre organisation arrêtent cette réponse. Ils ont trouvé\u00a0: ${found}. ${guardNotice.fr}`,
    sv: `Din organisations skyddsräcken stoppar svaret. De hittade: ${found}. ${guardNotice.sv}`,
  }),
  loosened: (detectors: string) => ({
    en: {
      message: `Rules may be stricter than those above them, never milder. Milder: ${detectors}.`,
      hint: '`kulning guardrails get` shows the rules that bind you under "inherited".',
    },
    fr: {
      message: `Les règles peuvent être plus strictes que celles qui les dominent, jamais plus douces. Plus douces\u00a0: ${detectors}.`,
      hint: '`kulning guardrails get` montre sous «\u00a0inherited\u00a0» les règles qui vous lient.',
    },
    sv: {
      message: `Regler får vara strängare än dem ovanför, aldrig mildare. Mildare: ${detectors}.`,
      hint: '`kulning guardrails get` visar under ”inherited” de regler som binder dig.',
    },
  }),
  keyUnknown: (keyId: string) => ({
    en: { message: `There is no key ${keyId} here.`, hint: '`kulning keys list` shows them.' },
    fr: { message: `Il n’y a pas de clé ${keyId} ici.`, hint: '`kulning keys list` les montre.' },
    sv: { message: `Det finns ingen nyckel ${keyId} här.`, hint: '`kulning keys list` visar dem.' },
  }),
} satisfies WordTable;
