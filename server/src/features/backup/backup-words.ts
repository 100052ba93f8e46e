import type { WordTable } from '@kulning/sdk';

export const backupWords = {
  notFound: (folder: string, manifest: string) => ({
    en: { message: `${folder} holds no backup.`, hint: `A backup is a folder with ${manifest} in it.` },
    fr: {
      message: `${folder} ne contient pas de sauvegarde.`,
      hint: `Une sauvegarde est un dossier qui contient ${manifest}.`,
    },
    sv: {
      message: `${folder} innehåller ingen säkerhetskopia.`,
      hint: `En säkerhetskopia är en mapp med ${manifest} i.`,
    },
  }),
  unknownFormat: (file: string) => ({
    en: {
      message: `This release does not know the format of ${file}.`,
      hint: 'Restore it with the release that made it, or a newer one.',
    },
    fr: {
      message: `Cette version ne connaît pas le format de ${file}.`,
      hint: 'Restaurez-la avec la version qui l’a faite, ou une plus récente.',
    },
    sv: {
      message: `Den här versionen känner inte till formatet på ${file}.`,
      hint: 'Återställ med versionen som gjorde den, eller en nyare.',
    },
  }),
  damaged: (part: string) => ({
    en: {
      message: `The backup is damaged: ${part} is missing or not what was written.`,
      hint: 'Nothing was changed. Use another copy of the backup.',
    },
    fr: {
      message: `La sauvegarde est endommagée\u00a0: ${part} est absent ou n’est pas ce qui a été écrit.`,
      hint: 'Rien n’a été changé. Utilisez une autre copie de la sauvegarde.',
    },
    sv: {
      message: `Säkerhetskopian är skadad: ${part} saknas eller är inte det som skrevs.`,
      hint: 'Inget har ändrats. Använd en annan kopia av säkerhetskopian.',
    },
  }),
  newer: (made: string, release: string) => ({
    en: {
      message: `The backup was made by Kulning ${made}, and this is ${release}.`,
      hint: 'Restore it with that release or a newer one. Nothing was changed.',
    },
    fr: {
      message: `La sauvegarde a été faite par Kulning ${made}, et ceci est ${release}.`,
      hint: 'Restaurez-la avec cette version-là ou une plus récente. Rien n’a été changé.',
    },
    sv: {
      message: `Säkerhetskopian gjordes av Kulning ${made}, och det här är ${release}.`,
      hint: 'Återställ den med den versionen eller en nyare. Inget har ändrats.',
    },
  }),
  databaseNotEmpty: {
    en: {
      message: 'A restore goes into an empty home, and there is something in the database.',
      hint: 'Nothing was changed. Set KULNING_HOME to a new folder (and KULNING_DATABASE_URL to an empty database), then restore.',
    },
    fr: {
      message: 'Une restauration se fait dans un dossier vide, et la base de données contient quelque chose.',
      hint: 'Rien n’a été changé. Donnez à KULNING_HOME un nouveau dossier (et à KULNING_DATABASE_URL une base vide), puis restaurez.',
    },
    sv: {
      message: 'En återställning görs i en tom mapp, och det finns något i databasen.',
      hint: 'Inget har ändrats. Sätt KULNING_HOME till en ny mapp (och KULNING_DATABASE_URL till en tom databas), och återställ sedan.',
    },
  },
  foldersNotEmpty: (folders: string) => ({
    en: {
      message: `A restore goes into an empty home, and there is something in ${folders}.`,
      hint: 'Nothing was changed. Set KULNING_HOME to a new folder (and KULNING_DATABASE_URL to an empty database), then restore.',
    },
    fr: {
      message: `Une restauration se fait dans un dossier vide, et il y a quelque chose dans ${folders}.`,
      hint: 'Rien n’a été changé. Donnez à KULNING_HOME un nouveau dossier (et à KULNING_DATABASE_URL une base vide), puis restaurez.',
    },
    sv: {
      message: `En återställning görs i en tom mapp, och det finns något i ${folders}.`,
      hint: 'Inget har ändrats. Sätt KULNING_HOME till en ny mapp (och KULNING_DATABASE_URL till en tom databas), och återställ sedan.',
    },
  }),
  exists: (target: string) => ({
    en: {
      message: `${target} exists already.`,
      hint: 'Name a folder that does not exist; a backup never overwrites.',
    },
    fr: {
      message: `${target} existe déjà.`,
      hint: 'Nommez un dossier qui n’existe pas\u00a0; une sauvegarde n’écrase jamais rien.',
    },
    sv: {
      message: `${target} finns redan.`,
      hint: 'Ange en mapp som inte finns; en säkerhetskopia skriver aldrig över.',
    },
  }),
  diskFull: (folder: string) => ({
    en: {
      message: `There is not enough space for the backup in ${folder}.`,
      hint: 'Nothing was left there. Free space, or name a folder on another disk.',
    },
    fr: {
      message: `Il n’y a pas assez d’espace pour la sauvegarde dans ${folder}.`,
      hint: 'Il n’en reste rien. Libérez de l’espace, ou nommez un dossier sur un autre disque.',
    },
    sv: {
      message: `Det finns inte plats för säkerhetskopian i ${folder}.`,
      hint: 'Inget blev kvar där. Frigör utrymme, eller ange en mapp på en annan disk.',
    },
  }),
  blobDamaged: (digest: string) => ({
    en: {
      message: `Blob ${digest} on disk is not what was stored.`,
      hint: 'Check the disk; take the blob from an older backup.',
    },
    fr: {
      message: `Le blob ${digest} sur le disque n’est pas ce qui a été stocké.`,
      hint: 'Vérifiez le disque\u00a0; reprenez le blob d’une sauvegarde plus ancienne.',
    },
    sv: {
      message: `Blobben ${digest} på disken är inte den som sparades.`,
      hint: 'Kontrollera disken; ta blobben från en äldre säkerhetskopia.',
    },
  }),
  moveNotEmpty: {
    en: {
      message: 'The database to move to holds a Kulning already.',
      hint: 'Nothing was changed. Make an empty database for it: `create database kulning`.',
    },
    fr: {
      message: 'La base de données de destination contient déjà un Kulning.',
      hint: 'Rien n’a été changé. Créez une base vide\u00a0: `create database kulning`.',
    },
    sv: {
      message: 'Databasen att flytta till innehåller redan en Kulning.',
      hint: 'Inget har ändrats. Skapa en tom databas: `create database kulning`.',
    },
  },
  moveDiffers: (table: string, before: string, after: string) => ({
    en: {
      message: `After the copy, table ${table} differs (rows/sum ${before} here, ${after} there).`,
      hint: 'Nothing changed here, and this instance goes on serving. Check that the other server is PostgreSQL 15 or newer, UTF-8.',
    },
    fr: {
      message: `Après la copie, la table ${table} diffère (lignes/somme ${before} ici, ${after} là-bas).`,
      hint: 'Rien n’a changé ici, et cette instance continue de servir. Vérifiez que l’autre serveur est PostgreSQL 15 ou plus récent, en UTF-8.',
    },
    sv: {
      message: `Efter kopieringen skiljer sig tabellen ${table} (rader/summa ${before} här, ${after} där).`,
      hint: 'Inget har ändrats här, och instansen fortsätter svara. Kontrollera att den andra servern är PostgreSQL 15 eller nyare, UTF-8.',
    },
  }),
} satisfies WordTable;
