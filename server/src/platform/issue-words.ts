import type { Localized, WordTable } from '@kulning/sdk';
import type { z } from 'zod';

/** What is wrong with a value that a schema refused. zod's own locales leave words like "string" untranslated. */
export const issueWords = {
  missing: (path: string) => ({
    en: `${path} is missing.`,
    fr: `${path} manque.`,
    sv: `${path} saknas.`,
  }),
  text: (path: string) => ({
    en: `${path} must be text.`,
    fr: `${path} doit être du texte.`,
    sv: `${path} måste vara text.`,
  }),
  number: (path: string) => ({
    en: `${path} must be a number.`,
    fr: `${path} doit être un nombre.`,
    sv: `${path} måste vara ett tal.`,
  }),
  wholeNumber: (path: string) => ({
    en: `${path} must be a whole number.`,
    fr: `${path} doit être un nombre entier.`,
    sv: `${path} måste vara ett heltal.`,
  }),
  boolean: (path: string) => ({
    en: `${path} must be true or false.`,
    fr: `${path} doit valoir true ou false.`,
    sv: `${path} måste vara true eller false.`,
  }),
  list: (path: string) => ({
    en: `${path} must be a list.`,
    fr: `${path} doit être une liste.`,
    sv: `${path} måste vara en lista.`,
  }),
  object: (path: string) => ({
    en: `${path} must be a JSON object.`,
    fr: `${path} doit être un objet JSON.`,
    sv: `${path} måste vara ett JSON-objekt.`,
  }),
  oneOf: (path: string, values: string) => ({
    en: `${path} must be one of: ${values}.`,
    fr: `${path} doit être l’une de ces valeurs\u00a0: ${values}.`,
    sv: `${path} måste vara något av: ${values}.`,
  }),
  shorter: (path: string, characters: string) => ({
    en: `${path} must have at least ${characters} characters.`,
    fr: `${path} doit comporter au moins ${characters} caractères.`,
    sv: `${path} måste ha minst ${characters} tecken.`,
  }),
  longer: (path: string, characters: string) => ({
    en: `${path} must have at most ${characters} characters.`,
    fr: `${path} doit comporter au plus ${characters} caractères.`,
    sv: `${path} får ha högst ${characters} tecken.`,
  }),
  fewer: (path: string, entries: string) => ({
    en: `${path} must have at least this many entries: ${entries}.`,
    fr: `${path} doit comporter au moins ce nombre d’éléments\u00a0: ${entries}.`,
    sv: `${path} måste ha minst så här många element: ${entries}.`,
  }),
  more: (path: string, entries: string) => ({
    en: `${path} must have at most this many entries: ${entries}.`,
    fr: `${path} doit comporter au plus ce nombre d’éléments\u00a0: ${entries}.`,
    sv: `${path} får ha högst så här många element: ${entries}.`,
  }),
  less: (path: string, least: string) => ({
    en: `${path} must be at least ${least}.`,
    fr: `${path} doit valoir au moins ${least}.`,
    sv: `${path} måste vara minst ${least}.`,
  }),
  greater: (path: string, most: string) => ({
    en: `${path} must be at most ${most}.`,
    fr: `${path} doit valoir au plus ${most}.`,
    sv: `${path} får vara högst ${most}.`,
  }),
  above: (path: string, bound: string) => ({
    en: `${path} must be more than ${bound}.`,
    fr: `${path} doit être supérieur à ${bound}.`,
    sv: `${path} måste vara större än ${bound}.`,
  }),
  below: (path: string, bound: string) => ({
    en: `${path} must be less than ${bound}.`,
    fr: `${path} doit être inférieur à ${bound}.`,
    sv: `${path} måste vara mindre än ${bound}.`,
  }),
  email: (path: string) => ({
    en: `${path} must be an e-mail address.`,
    fr: `${path} doit être une adresse e-mail.`,
    sv: `${path} måste vara en e-postadress.`,
  }),
  url: (path: string) => ({
    en: `${path} must be an address (URL).`,
    fr: `${path} doit être une adresse (URL).`,
    sv: `${path} måste vara en adress (URL).`,
  }),
  time: (path: string) => ({
    en: `${path} must be a date or time of ISO 8601, as in 2027-01-31T12:00:00Z.`,
    fr: `${path} doit être une date ou une heure ISO 8601, comme 2027-01-31T12:00:00Z.`,
    sv: `${path} måste vara ett datum eller en tid enligt ISO 8601, som 2027-01-31T12:00:00Z.`,
  }),
  pattern: (path: string, pattern: string) => ({
    en: `${path} must look like ${pattern}.`,
    fr: `${path} doit correspondre à ${pattern}.`,
    sv: `${path} måste se ut som ${pattern}.`,
  }),
  unknownField: (path: string, name: string) => ({
    en: `${path} has a field that does not exist: ${name}.`,
    fr: `${path} contient un champ qui n’existe pas\u00a0: ${name}.`,
    sv: `${path} har ett fält som inte finns: ${name}.`,
  }),
  noForm: (path: string) => ({
    en: `${path} has none of the forms that it may have.`,
    fr: `${path} n’a aucune des formes possibles.`,
    sv: `${path} har ingen av de former som den får ha.`,
  }),
  invalid: (path: string) => ({
    en: `${path} is not valid.`,
    fr: `${path} n’est pas valable.`,
    sv: `${path} är inte giltigt.`,
  }),
} satisfies WordTable;

