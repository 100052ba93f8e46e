import type { WordTable } from '@kulning/sdk';

export const connectionWords = {
  credentialsUnreadable: (file: string) => ({
    en: { message: `${file} cannot be read.`, hint: 'Remove it and run `kulning login` again.' },
    fr: { message: `${file} est illisible.`, hint: 'Supprimez-le et relancez `kulning login`.' },
    sv: { message: `${file} går inte att läsa.`, hint: 'Ta bort den och kör `kulning login` igen.' },
  }),
} satisfies WordTable;
