import type { WordTable } from '@kulning/sdk';

export const proofWords = {
  noLogOpen: {
    en: {
      message: 'No log is open yet, so nothing can be recorded.',
      hint: 'Start a control process: it opens the log.',
    },
    fr: {
      message: 'Aucun registre n’est encore ouvert\u00a0: rien ne peut être inscrit.',
      hint: 'Démarrez un processus control\u00a0: il ouvre le registre.',
    },
    sv: {
      message: 'Ingen loggbok är öppen än, så inget kan skrivas in.',
      hint: 'Starta en control-process: den öppnar loggboken.',
    },
  },
  logUnknown: (origin: string) => ({
    en: {
      message: `There is no log ${origin}.`,
      hint: '`kulning ledger status` lists the logs of this instance.',
    },
    fr: {
      message: `Le registre ${origin} n’existe pas.`,
      hint: '`kulning ledger status` donne la liste des registres de cette instance.',
    },
    sv: {
      message: `Det finns ingen loggbok ${origin}.`,
      hint: '`kulning ledger status` listar instansens loggböcker.',
    },
  }),
  noSuchSize: (from: number, to: number, size: number) => ({
    en: {
      message: `There is no proof from ${from} to ${to}: the log has ${size} entries.`,
      hint: 'Choose 0 <= from <= to <= size.',
    },
    fr: {
      message: `Il n’y a pas de preuve de ${from} à ${to}\u00a0: le registre compte ${size} entrées.`,
      hint: 'Choisissez 0 <= from <= to <= taille.',
    },
    sv: {
      message: `Det finns inget bevis från ${from} till ${to}: loggboken har ${size} poster.`,
      hint: 'Välj 0 <= from <= to <= storleken.',
    },
  }),
  keyMissing: (path: string) => ({
    en: {
      message: `The log’s key folder lacks ${path}.`,
      hint: 'Restore the key folder from your own copy of it. A new key would not be the one that people pinned.',
    },
    fr: {
      message: `Il manque ${path} dans le dossier des clés du registre.`,
      hint: 'Restaurez le dossier des clés depuis votre propre copie. Une nouvelle clé ne serait pas celle que d’autres ont épinglée.',
    },
    sv: {
      message: `Loggbokens nyckelmapp saknar ${path}.`,
      hint: 'Återställ nyckelmappen från din egen kopia. En ny nyckel vore inte den som andra har fäst.',
    },
  }),
  keyExposed: (path: string) => ({
    en: { message: `Other users of this machine can read ${path}.`, hint: `Run \`chmod 600 ${path}\`.` },
    fr: {
      message: `D’autres utilisateurs de cette machine peuvent lire ${path}.`,
      hint: `Lancez \`chmod 600 ${path}\`.`,
    },
    sv: { message: `Andra användare på maskinen kan läsa ${path}.`, hint: `Kör \`chmod 600 ${path}\`.` },
  }),
  receiptUnknown: (id: string) => ({
    en: {
      message: `There is no receipt ${id} in this organisation.`,
      hint: 'A call that was answered a moment ago can take a second to arrive; else check the id.',
    },
    fr: {
      message: `Le reçu ${id} n’existe pas dans cette organisation.`,
      hint: 'Un appel tout juste terminé peut mettre une seconde à arriver\u00a0; sinon, vérifiez l’identifiant.',
    },
    sv: {
      message: `Det finns inget kvitto ${id} i den här organisationen.`,
      hint: 'Ett anrop som just besvarats kan dröja en sekund; kontrollera annars id.',
    },
  }),
  evidenceEmpty: {
    en: { message: 'No receipt is in this period.', hint: 'Choose another period.' },
    fr: { message: 'Aucun reçu dans cette période.', hint: 'Choisissez une autre période.' },
    sv: { message: 'Inget kvitto finns i perioden.', hint: 'Välj en annan period.' },
  },
  evidenceTooLong: (most: number) => ({
    en: {
      message: `More than ${most} receipts are in this period.`,
      hint: 'Export a shorter period, several times.',
    },
    fr: {
      message: `Plus de ${most} reçus sont dans cette période.`,
      hint: 'Exportez une période plus courte, en plusieurs fois.',
    },
    sv: {
      message: `Fler än ${most} kvitton finns i perioden.`,
      hint: 'Exportera en kortare period, flera gånger.',
    },
  }),
  cursorWrong: {
    en: {
      message: 'The cursor is not one that this list gave.',
      hint: 'Use `next` of the page before as it is, or leave it out.',
    },
    fr: {
      message: 'Ce curseur ne vient pas de cette liste.',
      hint: 'Reprenez tel quel le `next` de la page précédente, ou omettez-le.',
    },
    sv: {
      message: 'Markören kommer inte från den här listan.',
      hint: 'Använd `next` från förra sidan som det är, eller utelämna den.',
    },
  },
  witnessKeyInvalid: {
    en: {
      message: 'This is not a cosigning key of one witness.',
      hint: 'Copy the lines that `kulning witness` printed, each as one key: name+hash+key.',
    },
    fr: {
      message: 'Ce n’est pas une clé de cosignature d’un seul témoin.',
      hint: 'Copiez les lignes affichées par `kulning witness`, chacune comme une clé\u00a0: name+hash+key.',
    },
    sv: {
      message: 'Det här är inte en medsigneringsnyckel från ett enda vittne.',
      hint: 'Kopiera raderna som `kulning witness` skrev ut, var och en som en nyckel: name+hash+key.',
    },
  },
  witnessExists: (name: string) => ({
    en: {
      message: `There is a witness ${name} already.`,
      hint: `To change its address, remove it first: \`kulning witnesses remove ${name}\``,
    },
    fr: {
      message: `Il y a déjà un témoin ${name}.`,
      hint: `Pour changer son adresse, retirez-le d’abord\u00a0: \`kulning witnesses remove ${name}\``,
    },
    sv: {
      message: `Det finns redan ett vittne ${name}.`,
      hint: `Ta först bort det för att ändra adressen: \`kulning witnesses remove ${name}\``,
    },
  }),
  witnessUnknown: (name: string) => ({
    en: { message: `There is no witness ${name}.`, hint: '`kulning witnesses list` shows those there are.' },
    fr: {
      message: `Le témoin ${name} n’existe pas.`,
      hint: '`kulning witnesses list` donne la liste de ceux qui existent.',
    },
    sv: { message: `Det finns inget vittne ${name}.`, hint: '`kulning witnesses list` visar dem som finns.' },
  }),
  wrongLogKeys: (owner: string, instance: string) => ({
    en: {
      message: `The ledger is that of ${owner}, and the keys in KULNING_KEYS/log are those of ${instance}.`,
      hint: 'Restore KULNING_KEYS/log from your own copy of it. New keys would not be the ones that people pinned.',
    },
    fr: {
      message: `Le registre est celui de ${owner}, et les clés dans KULNING_KEYS/log sont celles de ${instance}.`,
      hint: 'Restaurez KULNING_KEYS/log depuis votre propre copie. De nouvelles clés ne seraient pas celles que d’autres ont épinglées.',
    },
    sv: {
      message: `Loggboken är den för ${owner}, och nycklarna i KULNING_KEYS/log är de för ${instance}.`,
      hint: 'Återställ KULNING_KEYS/log från din egen kopia. Nya nycklar vore inte de som andra har sparat.',
    },
  }),
} satisfies WordTable;
