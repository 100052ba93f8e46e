import type { WordTable } from '@kulning/sdk';

/** What PostgreSQL refused, by kind of SQLSTATE. The state and the names of schema objects stand behind, in brackets. */
export const sqlErrorWords = {
  unreachable: {
    en: {
      message: 'The database does not answer.',
      hint: 'Try again in a moment. `kulning doctor` says whether PostgreSQL runs and can be reached.',
    },
    fr: {
      message: 'La base de données ne répond pas.',
      hint: 'Réessayez dans un instant. `kulning doctor` dit si PostgreSQL tourne et peut être joint.',
    },
    sv: {
      message: 'Databasen svarar inte.',
      hint: 'Försök igen om en stund. `kulning doctor` säger om PostgreSQL kör och går att nå.',
    },
  },
  duplicate: {
    en: { message: 'Such a row exists already.' },
    fr: { message: 'Une telle ligne existe déjà.' },
    sv: { message: 'En sådan rad finns redan.' },
  },
  reference: {
    en: { message: 'Another row refers to it, or what it refers to is gone.' },
    fr: { message: 'Une autre ligne s’y réfère, ou ce à quoi elle se réfère n’existe plus.' },
    sv: { message: 'En annan rad hänvisar till den, eller så är det som den hänvisar till borta.' },
  },
  check: {
    en: { message: 'A value is outside what the database permits.' },
    fr: { message: 'Une valeur sort de ce que la base de données permet.' },
    sv: { message: 'Ett värde ligger utanför vad databasen tillåter.' },
  },
  changesMet: {
    en: { message: 'Two changes met.', hint: 'Try again.' },
    fr: { message: 'Deux modifications se sont croisées.', hint: 'Réessayez.' },
    sv: { message: 'Två ändringar möttes.', hint: 'Försök igen.' },
  },
  changesWaited: {
    en: { message: 'Two changes waited for each other.', hint: 'Try again.' },
    fr: { message: 'Deux modifications s’attendaient l’une l’autre.', hint: 'Réessayez.' },
    sv: { message: 'Två ändringar väntade på varandra.', hint: 'Försök igen.' },
  },
  denied: {
    en: { message: 'The database role may not do that.' },
    fr: { message: 'Le rôle de base de données n’en a pas le droit.' },
    sv: { message: 'Databasrollen får inte göra det.' },
  },
  tooSlow: {
    en: { message: 'The database took too long.', hint: 'Try again.' },
    fr: { message: 'La base de données a mis trop de temps.', hint: 'Réessayez.' },
    sv: { message: 'Databasen tog för lång tid.', hint: 'Försök igen.' },
  },
  locked: {
    en: { message: 'A lock was not free in time.', hint: 'Try again.' },
    fr: { message: 'Un verrou n’a pas été libéré à temps.', hint: 'Réessayez.' },
    sv: { message: 'Ett lås blev inte ledigt i tid.', hint: 'Försök igen.' },
  },
  diskFull: {
    en: {
      message: 'The disk of the database is full.',
      hint: 'Free space on the disk that holds PostgreSQL.',
    },
    fr: {
      message: 'Le disque de la base de données est plein.',
      hint: 'Libérez de l’espace sur le disque qui porte PostgreSQL.',
    },
    sv: {
      message: 'Databasens disk är full.',
      hint: 'Frigör utrymme på disken som rymmer PostgreSQL.',
    },
  },
  noConnection: {
    en: {
      message: 'The database has no connection free.',
      hint: 'Raise max_connections, or run fewer processes.',
    },
    fr: {
      message: 'La base de données n’a plus de connexion libre.',
      hint: 'Augmentez max_connections, ou lancez moins de processus.',
    },
    sv: {
      message: 'Databasen har ingen ledig anslutning.',
      hint: 'Höj max_connections, eller kör färre processer.',
    },
  },
  login: {
    en: {
      message: 'The database refuses the login.',
      hint: 'Check user and password in KULNING_DATABASE_URL, and pg_hba.conf.',
    },
    fr: {
      message: 'La base de données refuse la connexion de cet utilisateur.',
      hint: 'Vérifiez l’utilisateur et le mot de passe dans KULNING_DATABASE_URL, et pg_hba.conf.',
    },
    sv: {
      message: 'Databasen nekar inloggningen.',
      hint: 'Kontrollera användare och lösenord i KULNING_DATABASE_URL, och pg_hba.conf.',
    },
  },
  missing: {
    en: {
      message: 'The server has no such database.',
      hint: 'Create it as docs/operations/postgresql.md says.',
    },
    fr: {
      message: 'Le serveur n’a pas de base de données de ce nom.',
      hint: 'Créez-la comme l’indique docs/operations/postgresql.md.',
    },
    sv: {
      message: 'Servern har ingen sådan databas.',
      hint: 'Skapa den som docs/operations/postgresql.md beskriver.',
    },
  },
  value: {
    en: { message: 'The database does not take that value.' },
    fr: { message: 'La base de données n’accepte pas cette valeur.' },
    sv: { message: 'Databasen tar inte emot det värdet.' },
  },
  failed: {
    en: { message: 'A database statement failed.' },
    fr: { message: 'Une instruction de base de données a échoué.' },
    sv: { message: 'En databassats misslyckades.' },
  },
} satisfies WordTable;

/** The kinds of schema object that an error may name. */
export const schemaObjectWords = {
  table: (name: string) => ({ en: `table ${name}`, fr: `table ${name}`, sv: `tabell ${name}` }),
  column: (name: string) => ({ en: `column ${name}`, fr: `colonne ${name}`, sv: `kolumn ${name}` }),
  constraint: (name: string) => ({
    en: `constraint ${name}`,
    fr: `contrainte ${name}`,
    sv: `villkor ${name}`,
  }),
} satisfies WordTable;
