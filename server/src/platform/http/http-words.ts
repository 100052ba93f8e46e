import type { WordTable } from '@kulning/sdk';

/** What the admin API says before, and around, the slice that a request is for. */
export const httpWords = {
  routeUnknown: (method: string, path: string) => ({
    en: { message: `${method} ${path} does not exist.`, hint: 'GET /openapi.json lists every operation.' },
    fr: {
      message: `${method} ${path} n’existe pas.`,
      hint: 'GET /openapi.json liste toutes les opérations.',
    },
    sv: { message: `${method} ${path} finns inte.`, hint: 'GET /openapi.json listar alla operationer.' },
  }),
  csrf: {
    en: {
      message: 'A request with a session cookie must carry the header x-kulning-csrf: 1.',
      hint: 'Kulning’s own client sends it; other programs should use an API key.',
    },
    fr: {
      message: 'Une requête avec un cookie de session doit porter l’en-tête x-kulning-csrf: 1.',
      hint: 'Le client de Kulning l’envoie\u00a0; un autre programme devrait utiliser une clé d’API.',
    },
    sv: {
      message: 'Ett anrop med en sessionskaka måste ha huvudet x-kulning-csrf: 1.',
      hint: 'Kulnings egen klient skickar det; andra program bör använda en API-nyckel.',
    },
  },
  authRequired: {
    en: {
      message: 'This needs a session or an API key.',
      hint: 'Sign in, run `kulning login`, or send Authorization: Bearer kln_…',
    },
    fr: {
      message: 'Il faut une session ou une clé d’API.',
      hint: 'Connectez-vous, lancez `kulning login`, ou envoyez Authorization: Bearer kln_…',
    },
    sv: {
      message: 'Det här kräver en session eller en API-nyckel.',
      hint: 'Logga in, kör `kulning login` eller skicka Authorization: Bearer kln_…',
    },
  },
  scopeMissing: (scope: string) => ({
    en: {
      message: `This needs the scope ${scope}, which you do not hold here.`,
      hint: 'Ask an owner or admin of the organisation for it.',
    },
    fr: {
      message: `Il faut le droit ${scope}, que vous n’avez pas ici.`,
      hint: 'Demandez-le à un propriétaire ou à un administrateur de l’organisation.',
    },
    sv: {
      message: `Det här kräver rättigheten ${scope}, som du inte har här.`,
      hint: 'Be en ägare eller administratör i organisationen om den.',
    },
  }),
  requestInvalid: {
    en: 'GET /openapi.json shows what this operation takes.',
    fr: 'GET /openapi.json montre ce que cette opération accepte.',
    sv: 'GET /openapi.json visar vad operationen tar emot.',
  },
  tooLarge: (limit: number) => ({
    en: {
      message: `The request is larger than ${limit} bytes.`,
      hint: 'The operator can raise control.maxBodyBytes.',
    },
    fr: {
      message: `La requête dépasse ${limit} octets.`,
      hint: 'L’exploitant peut relever control.maxBodyBytes.',
    },
    sv: {
      message: `Anropet är större än ${limit} byte.`,
      hint: 'Driftansvarig kan höja control.maxBodyBytes.',
    },
  }),
  notJson: {
    en: {
      message: 'The body is not valid JSON.',
      hint: 'Send JSON with content-type: application/json.',
    },
    fr: {
      message: 'Le corps n’est pas du JSON valide.',
      hint: 'Envoyez du JSON avec content-type: application/json.',
    },
    sv: {
      message: 'Innehållet är inte giltig JSON.',
      hint: 'Skicka JSON med content-type: application/json.',
    },
  },
  notJsonAt: (character: string) => ({
    en: {
      message: `The body is not valid JSON: it breaks at character ${character}.`,
      hint: 'Send JSON with content-type: application/json.',
    },
    fr: {
      message: `Le corps n’est pas du JSON valide\u00a0: il se rompt au caractère ${character}.`,
      hint: 'Envoyez du JSON avec content-type: application/json.',
    },
    sv: {
      message: `Innehållet är inte giltig JSON: det brister vid tecken ${character}.`,
      hint: 'Skicka JSON med content-type: application/json.',
    },
  }),
  internal: {
    en: {
      message: 'Something failed inside Kulning; the log has the details under this request id.',
      hint: 'Try again; if it stays, tell the operator the request id.',
    },
    fr: {
      message:
        'Une erreur s’est produite dans Kulning\u00a0; le journal en donne le détail sous cet identifiant de requête.',
      hint: 'Réessayez\u00a0; si cela persiste, transmettez l’identifiant de requête à l’exploitant.',
    },
    sv: {
      message: 'Något gick fel i Kulning; loggen har detaljerna under anropets id.',
      hint: 'Försök igen; om felet kvarstår, ge driftansvarig anropets id.',
    },
  },
  gatewayDown: {
    en: {
      message: 'The gateway is not running.',
      hint: '`kulning status` tells why; it is restarted by itself.',
    },
    fr: {
      message: 'La passerelle ne tourne pas.',
      hint: '`kulning status` dit pourquoi\u00a0; elle redémarre d’elle-même.',
    },
    sv: {
      message: 'Gatewayen kör inte.',
      hint: '`kulning status` säger varför; den startas om av sig själv.',
    },
  },
  portTaken: (address: string, setting: string) => ({
    en: {
      message: `${address} is taken by another program.`,
      hint: `Stop that program, or set ${setting} to a free port (0 picks one).`,
    },
    fr: {
      message: `${address} est pris par un autre programme.`,
      hint: `Arrêtez ce programme, ou donnez à ${setting} un port libre (0 en choisit un).`,
    },
    sv: {
      message: `${address} är upptagen av ett annat program.`,
      hint: `Stoppa det programmet, eller sätt ${setting} till en ledig port (0 väljer en).`,
    },
  }),
  portRefused: (address: string, reason: string, setting: string) => ({
    en: {
      message: `Cannot listen on ${address} (${reason}).`,
      hint: `Set ${setting} to an address and port of this machine that you may use (0 picks a free port).`,
    },
    fr: {
      message: `Impossible d’écouter sur ${address} (${reason}).`,
      hint: `Donnez à ${setting} une adresse et un port de cette machine que vous pouvez utiliser (0 choisit un port libre).`,
    },
    sv: {
      message: `Det går inte att lyssna på ${address} (${reason}).`,
      hint: `Sätt ${setting} till en adress och port på den här maskinen som du får använda (0 väljer en ledig port).`,
    },
  }),
} satisfies WordTable;
