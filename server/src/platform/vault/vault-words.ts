import type { WordTable } from '@kulning/sdk';

export const vaultWords = {
  damaged: {
    en: {
      message: 'A vault record does not open: its bytes or its id are not those that were sealed.',
      hint: 'Restore the record from a backup; run `kulning doctor` to check the disk.',
    },
    fr: {
      message:
        'Un enregistrement du coffre ne s’ouvre pas\u00a0: ses octets ou son identifiant ne sont pas ceux qui ont été scellés.',
      hint: 'Restaurez l’enregistrement depuis une sauvegarde\u00a0; lancez `kulning doctor` pour vérifier le disque.',
    },
    sv: {
      message: 'En post i valvet går inte att öppna: dess byte eller dess id är inte de som förseglades.',
      hint: 'Återställ posten från en säkerhetskopia; kör `kulning doctor` för att kontrollera disken.',
    },
  },
  notLoaded: {
    en: {
      message: 'This organisation’s keys are not in memory.',
      hint: 'Try again in a second. If it stays, the keystore cannot be read: run `kulning doctor`.',
    },
    fr: {
      message: 'Les clés de cette organisation ne sont pas en mémoire.',
      hint: 'Réessayez dans une seconde. Si cela persiste, le dossier des clés est illisible\u00a0: lancez `kulning doctor`.',
    },
    sv: {
      message: 'Organisationens nycklar finns inte i minnet.',
      hint: 'Försök igen om en sekund. Kvarstår det går nyckelmappen inte att läsa: kör `kulning doctor`.',
    },
  },
  wrongKeystore: (found: string, needed: string) => ({
    en: {
      message: `KULNING_KEYS is not the keystore of this database: it is ${found}, and ${needed} is needed.`,
      hint: 'Point KULNING_KEYS to the key folder that was used with this database, or restore it from its own backup.',
    },
    fr: {
      message: `KULNING_KEYS n’est pas le dossier des clés de cette base de données\u00a0: c’est ${found}, et il faut ${needed}.`,
      hint: 'Faites pointer KULNING_KEYS vers le dossier des clés utilisé avec cette base, ou restaurez-le depuis sa propre sauvegarde.',
    },
    sv: {
      message: `KULNING_KEYS är inte nyckelmappen till den här databasen: den är ${found}, och ${needed} behövs.`,
      hint: 'Peka KULNING_KEYS på nyckelmappen som användes med databasen, eller återställ den från dess egen säkerhetskopia.',
    },
  }),
} satisfies WordTable;
