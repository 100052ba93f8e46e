import type { WordTable } from '@kulning/sdk';

const decimals = { maximumFractionDigits: 1 };
const en = new Intl.NumberFormat('en-GB', decimals);
const fr = new Intl.NumberFormat('fr-FR', decimals);
const sv = new Intl.NumberFormat('sv-SE', decimals);

export const doctorTitles = {
  node: { en: 'Node', fr: 'Node', sv: 'Node' },
  home: { en: 'state folder', fr: 'dossier d’état', sv: 'tillståndsmapp' },
  keys: { en: 'key folder', fr: 'dossier des clés', sv: 'nyckelmapp' },
  disk: { en: 'disk', fr: 'disque', sv: 'disk' },
  memory: { en: 'memory', fr: 'mémoire', sv: 'minne' },
  clock: { en: 'clock', fr: 'horloge', sv: 'klocka' },
  'control port': { en: 'console port', fr: 'port de la console', sv: 'konsolens port' },
  'gateway port': { en: 'gateway port', fr: 'port de la passerelle', sv: 'gatewayens port' },
  engine: { en: 'engine', fr: 'moteur', sv: 'motor' },
} satisfies WordTable;

export const doctorWords = {
  bringNode: {
    en: 'Start Kulning with `npm start` or `npx kulning up`: both bring Node 24.',
    fr: 'Démarrez Kulning avec `npm start` ou `npx kulning up`\u00a0: les deux apportent Node 24.',
    sv: 'Starta Kulning med `npm start` eller `npx kulning up`: båda har Node 24 med sig.',
  },
  madeAtStart: (folder: string) => ({
    en: `${folder} (made at the first start)`,
    fr: `${folder} (créé au premier démarrage)`,
    sv: `${folder} (skapas vid första starten)`,
  }),
  notWritable: (folder: string, mode: string) => ({
    en: `${folder} (${mode}, not writable)`,
    fr: `${folder} (${mode}, sans droit d’écriture)`,
    sv: `${folder} (${mode}, går inte att skriva i)`,
  }),
  closeFolder: (folder: string) => ({
    en: `chmod 700 ${folder}; chown it to the user who runs Kulning.`,
    fr: `chmod 700 ${folder}\u00a0; donnez-le par chown à l’utilisateur qui lance Kulning.`,
    sv: `chmod 700 ${folder}; ge den med chown till användaren som kör Kulning.`,
  }),
  diskFree: (gib: number, folder: string) => ({
    en: `${en.format(gib)} GiB free at ${folder}`,
    fr: `${fr.format(gib)} Gio libres dans ${folder}`,
    sv: `${sv.format(gib)} GiB ledigt i ${folder}`,
  }),
  freeDisk: {
    en: 'Free at least 2 GiB, or set KULNING_HOME to a larger disk.',
    fr: 'Libérez au moins 2 Gio, ou placez KULNING_HOME sur un disque plus grand.',
    sv: 'Frigör minst 2 GiB, eller lägg KULNING_HOME på en större disk.',
  },
  memoryFree: (available: number, total: number, cores: number) => ({
    en: `${en.format(available)} of ${en.format(total)} GiB available, ${cores} cores`,
    fr: `${fr.format(available)} Gio disponibles sur ${fr.format(total)}, ${cores} cœurs`,
    sv: `${sv.format(available)} av ${sv.format(total)} GiB tillgängligt, ${cores} kärnor`,
  }),
  freeMemory: {
    en: 'Kulning needs about 1.5 GiB beside the models; end something, or take a larger machine.',
    fr: 'Il faut à Kulning environ 1,5 Gio en plus des modèles\u00a0; arrêtez quelque chose, ou prenez une machine plus grande.',
    sv: 'Kulning behöver ungefär 1,5 GiB utöver modellerna; avsluta något, eller ta en större maskin.',
  },
  setClock: {
    en: 'Set the clock; receipts carry the time (timedatectl set-ntp true).',
    fr: 'Réglez l’horloge\u00a0; les reçus portent l’heure (timedatectl set-ntp true).',
    sv: 'Ställ klockan; kvittona bär tiden (timedatectl set-ntp true).',
  },
  portOurs: (address: string) => ({
    en: `${address} (Kulning is running)`,
    fr: `${address} (Kulning tourne)`,
    sv: `${address} (Kulning kör)`,
  }),
  portFree: (address: string) => ({
    en: `${address} is free`,
    fr: `${address} est libre`,
    sv: `${address} är ledig`,
  }),
  portRefused: (address: string, reason: string) => ({
    en: `${address} cannot be listened on: ${reason}`,
    fr: `impossible d’écouter sur ${address}\u00a0: ${reason}`,
    sv: `det går inte att lyssna på ${address}: ${reason}`,
  }),
  freePort: (variable: string) => ({
    en: `Stop the program that holds it, or set ${variable}.`,
    fr: `Arrêtez le programme qui l’occupe, ou définissez ${variable}.`,
    sv: `Stoppa programmet som håller den, eller sätt ${variable}.`,
  }),
  engineWhole: (glibc: string) => ({
    en: `glibc ${glibc}; shipped model present`,
    fr: `glibc ${glibc}\u00a0; modèle livré présent`,
    sv: `glibc ${glibc}; den medföljande modellen finns`,
  }),
  engineWithoutModel: (glibc: string) => ({
    en: `glibc ${glibc}; shipped model missing`,
    fr: `glibc ${glibc}\u00a0; modèle livré absent`,
    sv: `glibc ${glibc}; den medföljande modellen saknas`,
  }),
  engineNeeds: {
    en: 'The local engine needs glibc 2.34 or newer (Debian 12, Ubuntu 22.04) and the model file of the repository.',
    fr: 'Il faut au moteur local glibc 2.34 ou plus récente (Debian 12, Ubuntu 22.04) et le fichier de modèle du dépôt.',
    sv: 'Den lokala motorn behöver glibc 2.34 eller nyare (Debian 12, Ubuntu 22.04) och modellfilen i kodförrådet.',
  },
} satisfies WordTable;
