import type { WordTable } from '@kulning/sdk';

export const spoolWords = {
  full: {
    en: {
      message: 'The journal of this gateway is full, so no further call is taken: its record could be lost.',
      hint: 'Free disk space under KULNING_HOME, or bring the database back so that the journal can drain; `kulning doctor` shows both.',
    },
    fr: {
      message:
        'Le journal de cette passerelle est plein\u00a0: aucun autre appel n’est pris, car sa trace pourrait se perdre.',
      hint: 'Libérez de l’espace disque sous KULNING_HOME, ou rétablissez la base de données pour que le journal se vide\u00a0; `kulning doctor` montre les deux.',
    },
    sv: {
      message: 'Gatewayens journal är full, så inga fler anrop tas emot: posten om dem kunde gå förlorad.',
      hint: 'Frigör diskutrymme under KULNING_HOME, eller få igång databasen så att journalen töms; `kulning doctor` visar båda.',
    },
  },
  damaged: (path: string, position: number) => ({
    en: {
      message: `The journal ${path} is damaged at byte ${position}.`,
      hint: 'The disk lost bytes that it had confirmed. Keep the file, and look at the disk.',
    },
    fr: {
      message: `Le journal ${path} est endommagé à l’octet ${position}.`,
      hint: 'Le disque a perdu des octets qu’il avait confirmés. Gardez le fichier, et examinez le disque.',
    },
    sv: {
      message: `Journalen ${path} är skadad vid byte ${position}.`,
      hint: 'Disken har förlorat byte som den hade bekräftat. Spara filen och undersök disken.',
    },
  }),
  notShipped: {
    en: {
      message: 'The journal of this gateway could not be moved into the database; nothing of it is lost.',
      hint: 'It is tried again at once. If it goes on, `kulning doctor` says whether the database can be reached.',
    },
    fr: {
      message:
        'Le journal de cette passerelle n’a pu être versé dans la base de données\u00a0; rien n’en est perdu.',
      hint: 'Un nouvel essai suit aussitôt. Si cela dure, `kulning doctor` dit si la base de données est joignable.',
    },
    sv: {
      message: 'Gatewayens journal gick inte att flytta till databasen; inget av den har gått förlorat.',
      hint: 'Ett nytt försök görs genast. Om det fortsätter säger `kulning doctor` om databasen går att nå.',
    },
  },
  unwritable: {
    en: {
      message: 'The journal of this gateway could not be written, so this call is not taken.',
      hint: 'Look at the disk that holds KULNING_HOME; `kulning doctor` checks it.',
    },
    fr: {
      message: 'Le journal de cette passerelle n’a pu être écrit\u00a0: cet appel n’est pas pris.',
      hint: 'Examinez le disque qui porte KULNING_HOME\u00a0; `kulning doctor` le vérifie.',
    },
    sv: {
      message: 'Gatewayens journal gick inte att skriva, så anropet tas inte emot.',
      hint: 'Undersök disken som rymmer KULNING_HOME; `kulning doctor` kontrollerar den.',
    },
  },
} satisfies WordTable;
