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
  tailFull: {
    en: {
      message: 'As many people as this process can serve are watching calls.',
      hint: 'Try again in a while; `kulning calls list` shows the last ones.',
    },
    fr: {
      message: 'Autant de personnes que ce processus peut en servir suivent déjà les appels.',
      hint: 'Réessayez dans un moment\u00a0; `kulning calls list` montre les derniers.',
    },
    sv: {
      message: 'Så många som den här processen klarar följer redan anropen.',
      hint: 'Försök igen om en stund; `kulning calls list` visar de senaste.',
    },
  },
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
