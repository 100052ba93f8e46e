import type { WordTable } from '@kulning/sdk';

export const callWords = {
  unknown: (id: string) => ({
    en: {
      message: `There is no call ${id} in this organisation.`,
      hint: 'A call that still runs appears once it has ended; `kulning receipts` lists those that have.',
    },
    fr: {
      message: `L’appel ${id} n’existe pas dans cette organisation.`,
      hint: 'Un appel en cours apparaît une fois terminé\u00a0; `kulning receipts` donne la liste de ceux qui le sont.',
    },
    sv: {
      message: `Det finns inget anrop ${id} i den här organisationen.`,
      hint: 'Ett anrop som pågår visas när det är klart; `kulning receipts` listar dem som är det.',
    },
  }),
  cursorWrong: {
    en: {
      message: 'The cursor is not the `next` of a page.',
      hint: 'Leave it out to begin at the newest call.',
    },
    fr: {
      message: 'Le curseur n’est pas le `next` d’une page.',
      hint: 'Omettez-le pour commencer par l’appel le plus récent.',
    },
    sv: {
      message: 'Markören är inte `next` från en sida.',
      hint: 'Utelämna den för att börja vid det nyaste anropet.',
    },
  },
} satisfies WordTable;
