import type { WordTable } from '@kulning/sdk';

/** What JSON expects at some place; each ends a sentence. */
export const jsonWords = {
  end: { en: 'the end of the text', fr: 'la fin du texte', sv: 'slutet på texten' },
  lessNesting: { en: 'less nesting', fr: 'moins d’imbrication', sv: 'mindre nästling' },
  string: {
    en: 'a string without control characters or wrong escapes, ended by a quote',
    fr: 'une chaîne sans caractère de contrôle ni échappement incorrect, fermée par un guillemet',
    sv: 'en sträng utan styrtecken eller felaktiga escape-tecken, avslutad med citattecken',
  },
  value: { en: 'a value', fr: 'une valeur', sv: 'ett värde' },
  name: {
    en: 'a name in double quotes',
    fr: 'un nom entre guillemets doubles',
    sv: 'ett namn inom dubbla citattecken',
  },
  colon: { en: 'a colon', fr: 'un deux-points', sv: 'ett kolon' },
  commaOr: (close: string) => ({
    en: `a comma or ${close}`,
    fr: `une virgule ou ${close}`,
    sv: `ett kommatecken eller ${close}`,
  }),
} satisfies WordTable;
