import type { WordTable } from './words.ts';

/** What a client says of its own: about the way to the server, since the server tells the rest. */
export const clientWords = {
  unreachable: (url: string) => ({
    en: {
      message: `${url || 'The server'} cannot be reached.`,
      hint: 'Is Kulning running? `kulning status` tells; `kulning up` starts it.',
    },
    fr: {
      message: `${url || 'Le serveur'} est injoignable.`,
      hint: 'Kulning tourne-t-il\u00a0? `kulning status` le dit\u00a0; `kulning up` le démarre.',
    },
    sv: {
      message: `${url || 'Servern'} går inte att nå.`,
      hint: 'Kör Kulning? `kulning status` säger det; `kulning up` startar.',
    },
  }),
  timedOut: (url: string) => ({
    en: {
      message: `${url || 'The server'} did not answer in time.`,
      hint: 'Try again; `kulning doctor` looks for the cause.',
    },
    fr: {
      message: `${url || 'Le serveur'} n’a pas répondu à temps.`,
      hint: 'Réessayez\u00a0; `kulning doctor` cherche la cause.',
    },
    sv: {
      message: `${url || 'Servern'} svarade inte i tid.`,
      hint: 'Försök igen; `kulning doctor` letar efter orsaken.',
    },
  }),
  gatewayUnreachable: (url: string) => ({
    en: {
      message: `The gateway cannot be reached${url && ` at ${url}`}.`,
      hint: '`kulning status` says whether its process runs.',
    },
    fr: {
      message: `La passerelle est injoignable${url && ` à l’adresse ${url}`}.`,
      hint: '`kulning status` dit si son processus tourne.',
    },
    sv: {
      message: `Gatewayen går inte att nå${url && ` på ${url}`}.`,
      hint: '`kulning status` säger om dess process kör.',
    },
  }),
  answerCut: {
    en: {
      message: 'The answer broke off.',
      hint: 'Ask again. The receipt says how far it came.',
    },
    fr: {
      message: 'La réponse s’est interrompue.',
      hint: 'Reposez la question. Le reçu dit jusqu’où elle est allée.',
    },
    sv: {
      message: 'Svaret bröts av.',
      hint: 'Fråga igen. Kvittot säger hur långt det kom.',
    },
  },
  answerUnfit: (operation: string) => ({
    en: {
      message: `The server’s answer to ${operation} does not fit its contract.`,
      hint: 'The server and this client are of different releases: reload the page, or use the same one.',
    },
    fr: {
      message: `La réponse du serveur à ${operation} ne respecte pas son contrat.`,
      hint: 'Le serveur et ce client sont de versions différentes\u00a0: rechargez la page, ou utilisez la même.',
    },
    sv: {
      message: `Serverns svar på ${operation} följer inte kontraktet.`,
      hint: 'Servern och den här klienten är av olika versioner: ladda om sidan, eller använd samma.',
    },
  }),
  answerUnreadable: (status: number) => ({
    en: {
      message: `The server answered ${status} without an error that can be read.`,
      hint: 'Something else may listen at this address.',
    },
    fr: {
      message: `Le serveur a répondu ${status} sans erreur lisible.`,
      hint: 'Un autre programme écoute peut-être à cette adresse.',
    },
    sv: {
      message: `Servern svarade ${status} utan ett fel som går att läsa.`,
      hint: 'Något annat lyssnar kanske på den här adressen.',
    },
  }),
} satisfies WordTable;