/**
 * One sentence about an issue. Parse with `reportInput`, so that what is missing can be told from what is wrong.
 * @param own the sentences that the schemas themselves use as messages, each the end of one that begins with the path
 */
export function issueSentence(
  issue: z.core.$ZodIssue,
  path: string,
  own: readonly Localized<string>[] = [],
): Localized<string> {
  const said = own.find(({ en }) => en === issue.message);
  if (said) return { en: `${path} ${said.en}.`, fr: `${path} ${said.fr}.`, sv: `${path} ${said.sv}.` };
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? issueWords.missing(path) : typeSentence(issue.expected, path);
    case 'invalid_value':
      return issueWords.oneOf(path, issue.values.map(String).join(', '));
    case 'too_small':
      return sizeSentence(
        path,
        issue.origin,
        String(issue.minimum),
        issue.inclusive ? lower.within : lower.beyond,
      );
    case 'too_big':
      return sizeSentence(
        path,
        issue.origin,
        String(issue.maximum),
        issue.inclusive ? upper.within : upper.beyond,
      );
    case 'invalid_format':
      return formatSentence(issue, path);
    case 'unrecognized_keys':
      return issueWords.unknownField(path, issue.keys.join(', '));
    case 'invalid_union':
      return issueWords.noForm(path);
    default:
      return issueWords.invalid(path);
  }
}

interface Sizes {
  readonly text: (path: string, bound: string) => Localized<string>;
  readonly list: (path: string, bound: string) => Localized<string>;
  readonly figure: (path: string, bound: string) => Localized<string>;
}

const { shorter, longer, fewer, more, less, greater, above, below } = issueWords;
const lower = {
  within: { text: shorter, list: fewer, figure: less },
  beyond: { text: shorter, list: fewer, figure: above },
};
const upper = {
  within: { text: longer, list: more, figure: greater },
  beyond: { text: longer, list: more, figure: below },
};

function sizeSentence(path: string, origin: string, bound: string, sizes: Sizes): Localized<string> {
  if (origin === 'string') return sizes.text(path, bound);
  return ['array', 'set', 'map', 'object'].includes(origin)
    ? sizes.list(path, bound)
    : sizes.figure(path, bound);
}

function typeSentence(expected: string, path: string): Localized<string> {
  if (expected === 'string') return issueWords.text(path);
  if (expected === 'number' || expected === 'nan') return issueWords.number(path);
  if (expected === 'int' || expected === 'bigint') return issueWords.wholeNumber(path);
  if (expected === 'boolean') return issueWords.boolean(path);
  if (expected === 'array' || expected === 'tuple') return issueWords.list(path);
  return expected === 'object' || expected === 'record' ? issueWords.object(path) : issueWords.invalid(path);
}

function formatSentence(issue: z.core.$ZodIssueInvalidStringFormat, path: string): Localized<string> {
  if (issue.format === 'email') return issueWords.email(path);
  if (issue.format === 'url') return issueWords.url(path);
  if (['datetime', 'date', 'time'].includes(issue.format)) return issueWords.time(path);
  return issue.pattern === undefined ? issueWords.invalid(path) : issueWords.pattern(path, issue.pattern);
}
