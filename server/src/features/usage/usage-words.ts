import type { WordTable } from '@kulning/sdk';

export const usageWords = {
  rangeWrong: {
    en: {
      message: 'The range ends before it begins.',
      hint: 'Give `from` a day or a moment before `to`, in UTC.',
    },
    fr: {
      message: 'La période se termine avant de commencer.',
      hint: 'Indiquez dans `from` un jour ou un instant antérieur à `to`, en UTC.',
    },
    sv: {
      message: 'Perioden slutar innan den börjar.',
      hint: 'Ange en dag eller tidpunkt i `from` som ligger före `to`, i UTC.',
    },
  },
  tooMany: (most: number) => ({
    en: {
      message: `There are more than ${most} lines.`,
      hint: 'Ask for a shorter range, a longer step, or filter by model, key or site.',
    },
    fr: {
      message: `Il y a plus de ${most} lignes.`,
      hint: 'Demandez une période plus courte, un pas plus long, ou filtrez par modèle, clé ou site.',
    },
    sv: {
      message: `Det blir fler än ${most} rader.`,
      hint: 'Välj en kortare period, ett längre steg, eller filtrera på modell, nyckel eller anläggning.',
    },
  }),
} satisfies WordTable;
