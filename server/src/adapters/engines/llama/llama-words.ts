import type { Localized, WordTable } from '@kulning/sdk';

/** What a loaded GGUF cannot do. */
export const llamaWords = {
  templateRefused: (reason: string) => ({
    en: `The model’s chat template refuses these messages (${reason}).`,
    fr: `Le gabarit de conversation du modèle refuse ces messages (${reason}).`,
    sv: `Modellens chattmall avvisar meddelandena (${reason}).`,
  }),
  noTools: {
    en: 'This model knows no tools: its chat template would leave them out without a word.',
    fr: 'Ce modèle ne connaît pas les outils\u00a0: son gabarit de conversation les omettrait sans rien dire.',
    sv: 'Modellen kan inga verktyg: dess chattmall skulle utelämna dem utan ett ord.',
  },
  formatWithTools: {
    en: 'response_format cannot be enforced together with tools.',
    fr: 'response_format ne peut être imposé en même temps que des outils.',
    sv: 'response_format kan inte upprätthållas tillsammans med verktyg.',
  },
  schemaRefused: (param: string, why: Localized<string>) => ({
    en: `${param}: ${why.en}`,
    fr: `${param}\u00a0: ${why.fr}`,
    sv: `${param}: ${why.sv}`,
  }),
} satisfies WordTable;
