import type { Localized, Notice } from '@kulning/sdk';

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);

/** What may go wrong with a file on its way here. */
export const downloadWords = {
  downgraded: (host: string): Localized<Notice> => ({
    en: { message: `The server redirects from https to ${host} without encryption.` },
    fr: { message: `Le serveur redirige de https vers ${host} sans chiffrement.` },
    sv: { message: `Servern omdirigerar från https till ${host} utan kryptering.` },
  }),
  redirects: (url: string): Localized<Notice> => ({
    en: { message: `${url} redirects again and again.` },
    fr: { message: `${url} redirige sans fin.` },
    sv: { message: `${url} omdirigerar om och om igen.` },
  }),
  unauthorized: (status: number): Localized<Notice> => ({
    en: {
      message: `The host does not give the file without leave (${status}).`,
      hint: 'Accept the model’s terms on its page if it asks for that, and give your key with --token @file.',
    },
    fr: {
      message: `L’hôte ne donne pas le fichier sans autorisation (${status}).`,
      hint: 'Acceptez les conditions du modèle sur sa page si elle le demande, et donnez votre clé avec --token @fichier.',
    },
    sv: {
      message: `Värden lämnar inte ut filen utan tillstånd (${status}).`,
      hint: 'Godkänn modellens villkor på dess sida om den ber om det, och ge din nyckel med --token @fil.',
    },
  }),
  refused: (status: number): Localized<Notice> => ({
    en: {
      message: `The host answered ${status}.`,
      hint: 'Open the address in a browser: is the file there?',
    },
    fr: {
      message: `L’hôte a répondu ${status}.`,
      hint: 'Ouvrez l’adresse dans un navigateur\u00a0: le fichier y est-il\u202f?',
    },
    sv: { message: `Värden svarade ${status}.`, hint: 'Öppna adressen i en webbläsare: finns filen där?' },
  }),
  tooLarge: (bytes: number, most: number): Localized<Notice> => ({
    en: {
      message: `The file has ${gigabytes(bytes)} GB, the most taken is ${gigabytes(most)} GB.`,
      hint: 'models.maxFileBytes in kulning.yaml is the limit.',
    },
    fr: {
      message: `Le fichier fait ${gigabytes(bytes)} Go, le maximum accepté est ${gigabytes(most)} Go.`,
      hint: 'La limite est models.maxFileBytes dans kulning.yaml.',
    },
    sv: {
      message: `Filen är ${gigabytes(bytes)} GB, det mesta som tas emot är ${gigabytes(most)} GB.`,
      hint: 'Gränsen är models.maxFileBytes i kulning.yaml.',
    },
  }),
  longer: (bytes: number): Localized<Notice> => ({
    en: { message: `The host sent more than the ${bytes} bytes that it announced.` },
    fr: { message: `L’hôte a envoyé plus que les ${bytes} octets annoncés.` },
    sv: { message: `Värden skickade mer än de ${bytes} byte som den angav.` },
  }),
  noSpace: (needed: number, free: number): Localized<Notice> => ({
    en: {
      message: `The disk has ${gigabytes(free)} GB left, the file needs ${gigabytes(needed)} GB more.`,
      hint: 'Make room, or move KULNING_HOME to a larger disk.',
    },
    fr: {
      message: `Il reste ${gigabytes(free)} Go sur le disque, il en faut encore ${gigabytes(needed)}.`,
      hint: 'Faites de la place, ou déplacez KULNING_HOME sur un disque plus grand.',
    },
    sv: {
      message: `Disken har ${gigabytes(free)} GB kvar, filen behöver ${gigabytes(needed)} GB till.`,
      hint: 'Gör plats, eller flytta KULNING_HOME till en större disk.',
    },
  }),
  digestUnknown: (): Localized<Notice> => ({
    en: {
      message: 'Nobody says what the file’s sha256 is, so nobody could tell whether it arrived whole.',
      hint: 'Take it from the makers’ page and give it with --sha256.',
    },
    fr: {
      message: 'Personne n’indique le sha256 du fichier\u00a0: on ne saurait dire s’il est arrivé intact.',
      hint: 'Prenez-le sur la page de ses auteurs et donnez-le avec --sha256.',
    },
    sv: {
      message: 'Ingen säger vad filens sha256 är, så ingen kan veta om den kom fram hel.',
      hint: 'Ta den från upphovsmännens sida och ge den med --sha256.',
    },
  }),
  digestWrong: (expected: string, found: string): Localized<Notice> => ({
    en: {
      message: `The file is not the one expected: its sha256 is ${found}, not ${expected}.`,
      hint: 'What arrived was deleted. Compare the digest with the makers’ page and pull again.',
    },
    fr: {
      message: `Ce n’est pas le fichier attendu\u00a0: son sha256 est ${found}, et non ${expected}.`,
      hint: 'Ce qui est arrivé a été supprimé. Comparez l’empreinte avec la page des auteurs et recommencez.',
    },
    sv: {
      message: `Det är inte den väntade filen: dess sha256 är ${found}, inte ${expected}.`,
      hint: 'Det som kom har tagits bort. Jämför med upphovsmännens sida och hämta igen.',
    },
  }),
  interrupted: (why: string): Localized<Notice> => ({
    en: {
      message: `The transfer broke off again and again: ${why}`,
      hint: 'What arrived is kept; the same command goes on from there.',
    },
    fr: {
      message: `Le transfert s’est interrompu à plusieurs reprises\u00a0: ${why}`,
      hint: 'Ce qui est arrivé est conservé\u00a0; la même commande reprend à cet endroit.',
    },
    sv: {
      message: `Överföringen bröts gång på gång: ${why}`,
      hint: 'Det som kom är kvar; samma kommando fortsätter därifrån.',
    },
  }),
} as const;
