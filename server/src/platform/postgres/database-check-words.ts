import type { WordTable } from '@kulning/sdk';

export const databaseCheckTitles = {
  program: { en: 'database program', fr: 'programme de la base', sv: 'databasprogram' },
  user: { en: 'database user', fr: 'utilisateur de la base', sv: 'databasanvändare' },
  folder: { en: 'database folder', fr: 'dossier de la base', sv: 'databasmapp' },
  disk: { en: 'database disk', fr: 'disque de la base', sv: 'databasdisk' },
  socket: { en: 'database socket', fr: 'socket de la base', sv: 'databasuttag' },
  server: { en: 'database server', fr: 'serveur de la base', sv: 'databasserver' },
  roles: { en: 'database roles', fr: 'rôles de la base', sv: 'databasroller' },
  login: { en: 'database login', fr: 'connexion à la base', sv: 'databasinloggning' },
  clock: { en: 'database clock', fr: 'horloge de la base', sv: 'databasklocka' },
  log: { en: 'database log', fr: 'journal de la base', sv: 'databaslogg' },
  schema: { en: 'database schema', fr: 'schéma de la base', sv: 'databasschema' },
} satisfies WordTable;

export const databaseCheckWords = {
  inFolder: (folder: string) => ({ en: `in ${folder}`, fr: `dans ${folder}`, sv: `i ${folder}` }),
  notRunning: {
    en: 'not running; `kulning up` starts it',
    fr: 'arrêté\u00a0; `kulning up` le démarre',
    sv: 'kör inte; `kulning up` startar den',
  },
  embedded: (version: string) => ({
    en: `PostgreSQL ${version}, embedded`,
    fr: `PostgreSQL ${version}, intégré`,
    sv: `PostgreSQL ${version}, inbyggd`,
  }),
  asStarter: {
    en: 'as the user who starts Kulning',
    fr: 'sous l’utilisateur qui démarre Kulning',
    sv: 'som användaren som startar Kulning',
  },
  asNobody: {
    en: 'as nobody, in a user namespace of its own',
    fr: 'sous nobody, dans un espace de noms utilisateur à part',
    sv: 'som nobody, i en egen användarnamnrymd',
  },
  asUid: (uid: number) => ({ en: `as uid ${uid}`, fr: `sous l’uid ${uid}`, sv: `som uid ${uid}` }),
  madeAtStart: (folder: string) => ({
    en: `${folder} (made at the first start)`,
    fr: `${folder} (créé au premier démarrage)`,
    sv: `${folder} (skapas vid första starten)`,
  }),
  closeFolder: (folder: string) => ({
    en: `chmod 700 ${folder}: whoever reaches the socket is the database’s administrator.`,
    fr: `chmod 700 ${folder}\u00a0: quiconque atteint la socket administre la base de données.`,
    sv: `chmod 700 ${folder}: den som når uttaget administrerar databasen.`,
  }),
  free: (gib: string) => ({ en: `${gib} GiB free`, fr: `${gib} Gio libres`, sv: `${gib} GiB ledigt` }),
  freeDisk: {
    en: 'Free at least 1 GiB on the disk of KULNING_HOME: PostgreSQL stops when it is full.',
    fr: 'Libérez au moins 1 Gio sur le disque de KULNING_HOME\u00a0: PostgreSQL s’arrête quand il est plein.',
    sv: 'Frigör minst 1 GiB på disken med KULNING_HOME: PostgreSQL stannar när den är full.',
  },
  answers: (version: string) => ({
    en: `PostgreSQL ${version} answers`,
    fr: `PostgreSQL ${version} répond`,
    sv: `PostgreSQL ${version} svarar`,
  }),
  superuser: (login: string) => ({
    en: `${login} is a superuser`,
    fr: `${login} est superutilisateur`,
    sv: `${login} är superanvändare`,
  }),
  ordinaryLogin: {
    en: 'Let Kulning log in as a user with the three roles only: docs/operations/postgresql.md has the SQL.',
    fr: 'Connectez Kulning avec un utilisateur qui n’a que les trois rôles\u00a0: docs/operations/postgresql.md donne le SQL.',
    sv: 'Låt Kulning logga in som en användare med bara de tre rollerna: docs/operations/postgresql.md har SQL-satserna.',
  },
  apart: (ms: number) => ({ en: `${ms} ms apart`, fr: `${ms} ms d’écart`, sv: `skiljer ${ms} ms` }),
  setClocks: {
    en: 'Set the clocks of both machines by NTP.',
    fr: 'Réglez par NTP les horloges des deux machines.',
    sv: 'Ställ båda maskinernas klockor med NTP.',
  },
  noParameters: {
    en: 'holds no parameters',
    fr: 'ne contient pas de paramètres',
    sv: 'innehåller inga parametrar',
  },
  logsStatements: (setting: string) => ({
    en: `log_statement is ${setting}`,
    fr: `log_statement vaut ${setting}`,
    sv: `log_statement är ${setting}`,
  }),
  quietLog: {
    en: 'Set log_statement = none, or log_parameter_max_length = 0: identifiers must not reach the server log.',
    fr: 'Mettez log_statement = none, ou log_parameter_max_length = 0\u00a0: aucun identifiant ne doit atteindre le journal du serveur.',
    sv: 'Sätt log_statement = none, eller log_parameter_max_length = 0: inga personuppgifter får nå serverns logg.',
  },
  seeLog: {
    en: 'The log in KULNING_HOME/log says more.',
    fr: 'Le journal dans KULNING_HOME/log en dit plus.',
    sv: 'Loggen i KULNING_HOME/log säger mer.',
  },
  ofRelease: (release: string) => ({ en: `of ${release}`, fr: `de ${release}`, sv: `från ${release}` }),
} satisfies WordTable;
