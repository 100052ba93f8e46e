import type { Localized, WordTable } from '@kulning/sdk';

/** What adapters say about an engine that somebody connects. */
export const engineWords = {
  unreachable: (where: string, reason: string) => ({
    en: {
      message: `No engine answers at ${where} (${reason}).`,
      hint: 'Check that the server runs, that the address is right and that this machine may reach it.',
    },
    fr: {
      message: `Aucun moteur ne répond à ${where} (${reason}).`,
      hint: 'Vérifiez que le serveur tourne, que l’adresse est juste et que cette machine peut l’atteindre.',
    },
    sv: {
      message: `Ingen motor svarar på ${where} (${reason}).`,
      hint: 'Kontrollera att servern kör, att adressen stämmer och att den här maskinen får nå den.',
    },
  }),
  keyNeeded: (status: number) => ({
    en: {
      message: `The server refused a request without a key (${status}).`,
      hint: 'Give the key of that server with --api-key.',
    },
    fr: {
      message: `Le serveur a refusé une requête sans clé (${status}).`,
      hint: 'Donnez la clé de ce serveur avec --api-key.',
    },
    sv: {
      message: `Servern nekade ett anrop utan nyckel (${status}).`,
      hint: 'Ange serverns nyckel med --api-key.',
    },
  }),
  keyRefused: (status: number) => ({
    en: {
      message: `The server refused the key (${status}).`,
      hint: 'Give the key of that server with --api-key.',
    },
    fr: {
      message: `Le serveur a refusé la clé (${status}).`,
      hint: 'Donnez la clé de ce serveur avec --api-key.',
    },
    sv: { message: `Servern nekade nyckeln (${status}).`, hint: 'Ange serverns nyckel med --api-key.' },
  }),
  notOpenAi: (path: string, status: number) => ({
    en: {
      message: `The server does not speak the OpenAI API there: GET ${path} answered ${status}.`,
      hint: 'The address usually ends in /v1, such as http://127.0.0.1:8080/v1.',
    },
    fr: {
      message: `Le serveur ne parle pas l’API OpenAI à cette adresse\u00a0: GET ${path} a répondu ${status}.`,
      hint: 'L’adresse se termine d’ordinaire par /v1, comme http://127.0.0.1:8080/v1.',
    },
    sv: {
      message: `Servern talar inte OpenAI-API:et där: GET ${path} svarade ${status}.`,
      hint: 'Adressen slutar oftast på /v1, som http://127.0.0.1:8080/v1.',
    },
  }),
  modelNotServed: (wanted: string, served: string) => ({
    en: { message: `The server does not serve “${wanted}”.`, hint: `It serves: ${served}.` },
    fr: { message: `Le serveur ne sert pas «\u00a0${wanted}\u00a0».`, hint: `Il sert\u00a0: ${served}.` },
    sv: { message: `Servern har inte ”${wanted}”.`, hint: `Den har: ${served}.` },
  }),
  httpAddress: {
    en: 'must be an address that begins with http:// or https://',
    fr: 'doit être une adresse qui commence par http:// ou https://',
    sv: 'måste vara en adress som börjar med http:// eller https://',
  },
  addressForbidden: {
    en: 'is an address where no engine may be',
    fr: 'est une adresse où aucun moteur ne peut se trouver',
    sv: 'är en adress där ingen motor får finnas',
  },
  fileBroken: (reason: Localized<string>) => ({
    en: {
      message: `This GGUF file cannot be used: ${reason.en}.`,
      hint: 'Compare its size and sha256 with those its makers publish, and fetch it again.',
    },
    fr: {
      message: `Ce fichier GGUF est inutilisable\u00a0: ${reason.fr}.`,
      hint: 'Comparez sa taille et son sha256 à ceux que publient ses auteurs, et téléchargez-le à nouveau.',
    },
    sv: {
      message: `GGUF-filen går inte att använda: ${reason.sv}.`,
      hint: 'Jämför dess storlek och sha256 med dem som upphovsmännen anger, och hämta den igen.',
    },
  }),
  fileMissing: (path: string) => ({
    en: {
      message: `There is no readable file at ${path}.`,
      hint: 'Give the path as this machine sees it; Kulning runs here, not where you type.',
    },
    fr: {
      message: `Il n’y a pas de fichier lisible à ${path}.`,
      hint: 'Donnez le chemin tel que cette machine le voit\u00a0; Kulning tourne ici, et non là où vous tapez.',
    },
    sv: {
      message: `Det finns ingen läsbar fil på ${path}.`,
      hint: 'Ange sökvägen som den här maskinen ser den; Kulning kör här, inte där du skriver.',
    },
  }),
  scriptedFormat: {
    en: 'response_format: a scripted engine says what its script says.',
    fr: 'response_format\u00a0: un moteur à script dit ce que dit son script.',
    sv: 'response_format: en skriptad motor säger det som står i skriptet.',
  },
  scriptNoRule: {
    en: 'No rule of the script fits.',
    fr: 'Aucune règle du script ne convient.',
    sv: 'Ingen regel i skriptet passar.',
  },
} satisfies WordTable;
