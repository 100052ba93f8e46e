import type { Localized, WordTable } from '@kulning/sdk';

import type { FaultCode } from './batch-line.ts';

/** What is wrong with an input file, or what ended a batch; OpenAI's `errors`. */
export const faultWords: Readonly<Record<FaultCode, Localized<string>>> = {
  empty_file: {
    en: 'The input file holds no request.',
    fr: 'Le fichier d’entrée ne contient aucune requête.',
    sv: 'Indatafilen innehåller inget anrop.',
  },
  invalid_json_line: {
    en: 'This line is not a JSON object in UTF-8.',
    fr: 'Cette ligne n’est pas un objet JSON en UTF-8.',
    sv: 'Raden är inte ett JSON-objekt i UTF-8.',
  },
  missing_required_parameter: {
    en: 'A required field is missing.',
    fr: 'Un champ obligatoire manque.',
    sv: 'Ett obligatoriskt fält saknas.',
  },
  invalid_custom_id: {
    en: '`custom_id` is a text of 1 to 512 characters.',
    fr: '`custom_id` est un texte de 1 à 512 caractères.',
    sv: '`custom_id` är en text på 1 till 512 tecken.',
  },
  duplicate_custom_id: {
    en: 'An earlier line has the same `custom_id`; each must be unique in its file.',
    fr: 'Une ligne précédente a le même `custom_id`\u00a0; chacun doit être unique dans son fichier.',
    sv: 'En tidigare rad har samma `custom_id`; var och en måste vara unik i sin fil.',
  },
  invalid_method: {
    en: '`method` is POST.',
    fr: '`method` vaut POST.',
    sv: '`method` är POST.',
  },
  invalid_url: {
    en: '`url` is the path of an endpoint.',
    fr: '`url` est le chemin d’un point d’accès.',
    sv: '`url` är sökvägen till en ändpunkt.',
  },
  mismatched_url: {
    en: '`url` is not the endpoint of this batch.',
    fr: '`url` n’est pas le point d’accès de ce lot.',
    sv: '`url` är inte batchens ändpunkt.',
  },
  invalid_body: {
    en: '`body` is an object with the name of a model.',
    fr: '`body` est un objet qui porte le nom d’un modèle.',
    sv: '`body` är ett objekt med namnet på en modell.',
  },
  duplicate_field: {
    en: 'A field stands twice in this line.',
    fr: 'Un champ figure deux fois dans cette ligne.',
    sv: 'Ett fält står två gånger på raden.',
  },
  stream_unsupported: {
    en: 'A request of a batch cannot be streamed: nobody listens.',
    fr: 'Une requête d’un lot ne peut pas être diffusée en continu\u00a0: personne n’écoute.',
    sv: 'Ett anrop i en batch kan inte strömmas: ingen lyssnar.',
  },
  line_too_long: {
    en: 'This line is longer than a request may be.',
    fr: 'Cette ligne est plus longue qu’une requête ne peut l’être.',
    sv: 'Raden är längre än ett anrop får vara.',
  },
  too_many_requests: {
    en: 'A batch has at most 50,000 requests.',
    fr: 'Un lot compte au plus 50\u202f000 requêtes.',
    sv: 'En batch har högst 50\u00a0000 anrop.',
  },
  file_too_large: {
    en: 'The input file of a batch has at most 200 MiB.',
    fr: 'Le fichier d’entrée d’un lot fait au plus 200 Mio.',
    sv: 'Indatafilen till en batch är på högst 200 MiB.',
  },
  input_gone: {
    en: 'The input file was deleted, erased or has expired. What was answered before is in the output file.',
    fr: 'Le fichier d’entrée a été supprimé, effacé ou a expiré. Ce qui avait déjà une réponse est dans le fichier de sortie.',
    sv: 'Indatafilen har tagits bort, raderats eller gått ut. Det som redan besvarats finns i utdatafilen.',
  },
  key_revoked: {
    en: 'The API key of this batch was revoked or has expired. What was answered before is in the output file.',
    fr: 'La clé d’API de ce lot a été révoquée ou a expiré. Ce qui avait déjà une réponse est dans le fichier de sortie.',
    sv: 'Batchens API-nyckel har återkallats eller gått ut. Det som redan besvarats finns i utdatafilen.',
  },
};

