import type { Localized, WordTable } from '@kulning/sdk';

import type { SettingPath } from './config.ts';

/** What each setting is; one without words does not compile. */
export const settingWords: Readonly<Record<SettingPath, Localized<string>>> = {
  home: {
    en: 'State: database, sockets, spool, blobs, logs',
    fr: 'État\u00a0: base de données, sockets, journal d’appels, blobs, journaux',
    sv: 'Tillstånd: databas, uttag, anropsjournal, blobbar, loggar',
  },
  keys: {
    en: 'Encryption and signing keys; must lie outside home',
    fr: 'Clés de chiffrement et de signature\u00a0; doit se trouver hors de home',
    sv: 'Krypterings- och signeringsnycklar; måste ligga utanför home',
  },
  site: {
    en: 'The site that the processes of this machine stand in',
    fr: 'Le site où se trouvent les processus de cette machine',
    sv: 'Anläggningen som maskinens processer står i',
  },
  language: {
    en: 'Language of messages where nobody has chosen one; the terminal’s if left out',
    fr: 'Langue des messages quand personne n’en a choisi\u00a0; à défaut, celle du terminal',
    sv: 'Meddelandenas språk när ingen har valt något; annars terminalens',
  },
  'database.url': {
    en: 'Your PostgreSQL 15+; without it Kulning runs its own',
    fr: 'Votre PostgreSQL 15+\u00a0; sans lui, Kulning fait tourner le sien',
    sv: 'Din PostgreSQL 15+; utan den kör Kulning sin egen',
  },
  'database.poolSize': {
    en: 'Connections per process',
    fr: 'Connexions par processus',
    sv: 'Anslutningar per process',
  },
  'control.host': {
    en: 'Address of the admin API and the console',
    fr: 'Adresse de l’API d’administration et de la console',
    sv: 'Adress för administrations-API:et och konsolen',
  },
  'control.port': {
    en: 'Port of the admin API and the console',
    fr: 'Port de l’API d’administration et de la console',
    sv: 'Port för administrations-API:et och konsolen',
  },
  'control.publicUrl': {
    en: 'How browsers reach the console, when not at host and port',
    fr: 'Comment les navigateurs atteignent la console, si ce n’est par host et port',
    sv: 'Hur webbläsare når konsolen, när det inte är via host och port',
  },
  'control.maxBodyBytes': {
    en: 'Largest request to the admin API',
    fr: 'Plus grande requête à l’API d’administration',
    sv: 'Största anrop till administrations-API:et',
  },
  'gateway.host': {
    en: 'Address of the OpenAI-compatible API',
    fr: 'Adresse de l’API compatible OpenAI',
    sv: 'Adress för det OpenAI-kompatibla API:et',
  },
  'gateway.port': {
    en: 'Port of the OpenAI-compatible API',
    fr: 'Port de l’API compatible OpenAI',
    sv: 'Port för det OpenAI-kompatibla API:et',
  },
  'gateway.maxBodyBytes': {
    en: 'Largest inference request',
    fr: 'Plus grande requête d’inférence',
    sv: 'Största inferensanrop',
  },
  'gateway.maxFileBytes': {
    en: 'Largest file that can be uploaded',
    fr: 'Plus grand fichier que l’on peut envoyer',
    sv: 'Största fil som kan laddas upp',
  },
  'gateway.spoolBytes': {
    en: 'Disk reserved for calls not yet in the database',
    fr: 'Disque réservé aux appels qui ne sont pas encore dans la base de données',
    sv: 'Diskutrymme för anrop som ännu inte finns i databasen',
  },
  'worker.host': {
    en: 'Address of a worker’s /healthz, /readyz and /metrics',
    fr: 'Adresse de /healthz, /readyz et /metrics d’un worker',
    sv: 'Adress för en workers /healthz, /readyz och /metrics',
  },
  'worker.port': {
    en: 'Port of a worker’s /healthz, /readyz and /metrics; 0 picks a free one',
    fr: 'Port de /healthz, /readyz et /metrics d’un worker\u00a0; 0 en choisit un libre',
    sv: 'Port för en workers /healthz, /readyz och /metrics; 0 väljer en ledig',
  },
  'outbound.allowedHosts': {
    en: 'Hosts that Kulning itself may connect to, for models; addresses and networks too',
    fr: 'Hôtes auxquels Kulning peut lui-même se connecter, pour des modèles\u00a0; adresses et réseaux aussi',
    sv: 'Värdar som Kulning självt får ansluta till, för modeller; även adresser och nät',
  },
  'engines.llamaServer.binary': {
    en: 'A llama-server program; without it, the one that `kulning engines build llama-server` made',
    fr: 'Un programme llama-server\u00a0; à défaut, celui que `kulning engines build llama-server` a compilé',
    sv: 'Ett llama-server-program; annars det som `kulning engines build llama-server` byggde',
  },
  'models.hub': {
    en: 'Where organisation/repository/file.gguf is looked up; its host must be allowed too',
    fr: 'Où chercher organisation/dépôt/fichier.gguf\u00a0; son hôte doit aussi être autorisé',
    sv: 'Var organisation/arkiv/fil.gguf slås upp; även dess värd måste vara tillåten',
  },
  'models.maxFileBytes': {
    en: 'Largest model file that is fetched',
    fr: 'Plus grand fichier de modèle téléchargé',
    sv: 'Största modellfil som hämtas',
  },
  'backup.folder': {
    en: 'Where backups go; another disk is safer. Without it: in home',
    fr: 'Où vont les sauvegardes\u00a0; un autre disque est plus sûr. À défaut\u00a0: dans home',
    sv: 'Var säkerhetskopior hamnar; en annan disk är säkrare. Annars: i home',
  },
  'backup.keepDays': {
    en: 'Days after which backups are removed, but never the newest; without it they stay',
    fr: 'Jours après lesquels les sauvegardes sont supprimées, jamais la plus récente\u00a0; à défaut, elles restent',
    sv: 'Dagar tills säkerhetskopior tas bort, men aldrig den nyaste; annars blir de kvar',
  },
  'usage.keepDays': {
    en: 'Days that hourly usage and refusals are kept; the calls themselves stay',
    fr: 'Jours pendant lesquels l’utilisation par heure et les refus sont gardés\u00a0; les appels eux-mêmes restent',
    sv: 'Dagar som användning per timme och avslag sparas; själva anropen blir kvar',
  },
  'telemetry.endpoint': {
    en: 'OTLP/HTTP receiver of traces, as http://collector:4318; its host must be allowed too. Without it: none',
    fr: 'Récepteur OTLP/HTTP de traces, comme http://collector:4318\u00a0; son hôte doit aussi être autorisé. À défaut\u00a0: aucun',
    sv: 'OTLP/HTTP-mottagare av spår, som http://collector:4318; även dess värd måste vara tillåten. Annars: ingen',
  },
  'telemetry.authorization': {
    en: 'Authorization header for that receiver',
    fr: 'En-tête Authorization pour ce récepteur',
    sv: 'Authorization-huvud till den mottagaren',
  },
  'telemetry.sampleRatio': {
    en: 'Part of the answered calls that is traced, from 0 to 1; a caller’s own trace decides for itself',
    fr: 'Part des appels aboutis qui est tracée, de 0 à 1\u00a0; la trace d’un appelant décide pour elle-même',
    sv: 'Andel av besvarade anrop som spåras, från 0 till 1; en anropares eget spår avgör själv',
  },
  'telemetry.timeoutMs': {
    en: 'Milliseconds that one export may take',
    fr: 'Millisecondes que peut durer un envoi',
    sv: 'Millisekunder som en sändning får ta',
  },
  'telemetry.queueSpans': {
    en: 'Spans that wait in memory for the receiver; further ones are dropped and counted',
    fr: 'Spans qui attendent le récepteur en mémoire\u00a0; les suivants sont abandonnés et comptés',
    sv: 'Span som väntar på mottagaren i minnet; ytterligare kastas och räknas',
  },
  sites: {
    en: 'Sites beside this machine',
    fr: 'Sites autres que cette machine',
    sv: 'Anläggningar utöver den här maskinen',
  },
};

