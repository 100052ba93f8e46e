import type { Localized, WordTable } from '@kulning/sdk';

import type { PromptFault } from './prompt-template.ts';

const faults = {
  undeclared: (variable: string) => ({
    en: `The text uses {{${variable}}}, and no such variable is declared.`,
    fr: `Le texte emploie {{${variable}}}, et aucune variable de ce nom n’est déclarée.`,
    sv: `Texten använder {{${variable}}}, och ingen sådan variabel är deklarerad.`,
  }),
  missing: (variable: string) => ({
    en: `The template needs a value for the variable ${variable}.`,
    fr: `Il manque au modèle de prompt une valeur pour la variable ${variable}.`,
    sv: `Mallen behöver ett värde för variabeln ${variable}.`,
  }),
  unknown: (variable: string) => ({
    en: `The template has no variable ${variable}.`,
    fr: `Le modèle de prompt n’a pas de variable ${variable}.`,
    sv: `Mallen har ingen variabel ${variable}.`,
  }),
  type: (variable: string, expected: string) => ({
    en: `The variable ${variable} must be of the type ${expected}.`,
    fr: `La variable ${variable} doit être du type ${expected}.`,
    sv: `Variabeln ${variable} ska vara av typen ${expected}.`,
  }),
  option: (variable: string, expected: string) => ({
    en: `The variable ${variable} must be one of: ${expected}.`,
    fr: `La variable ${variable} doit valoir l’une de ces valeurs\u00a0: ${expected}.`,
    sv: `Variabeln ${variable} ska vara ett av: ${expected}.`,
  }),
  length: (variable: string, expected: string) => ({
    en: `The variable ${variable} has at most ${expected} characters.`,
    fr: `La variable ${variable} compte au plus ${expected} caractères.`,
    sv: `Variabeln ${variable} har högst ${expected} tecken.`,
  }),
} satisfies WordTable;

export function faultWords(told: PromptFault): Localized<string> {
  return 'expected' in told
    ? faults[told.fault](told.variable, told.expected)
    : faults[told.fault](told.variable);
}

export const promptWords = {
  ...faults,
  promptUnknown: (prompt: string) => ({
    en: {
      message: `There is no prompt template ${prompt} here.`,
      hint: '`kulning prompts list` shows them.',
    },
    fr: {
      message: `Il n’y a pas de modèle de prompt ${prompt} ici.`,
      hint: '`kulning prompts list` les montre.',
    },
    sv: { message: `Det finns ingen promptmall ${prompt} här.`, hint: '`kulning prompts list` visar dem.' },
  }),
  versionUnknown: (prompt: string, version: string) => ({
    en: {
      message: `The prompt template ${prompt} has no version or label ${version}.`,
      hint: '`kulning prompts get` shows them.',
    },
    fr: {
      message: `Le modèle de prompt ${prompt} n’a ni version ni étiquette ${version}.`,
      hint: '`kulning prompts get` les montre.',
    },
    sv: {
      message: `Promptmallen ${prompt} har ingen version eller etikett ${version}.`,
      hint: '`kulning prompts get` visar dem.',
    },
  }),
  nameTaken: (name: string) => ({
    en: {
      message: `There is a prompt template ${name} already.`,
      hint: 'Add a version to it, or choose another name.',
    },
    fr: {
      message: `Il y a déjà un modèle de prompt ${name}.`,
      hint: 'Ajoutez-lui une version, ou choisissez un autre nom.',
    },
    sv: {
      message: `Det finns redan en promptmall ${name}.`,
      hint: 'Lägg till en version, eller välj ett annat namn.',
    },
  }),
  labelReserved: {
    en: { message: 'The label latest always means the newest version.', hint: 'Choose another label.' },
    fr: {
      message: 'L’étiquette latest désigne toujours la version la plus récente.',
      hint: 'Choisissez-en une autre.',
    },
    sv: { message: 'Etiketten latest betyder alltid den nyaste versionen.', hint: 'Välj en annan.' },
  },
  promptMalformed: {
    en: 'The field prompt is an object with an id, and optionally version and variables; values are text, numbers or yes and no.',
    fr: 'Le champ prompt est un objet avec un id et, au besoin, version et variables\u00a0; les valeurs sont du texte, des nombres ou oui et non.',
    sv: 'Fältet prompt är ett objekt med ett id, och eventuellt version och variables; värdena är text, tal eller ja och nej.',
  },
  promptGone: {
    en: 'The text of this version was erased. Choose another version.',
    fr: 'Le texte de cette version a été effacé. Choisissez une autre version.',
    sv: 'Texten i den här versionen har raderats. Välj en annan version.',
  },
} satisfies WordTable;
