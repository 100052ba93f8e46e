import type { WordTable } from '@kulning/sdk';

export const pullWords = {
  unknown: (id: string) => ({
    en: { message: `There is no pull ${id}.`, hint: '`kulning pulls list` shows those there are.' },
    fr: {
      message: `Il n’y a pas de téléchargement ${id}.`,
      hint: '`kulning pulls list` montre ceux qui existent.',
    },
    sv: { message: `Det finns ingen hämtning ${id}.`, hint: '`kulning pulls list` visar dem som finns.' },
  }),
  sourceUnclear: (source: string) => ({
    en: {
      message: `“${source}” is neither an address nor organisation/repository/file.gguf.`,
      hint: 'Copy the address of the file itself from its page; it ends in .gguf.',
    },
    fr: {
      message: `«\u00a0${source}\u00a0» n’est ni une adresse ni organisation/dépôt/fichier.gguf.`,
      hint: 'Copiez l’adresse du fichier lui-même depuis sa page\u00a0; elle se termine par .gguf.',
    },
    sv: {
      message: `”${source}” är varken en adress eller organisation/arkiv/fil.gguf.`,
      hint: 'Kopiera filens egen adress från dess sida; den slutar på .gguf.',
    },
  }),
  failed: {
    en: {
      message: 'It failed for a reason that the log holds.',
      hint: '`kulning up` says where the log is.',
    },
    fr: {
      message: 'L’échec a une cause que le journal contient.',
      hint: '`kulning up` indique où se trouve le journal.',
    },
    sv: {
      message: 'Det misslyckades av en orsak som loggen anger.',
      hint: '`kulning up` visar var loggen ligger.',
    },
  },
} satisfies WordTable;
