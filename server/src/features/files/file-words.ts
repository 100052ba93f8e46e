import type { WordTable } from '@kulning/sdk';

export const fileWords = {
  unknown: (id: string) => ({
    en: {
      message: `There is no file ${id} in this organisation.`,
      hint: 'It may have expired or been deleted; `kulning files list` shows those that are kept.',
    },
    fr: {
      message: `Le fichier ${id} n’existe pas dans cette organisation.`,
      hint: 'Il a pu expirer ou être supprimé\u00a0; `kulning files list` montre ceux qui sont conservés.',
    },
    sv: {
      message: `Det finns ingen fil ${id} i den här organisationen.`,
      hint: 'Den kan ha gått ut eller tagits bort; `kulning files list` visar dem som finns kvar.',
    },
  }),
  cursorWrong: {
    en: {
      message: 'The cursor is not the `next` of a page.',
      hint: 'Leave it out to begin at the newest file.',
    },
    fr: {
      message: 'Le curseur n’est pas le `next` d’une page.',
      hint: 'Omettez-le pour commencer par le fichier le plus récent.',
    },
    sv: {
      message: 'Markören är inte `next` från en sida.',
      hint: 'Utelämna den för att börja vid den nyaste filen.',
    },
  },
  tooLarge: (limit: number) => ({
    en: {
      message: `The file is larger than ${limit} bytes, the most that is taken.`,
      hint: 'Split it, or raise `gateway.maxFileBytes`.',
    },
    fr: {
      message: `Le fichier dépasse ${limit} octets, le maximum accepté.`,
      hint: 'Découpez-le, ou augmentez `gateway.maxFileBytes`.',
    },
    sv: {
      message: `Filen är större än ${limit} byte, det mesta som tas emot.`,
      hint: 'Dela den, eller höj `gateway.maxFileBytes`.',
    },
  }),
  notMultipart: {
    en: {
      message: 'A file is sent as multipart/form-data with a boundary.',
      hint: 'OpenAI’s clients do so by themselves.',
    },
    fr: {
      message: 'Un fichier s’envoie en multipart/form-data, avec une frontière (boundary).',
      hint: 'Les clients d’OpenAI le font d’eux-mêmes.',
    },
    sv: {
      message: 'En fil skickas som multipart/form-data med en avgränsare (boundary).',
      hint: 'OpenAI:s klienter gör det av sig själva.',
    },
  },
  formBroken: {
    en: { message: 'The form ends too early, or one of its parts has no proper head.' },
    fr: { message: 'Le formulaire s’arrête trop tôt, ou l’une de ses parties n’a pas d’en-tête correct.' },
    sv: { message: 'Formuläret tar slut för tidigt, eller så saknar en av dess delar ett riktigt huvud.' },
  },
  fileMissing: {
    en: { message: 'The form needs exactly one part `file`, and it has another number of them.' },
    fr: { message: 'Le formulaire doit avoir une seule partie `file`\u00a0; il en a un autre nombre.' },
    sv: { message: 'Formuläret ska ha exakt en del `file`; det har ett annat antal.' },
  },
  purposeWrong: {
    en: { message: 'The field `purpose` is one of batch, user_data, fine-tune.' },
    fr: { message: 'Le champ `purpose` vaut batch, user_data ou fine-tune.' },
    sv: { message: 'Fältet `purpose` är batch, user_data eller fine-tune.' },
  },
  expiryWrong: {
    en: { message: '`expires_after` has the anchor created_at and between 3600 and 2592000 seconds.' },
    fr: { message: '`expires_after` a pour ancre created_at et entre 3600 et 2592000 secondes.' },
    sv: { message: '`expires_after` har ankaret created_at och mellan 3600 och 2592000 sekunder.' },
  },
  limitWrong: (most: number) => ({
    en: {
      message: `\`limit\` is a number from 1 to ${most}, \`order\` is asc or desc, and \`purpose\` is one that files have.`,
    },
    fr: {
      message: `\`limit\` est un nombre de 1 à ${most}, \`order\` vaut asc ou desc, et \`purpose\` est l’un de ceux des fichiers.`,
    },
    sv: {
      message: `\`limit\` är ett tal från 1 till ${most}, \`order\` är asc eller desc, och \`purpose\` är ett som filer har.`,
    },
  }),
  subjectRestricted: {
    en: {
      message:
        'The file holds data of a person whose processing is restricted or who is being erased. It was not kept.',
      hint: 'Take that person out of it, or ask your data protection officer.',
    },
    fr: {
      message:
        'Le fichier contient des données d’une personne dont le traitement est limité ou l’effacement en cours. Il n’a pas été conservé.',
      hint: 'Retirez-en cette personne, ou interrogez votre délégué à la protection des données.',
    },
    sv: {
      message:
        'Filen innehåller uppgifter om en person vars behandling är begränsad eller som håller på att raderas. Den sparades inte.',
      hint: 'Ta bort personen ur den, eller fråga ert dataskyddsombud.',
    },
  },
  slow: {
    en: { message: 'Nothing of the file came for too long, or all of it took too long.' },
    fr: { message: 'Rien du fichier n’est arrivé pendant trop longtemps, ou l’envoi a trop duré.' },
    sv: { message: 'Ingenting av filen kom på för länge, eller så tog det hela för lång tid.' },
  },
  method: {
    en: 'deletes the file with its key; of a file that others share, takes the person out line by line and encrypts it anew',
    fr: 'supprime le fichier avec sa clé\u00a0; d’un fichier partagé, retire la personne ligne par ligne et le chiffre à nouveau',
    sv: 'tar bort filen med dess nyckel; ur en fil som andra delar tas personen ut rad för rad och filen krypteras på nytt',
  },
} satisfies WordTable;
