import type { WordTable } from '@kulning/sdk';

/** How asking a witness went, beside the state that it is in. */
export const witnessWords = {
  hasSeenMore: (size: number) => ({
    en: `It has seen ${size} entries: this log went back.`,
    fr: `Il a vu ${size} entrées\u00a0: ce registre est revenu en arrière.`,
    sv: `Det har sett ${size} poster: den här loggboken har gått bakåt.`,
  }),
  otherHistory: {
    en: 'This log does not continue what it has seen.',
    fr: 'Ce registre ne prolonge pas ce qu’il a vu.',
    sv: 'Den här loggboken fortsätter inte det som vittnet har sett.',
  },
  answeredStatus: (status: number) => ({
    en: `It answered HTTP ${status}.`,
    fr: `Il a répondu HTTP ${status}.`,
    sv: `Det svarade HTTP ${status}.`,
  }),
  noCosignature: {
    en: 'Its answer has no valid cosignature by its keys.',
    fr: 'Sa réponse ne porte aucune cosignature valable de ses clés.',
    sv: 'Dess svar har ingen giltig medsignering med dess nycklar.',
  },
  answerTooLong: {
    en: 'Its answer is too long.',
    fr: 'Sa réponse est trop longue.',
    sv: 'Dess svar är för långt.',
  },
  noConnection: {
    en: 'No connection came about.',
    fr: 'Aucune connexion ne s’est établie.',
    sv: 'Ingen anslutning kom till stånd.',
  },
  timedOut: {
    en: 'It did not answer in time.',
    fr: 'Il n’a pas répondu à temps.',
    sv: 'Det svarade inte i tid.',
  },
  failed: {
    en: 'Asking it failed; the log has the details.',
    fr: 'L’interroger a échoué\u00a0; le journal en donne le détail.',
    sv: 'Det gick inte att fråga det; loggen har detaljerna.',
  },
  mend: {
    en: 'Check that it runs and that its address is right; Kulning tries again by itself.',
    fr: 'Vérifiez qu’il tourne et que son adresse est juste\u00a0; Kulning réessaie de lui-même.',
    sv: 'Kontrollera att det kör och att adressen stämmer; Kulning försöker igen av sig själv.',
  },
} satisfies WordTable;
