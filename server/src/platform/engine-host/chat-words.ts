import type { WordTable } from '@kulning/sdk';

/** What an engine child refuses. It does not know the caller's language: the gateway chooses. */
export const chatWords = {
  oneAnswer: {
    en: 'n must be 1: this engine gives one answer a request. Send several requests instead.',
    fr: 'n doit valoir 1\u00a0: ce moteur donne une réponse par requête. Envoyez plutôt plusieurs requêtes.',
    sv: 'n måste vara 1: motorn ger ett svar per anrop. Skicka flera anrop i stället.',
  },
  noLogprobs: {
    en: 'logprobs: log probabilities are not available from this engine.',
    fr: 'logprobs\u00a0: ce moteur ne donne pas les log-probabilités.',
    sv: 'logprobs: motorn ger inga logaritmerade sannolikheter.',
  },
  notJson: (reason: string) => ({
    en: `The body is not valid JSON (${reason}).`,
    fr: `Le corps n’est pas du JSON valide (${reason}).`,
    sv: `Innehållet är inte giltig JSON (${reason}).`,
  }),
  notObject: {
    en: 'The body must be a JSON object.',
    fr: 'Le corps doit être un objet JSON.',
    sv: 'Innehållet måste vara ett JSON-objekt.',
  },
  onlyText: (param: string, type: string) => ({
    en: `${param}: this model reads text, not "${type}".`,
    fr: `${param}\u00a0: ce modèle lit du texte, et non "${type}".`,
    sv: `${param}: modellen läser text, inte "${type}".`,
  }),
  noTools: {
    en: 'tool_choice asks for a tool, but no tools were given.',
    fr: 'tool_choice demande un outil, mais aucun outil n’a été donné.',
    sv: 'tool_choice kräver ett verktyg, men inga verktyg angavs.',
  },
  toolUnknown: (name: string) => ({
    en: `tool_choice names "${name}", which is none of the tools.`,
    fr: `tool_choice désigne "${name}", qui ne figure pas parmi les outils.`,
    sv: `tool_choice anger "${name}", som inte finns bland verktygen.`,
  }),
  ownWidth: {
    en: 'dimensions: this model gives vectors of one width.',
    fr: 'dimensions\u00a0: ce modèle donne des vecteurs d’une seule largeur.',
    sv: 'dimensions: modellen ger vektorer av en enda bredd.',
  },
  noPath: (asked: string) => ({
    en: `The engine has no ${asked}.`,
    fr: `Le moteur n’a pas de ${asked}.`,
    sv: `Motorn har inget ${asked}.`,
  }),
  bodyTooLarge: (mebibytes: number) => ({
    en: `The body is larger than ${mebibytes} MiB, the most that the engine takes.`,
    fr: `Le corps dépasse ${mebibytes} Mio, le maximum que le moteur accepte.`,
    sv: `Innehållet är större än ${mebibytes} MiB, det mesta som motorn tar emot.`,
  }),
  busy: (running: number, waiting: number) => ({
    en: `The engine is busy (in progress: ${running}; waiting: ${waiting}).`,
    fr: `Le moteur est occupé (en cours\u00a0: ${running}\u00a0; en attente\u00a0: ${waiting}).`,
    sv: `Motorn är upptagen (pågår: ${running}; väntar: ${waiting}).`,
  }),
  failed: {
    en: 'The engine failed.',
    fr: 'Le moteur a échoué.',
    sv: 'Motorn misslyckades.',
  },
} satisfies WordTable;
