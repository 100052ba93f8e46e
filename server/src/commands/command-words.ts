import type { WordTable } from '@kulning/sdk';

/** What `status`, `down`, `config`, `restore` and `move` say. */
export const commandWords = {
  unknownCommand: (name: string) => ({
    en: { message: `There is no command “${name}”.` },
    fr: { message: `La commande «\u00a0${name}\u00a0» n’existe pas.` },
    sv: { message: `Kommandot ”${name}” finns inte.` },
  }),
  unknownRole: (name: string) => ({
    en: { message: `There is no role “${name}”.`, hint: '`kulning serve --role control|gateway|worker`' },
    fr: {
      message: `Le rôle «\u00a0${name}\u00a0» n’existe pas.`,
      hint: '`kulning serve --role control|gateway|worker`',
    },
    sv: { message: `Rollen ”${name}” finns inte.`, hint: '`kulning serve --role control|gateway|worker`' },
  }),
  notBuilt: (engine: string) => ({
    en: {
      message: `Kulning does not build “${engine}”: the source of llama-server is the only one that comes with it.`,
      hint: '`kulning engines build llama-server`. Any other server is connected by its address: `kulning models add --source http://…/v1`.',
    },
    fr: {
      message: `Kulning ne compile pas «\u00a0${engine}\u00a0»\u00a0: seul le code source de llama-server est fourni avec lui.`,
      hint: '`kulning engines build llama-server`. Tout autre serveur se connecte par son adresse\u00a0: `kulning models add --source http://…/v1`.',
    },
    sv: {
      message: `Kulning bygger inte ”${engine}”: bara källkoden till llama-server följer med.`,
      hint: '`kulning engines build llama-server`. Varje annan server ansluts med sin adress: `kulning models add --source http://…/v1`.',
    },
  }),
  buildWhat: {
    en: { message: 'Which engine is to be built?', hint: '`kulning engines build llama-server`' },
    fr: { message: 'Quel moteur faut-il compiler\u00a0?', hint: '`kulning engines build llama-server`' },
    sv: { message: 'Vilken motor ska byggas?', hint: '`kulning engines build llama-server`' },
  },
  notRunning: (home: string) => ({
    en: { message: `Kulning is not running on ${home}.`, hint: '`kulning up` starts it.' },
    fr: { message: `Kulning ne tourne pas sur ${home}.`, hint: '`kulning up` le démarre.' },
    sv: { message: `Kulning körs inte på ${home}.`, hint: '`kulning up` startar den.' },
  }),
  console: { en: 'console', fr: 'console', sv: 'konsol' },
  gateway: { en: 'gateway', fr: 'passerelle', sv: 'gateway' },
  since: { en: 'since', fr: 'depuis', sv: 'sedan' },
  home: { en: 'state', fr: 'état', sv: 'tillstånd' },
  keys: { en: 'keys', fr: 'clés', sv: 'nycklar' },
  claim: { en: 'claim', fr: 'prise de possession', sv: 'ta över' },
  starting: { en: 'starting', fr: 'démarre', sv: 'startar' },
  ready: { en: 'ready', fr: 'prêt', sv: 'redo' },
  notReady: (status: number) => ({
    en: `not ready (${status})`,
    fr: `pas prêt (${status})`,
    sv: `inte redo (${status})`,
  }),
  silent: { en: 'does not answer', fr: 'ne répond pas', sv: 'svarar inte' },
  confirmPurge: (home: string, keys: string) => ({
    en: {
      message: `--purge removes ${home} and ${keys}: every record, every key, for good.`,
      hint: 'Say `kulning down --purge --yes` if that is what you want; `kulning backup` first if not.',
    },
    fr: {
      message: `--purge supprime ${home} et ${keys}\u00a0: chaque enregistrement, chaque clé, définitivement.`,
      hint: 'Lancez `kulning down --purge --yes` si c’est ce que vous voulez\u00a0; sinon, d’abord `kulning backup`.',
    },
    sv: {
      message: `--purge tar bort ${home} och ${keys}: varje post, varje nyckel, för gott.`,
      hint: 'Kör `kulning down --purge --yes` om det är vad du vill; annars `kulning backup` först.',
    },
  }),
  slowStop: (pid: number, seconds: number) => ({
    en: {
      message: `Kulning (pid ${pid}) has not stopped within ${seconds} s.`,
      hint: 'Look at the end of log/kulning.log; streams that never end can hold it.',
    },
    fr: {
      message: `Kulning (pid ${pid}) ne s’est pas arrêté en ${seconds} s.`,
      hint: 'Regardez la fin de log/kulning.log\u00a0; des flux sans fin peuvent le retenir.',
    },
    sv: {
      message: `Kulning (pid ${pid}) har inte stannat inom ${seconds} s.`,
      hint: 'Se slutet av log/kulning.log; strömmar som aldrig tar slut kan hålla kvar den.',
    },
  }),
  stopped: { en: 'Kulning has stopped.', fr: 'Kulning est arrêté.', sv: 'Kulning har stannat.' },
  wasNotRunning: {
    en: 'Kulning was not running.',
    fr: 'Kulning ne tournait pas.',
    sv: 'Kulning kördes inte.',
  },
  purged: (home: string, keys: string) => ({
    en: `${home} and ${keys} are removed.`,
    fr: `${home} et ${keys} sont supprimés.`,
    sv: `${home} och ${keys} är borttagna.`,
  }),
  restoreUsage: {
    en: {
      message: 'The folder of the backup is missing.',
      hint: '`kulning restore FOLDER`: FOLDER is what `kulning backup create` made.',
    },
    fr: {
      message: 'Il manque le dossier de la sauvegarde.',
      hint: '`kulning restore DOSSIER`\u00a0: DOSSIER est ce que `kulning backup create` a fait.',
    },
    sv: {
      message: 'Säkerhetskopians mapp saknas.',
      hint: '`kulning restore MAPP`: MAPP är det som `kulning backup create` gjorde.',
    },
  },
  moveUsage: {
    en: {
      message: 'The address of the new database is missing.',
      hint: '`kulning move --to URL`: URL is postgresql://user@host/database of PostgreSQL 15 or newer.',
    },
    fr: {
      message: 'Il manque l’adresse de la nouvelle base de données.',
      hint: '`kulning move --to URL`\u00a0: URL est postgresql://utilisateur@hôte/base d’un PostgreSQL 15 ou plus récent.',
    },
    sv: {
      message: 'Adressen till den nya databasen saknas.',
      hint: '`kulning move --to URL`: URL är postgresql://användare@värd/databas på PostgreSQL 15 eller nyare.',
    },
  },
  restored: (madeAt: string) => ({
    en: `The backup of ${madeAt} is restored.`,
    fr: `La sauvegarde du ${madeAt} est restaurée.`,
    sv: `Säkerhetskopian från ${madeAt} är återställd.`,
  }),
  erasuresReplayed: (count: number) => ({
    en: `Erasures replayed: ${count}`,
    fr: `Effacements rejoués\u00a0: ${count}`,
    sv: `Raderingar gjorda på nytt: ${count}`,
  }),
  migrationsApplied: (count: number) => ({
    en: `Migrations applied: ${count}`,
    fr: `Migrations appliquées\u00a0: ${count}`,
    sv: `Migreringar körda: ${count}`,
  }),
  moved: (tables: number, rows: number) => ({
    en: `Moved and compared: ${tables} tables, ${rows} rows.`,
    fr: `Déplacées et comparées\u00a0: ${tables} tables, ${rows} lignes.`,
    sv: `Flyttat och jämfört: ${tables} tabeller, ${rows} rader.`,
  }),
  fromNowOn: (url: string) => ({
    en: `From now on: KULNING_DATABASE_URL='${url}' kulning up`,
    fr: `Désormais\u00a0: KULNING_DATABASE_URL='${url}' kulning up`,
    sv: `Från och med nu: KULNING_DATABASE_URL='${url}' kulning up`,
  }),
} satisfies WordTable;