/** Why a single request has no response, in the error file. */
export const lineWords = {
  batch_expired: {
    en: 'This request could not be made before the completion window ended.',
    fr: 'Cette requête n’a pas pu être faite avant la fin du délai.',
    sv: 'Anropet hann inte göras innan tidsfönstret tog slut.',
  },
  batch_cancelled: {
    en: 'The batch was cancelled before this request was answered.',
    fr: 'Le lot a été annulé avant que cette requête ait une réponse.',
    sv: 'Batchen avbröts innan anropet besvarades.',
  },
  key_revoked: {
    en: 'The API key of the batch was revoked or expired before this request was answered.',
    fr: 'La clé d’API du lot a été révoquée ou a expiré avant que cette requête ait une réponse.',
    sv: 'Batchens API-nyckel återkallades eller gick ut innan anropet besvarades.',
  },
  input_gone: {
    en: 'The input file was deleted, erased or expired before this request was answered.',
    fr: 'Le fichier d’entrée a été supprimé, effacé ou a expiré avant que cette requête ait une réponse.',
    sv: 'Indatafilen togs bort, raderades eller gick ut innan anropet besvarades.',
  },
  content_erased: {
    en: 'A person was erased from this request or its answer.',
    fr: 'Une personne a été effacée de cette requête ou de sa réponse.',
    sv: 'En person har raderats ur anropet eller dess svar.',
  },
} satisfies WordTable;

export type LineError = keyof typeof lineWords;

export const batchWords = {
  unknown: (id: string) => ({
    en: {
      message: `There is no batch ${id} in this organisation.`,
      hint: '`kulning batches list` shows those that there are.',
    },
    fr: {
      message: `Le lot ${id} n’existe pas dans cette organisation.`,
      hint: '`kulning batches list` montre ceux qui existent.',
    },
    sv: {
      message: `Det finns ingen batch ${id} i den här organisationen.`,
      hint: '`kulning batches list` visar dem som finns.',
    },
  }),
  ended: (status: string) => ({
    en: { message: `This batch cannot be cancelled any more: it is ${status}.` },
    fr: { message: `Ce lot ne peut plus être annulé\u00a0: son état est ${status}.` },
    sv: { message: `Batchen kan inte avbrytas längre: den är ${status}.` },
  }),
  cursorWrong: {
    en: {
      message: 'The cursor is not a batch of this organisation.',
      hint: 'Leave it out to begin at the newest one.',
    },
    fr: {
      message: 'Le curseur n’est pas un lot de cette organisation.',
      hint: 'Omettez-le pour commencer par le plus récent.',
    },
    sv: {
      message: 'Markören är inte en batch i den här organisationen.',
      hint: 'Utelämna den för att börja vid den nyaste.',
    },
  },
  limitWrong: (most: number) => ({
    en: { message: `\`limit\` is a number from 1 to ${most}.` },
    fr: { message: `\`limit\` est un nombre de 1 à ${most}.` },
    sv: { message: `\`limit\` är ett tal från 1 till ${most}.` },
  }),
  bodyWrong: {
    en: { message: 'The body is not a JSON object, or a field of it is wrong.' },
    fr: { message: 'Le corps n’est pas un objet JSON, ou l’un de ses champs est incorrect.' },
    sv: { message: 'Innehållet är inte ett JSON-objekt, eller så är ett fält i det fel.' },
  },
  fieldWrong: (field: string) => ({
    en: {
      message: `The field \`${field}\` is missing or wrong.`,
      hint: 'docs/batches.md says what it may be.',
    },
    fr: {
      message: `Le champ \`${field}\` manque ou est incorrect.`,
      hint: 'docs/batches.md dit ce qu’il peut contenir.',
    },
    sv: {
      message: `Fältet \`${field}\` saknas eller är fel.`,
      hint: 'docs/batches.md säger vad det kan vara.',
    },
  }),
  purposeWrong: {
    en: {
      message: 'The input file was not uploaded with the purpose batch.',
      hint: 'Upload it again with `purpose: "batch"`.',
    },
    fr: {
      message: 'Le fichier d’entrée n’a pas été envoyé avec la finalité batch.',
      hint: 'Envoyez-le à nouveau avec `purpose: "batch"`.',
    },
    sv: {
      message: 'Indatafilen laddades inte upp med ändamålet batch.',
      hint: 'Ladda upp den igen med `purpose: "batch"`.',
    },
  },
  callsScope: {
    en: { message: 'The lines of a batch are calls: this key also needs the scope calls:create.' },
    fr: {
      message:
        'Les lignes d’un lot sont des appels\u00a0: cette clé doit aussi avoir la portée calls:create.',
    },
    sv: { message: 'Raderna i en batch är anrop: nyckeln behöver också behörigheten calls:create.' },
  },
} satisfies WordTable;