export const configWords = {
  keysInside: (keys: string, home: string) => ({
    en: {
      message: `The keys (${keys}) lie inside the state that they protect (${home}).`,
      hint: 'Set KULNING_KEYS to a folder outside KULNING_HOME, so that a copy of one is useless without the other.',
    },
    fr: {
      message: `Les clés (${keys}) se trouvent dans l’état qu’elles protègent (${home}).`,
      hint: 'Placez KULNING_KEYS dans un dossier hors de KULNING_HOME, pour qu’une copie de l’un ne serve à rien sans l’autre.',
    },
    sv: {
      message: `Nycklarna (${keys}) ligger i det tillstånd som de skyddar (${home}).`,
      hint: 'Sätt KULNING_KEYS till en mapp utanför KULNING_HOME, så att en kopia av den ena är värdelös utan den andra.',
    },
  }),
  unreadable: (file: string) => ({
    en: { message: `${file} cannot be read.`, hint: 'Check that it exists and that you may read it.' },
    fr: {
      message: `${file} est illisible.`,
      hint: 'Vérifiez qu’il existe et que vous avez le droit de le lire.',
    },
    sv: { message: `${file} går inte att läsa.`, hint: 'Kontrollera att den finns och att du får läsa den.' },
  }),
  notYaml: (file: string, where: string) => ({
    en: { message: `${file} is not valid YAML: ${where}`, hint: 'Mend that line.' },
    fr: { message: `${file} n’est pas du YAML valide\u00a0: ${where}`, hint: 'Corrigez cette ligne.' },
    sv: { message: `${file} är inte giltig YAML: ${where}`, hint: 'Rätta den raden.' },
  }),
  isSetting: (path: string, description: string) => ({
    en: `${path}: ${description}.`,
    fr: `${path}\u00a0: ${description}.`,
    sv: `${path}: ${description}.`,
  }),
  unknownKey: (name: string) => ({
    en: {
      message: `There is no setting ${name}.`,
      hint: '`kulning config` lists every setting.',
    },
    fr: {
      message: `Le réglage ${name} n’existe pas.`,
      hint: '`kulning config` donne la liste des réglages.',
    },
    sv: {
      message: `Inställningen ${name} finns inte.`,
      hint: '`kulning config` listar alla inställningar.',
    },
  }),
  unknownKeyNear: (name: string, nearest: string) => ({
    en: {
      message: `There is no setting ${name}.`,
      hint: `Did you mean ${nearest}? \`kulning config\` lists every setting.`,
    },
    fr: {
      message: `Le réglage ${name} n’existe pas.`,
      hint: `Vouliez-vous dire ${nearest}\u00a0? \`kulning config\` donne la liste des réglages.`,
    },
    sv: {
      message: `Inställningen ${name} finns inte.`,
      hint: `Menade du ${nearest}? \`kulning config\` listar alla inställningar.`,
    },
  }),
  receiverNotAllowed: (host: string) => ({
    en: {
      message: `Traces are to go to ${host}, which Kulning may not connect to.`,
      hint: 'Add it to KULNING_OUTBOUND_ALLOWED_HOSTS; for a private address, its address or network too.',
    },
    fr: {
      message: `Les traces doivent aller à ${host}, auquel Kulning ne peut pas se connecter.`,
      hint: 'Ajoutez-le à KULNING_OUTBOUND_ALLOWED_HOSTS\u00a0; pour une adresse privée, ajoutez aussi l’adresse ou le réseau.',
    },
    sv: {
      message: `Spår ska skickas till ${host}, som Kulning inte får ansluta till.`,
      hint: 'Lägg till värden i KULNING_OUTBOUND_ALLOWED_HOSTS; för en privat adress även adressen eller nätet.',
    },
  }),
  siteUnknown: (slug: string) => ({
    en: {
      message: `This process stands in the site ${slug}, which does not exist.`,
      hint: 'Set KULNING_SITE to one that `kulning sites list` shows.',
    },
    fr: {
      message: `Ce processus se trouve sur le site ${slug}, qui n’existe pas.`,
      hint: 'Donnez à KULNING_SITE un de ceux que montre `kulning sites list`.',
    },
    sv: {
      message: `Processen står i anläggningen ${slug}, som inte finns.`,
      hint: 'Sätt KULNING_SITE till en som `kulning sites list` visar.',
    },
  }),
} satisfies WordTable;
