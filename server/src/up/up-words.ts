import type { WordTable } from '@kulning/sdk';

export const upWords = {
  homeUnwritable: (home: string) => ({
    en: {
      message: `${home} cannot be written.`,
      hint: 'Make it yours (chown), or set KULNING_HOME to a folder you may write.',
    },
    fr: {
      message: `Impossible d’écrire dans ${home}.`,
      hint: 'Appropriez-vous-le (chown), ou donnez à KULNING_HOME un dossier où vous pouvez écrire.',
    },
    sv: {
      message: `Det går inte att skriva i ${home}.`,
      hint: 'Gör den till din (chown), eller sätt KULNING_HOME till en mapp där du får skriva.',
    },
  }),
  homeTooLong: (home: string, excessBytes: number) => ({
    en: {
      message: `The path of ${home} is ${excessBytes} bytes too long for the sockets inside it.`,
      hint: 'Set KULNING_HOME to a shorter path (and KULNING_KEYS, if keys exist already).',
    },
    fr: {
      message: `Le chemin de ${home} est trop long de ${excessBytes} octets pour les sockets qu’il contient.`,
      hint: 'Donnez à KULNING_HOME un chemin plus court (et à KULNING_KEYS, si des clés existent déjà).',
    },
    sv: {
      message: `Sökvägen ${home} är ${excessBytes} byte för lång för uttagen i den.`,
      hint: 'Sätt KULNING_HOME till en kortare sökväg (och KULNING_KEYS, om nycklar redan finns).',
    },
  }),
  homeInUse: (consoleUrl: string) => ({
    en: {
      message: `Another Kulning runs on this home already${consoleUrl && ` (${consoleUrl})`}.`,
      hint: 'Use it, stop it with `kulning down`, or set KULNING_HOME to another folder.',
    },
    fr: {
      message: `Un autre Kulning tourne déjà sur ce dossier${consoleUrl && ` (${consoleUrl})`}.`,
      hint: 'Utilisez-le, arrêtez-le avec `kulning down`, ou donnez à KULNING_HOME un autre dossier.',
    },
    sv: {
      message: `En annan Kulning kör redan på den här mappen${consoleUrl && ` (${consoleUrl})`}.`,
      hint: 'Använd den, stoppa den med `kulning down` eller sätt KULNING_HOME till en annan mapp.',
    },
  }),
  partEnded: (part: string, how: string) => ({
    en: {
      message: `The process ${part} ended with ${how} before it was ready.`,
      hint: 'The end of log/kulning.log in KULNING_HOME says why; `kulning doctor` checks what a start needs.',
    },
    fr: {
      message: `Le processus ${part} s’est terminé par ${how} avant d’être prêt.`,
      hint: 'La fin de log/kulning.log dans KULNING_HOME dit pourquoi\u00a0; `kulning doctor` vérifie ce qu’il faut à un démarrage.',
    },
    sv: {
      message: `Processen ${part} slutade med ${how} innan den var redo.`,
      hint: 'Slutet av log/kulning.log i KULNING_HOME säger varför; `kulning doctor` kontrollerar vad en start behöver.',
    },
  }),
} satisfies WordTable;
