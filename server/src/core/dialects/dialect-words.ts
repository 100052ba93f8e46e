import type { Words } from '../policy/rule.ts';

/** What a request of another dialect asks for that a chat with an engine cannot say. */
export const dialectWords = {
  noCounterpart: (what: string): Words => ({
    en: `${what} has no counterpart at an engine that speaks chat completions.`,
    fr: `${what} n’a pas d’équivalent pour un moteur qui parle chat completions.`,
    sv: `${what} har ingen motsvarighet hos en motor som talar chat completions.`,
  }),
  stateless: (param: string): Words => ({
    en: `${param} is not supported: nothing is kept here. Send the whole conversation in input instead.`,
    fr: `${param} n’est pas pris en charge\u00a0: rien n’est conservé ici. Envoyez plutôt toute la conversation dans input.`,
    sv: `${param} stöds inte: inget sparas här. Skicka i stället hela konversationen i input.`,
  }),
  background: {
    en: 'background is not supported. Ask without it, and keep the connection until the answer has come.',
    fr: 'background n’est pas pris en charge. Demandez sans lui, et gardez la connexion jusqu’à ce que la réponse soit arrivée.',
    sv: 'background stöds inte. Fråga utan det, och behåll förbindelsen tills svaret har kommit.',
  },
  truncation: {
    en: 'truncation "auto" is not supported: a prompt that is too long is refused, never shortened in silence.',
    fr: 'truncation "auto" n’est pas pris en charge\u00a0: une invite trop longue est refusée, jamais raccourcie en silence.',
    sv: 'truncation "auto" stöds inte: en för lång prompt nekas, den kortas aldrig i tysthet.',
  },
  pictures: (param: string): Words => ({
    en: `${param} holds a picture where only text can stand.`,
    fr: `${param} contient une image là où seul du texte peut figurer.`,
    sv: `${param} innehåller en bild där bara text kan stå.`,
  }),
};
