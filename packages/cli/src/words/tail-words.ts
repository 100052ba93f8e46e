import type { WordTable } from '@kulning/sdk';

export const tailWords = {
  skipped: {
    en: 'There were more calls than can be told; some are left out.',
    fr: 'Il y a eu plus d’appels qu’on ne peut en dire\u00a0; certains manquent.',
    sv: 'Det var fler anrop än som kan återges; några saknas.',
  },
  revoked: {
    en: { message: 'The right to see these calls has ended.', hint: '`kulning login` takes another key.' },
    fr: {
      message: 'Le droit de voir ces appels a pris fin.',
      hint: '`kulning login` accepte une autre clé.',
    },
    sv: { message: 'Rätten att se anropen har upphört.', hint: '`kulning login` tar emot en annan nyckel.' },
  },
} satisfies WordTable;
