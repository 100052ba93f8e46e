import { isIban, isNir } from '../../core/guard/check-digits.ts';
import { type Identifier, normaliseIdentifier } from './identifier.ts';

/** An identifier and where it stands in the text, in UTF-16 units. */
export interface DetectedIdentifier {
  readonly identifier: Identifier;
  readonly start: number;
  readonly end: number;
}

const emailPattern =
  /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;
const ibanPattern = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/g;
const nirPattern =
  /(?<![\p{L}\p{N}])[1-478](?: ?\d\d){2} ?(?:\d\d|2[AB])(?: ?\d{3}){2} ?\d\d(?![\p{L}\p{N}])/gu;
const numberPattern = /(?<![\p{L}\p{N}.,])\(?\+?\d[\d()\-–./ \u00a0\u202f]{5,30}\d(?![\p{L}\p{N}])/gu;
const datePattern = /^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})$/;

/**
 * E-mail addresses, phone numbers, personnummer, NIR, Steuer-ID and IBAN in running text; those with check digits
 * only where they hold. A net, never complete: names, addresses and spelt-out numbers pass through it. Random digits
 * of the right length pass for a national number in under 1 % of cases. Linear in the length of the text.
 */
export function detectIdentifiers(text: string): DetectedIdentifier[] {
  const found: DetectedIdentifier[][] = [[], [], [], []];
  const into =
    (pass: number): Add =>
    (identifier, start, end) =>
      void found[pass]?.push({ identifier, start, end });
  if (text.includes('@')) {
    for (const match of text.matchAll(emailPattern)) addPlain(match, into(0));
  }
  if (/\d{2}/.test(text)) {
    for (const match of text.matchAll(ibanPattern)) addIban(match, into(1));
    for (const match of text.matchAll(nirPattern)) {
      if (isNir(match[0].replaceAll(' ', ''))) addPlain(match, into(2));
    }
    for (const match of text.matchAll(numberPattern)) addNumbers(match[0], match.index, into(3));
  }
  return found.reduce(mergeApart);
}

/** Both in order of place; what overlaps an earlier pass's finding is dropped. */
function mergeApart(first: DetectedIdentifier[], second: DetectedIdentifier[]): DetectedIdentifier[] {
  if (second.length === 0) return first;
  let at = 0;
  const apart = second.filter(({ start, end }) => {
    while (at < first.length && (first[at]?.end ?? 0) <= start) at++;
    return (first[at]?.start ?? Infinity) >= end;
  });
  return [...first, ...apart].sort((a, b) => a.start - b.start);
}

type Add = (identifier: Identifier, start: number, end: number) => void;

function addPlain(match: RegExpExecArray, add: Add): void {
  const shown = match[0].replace(/[.'-]+$/, '');
  const identifier = normaliseIdentifier(shown);
  if (identifier.kind !== 'id') add(identifier, match.index, match.index + shown.length);
}

/** The pattern may run on into following capitals; the country's length says where the IBAN ends. */
function addIban(match: RegExpExecArray, add: Add): void {
  let compact = '';
  for (let at = 0; at < match[0].length; at++) {
    if (match[0][at] !== ' ') compact += match[0][at];
    if (compact.length >= 15 && isIban(compact))
      return add({ kind: 'iban', value: compact }, match.index, match.index + at + 1);
  }
}

/** Digits with separators may be several numbers in a row: the longest window of groups that is a number wins. */
function addNumbers(run: string, offset: number, add: Add): void {
  const groups = [...run.matchAll(/\(?\+?\d(?:[^ \u00a0\u202f]*\d)?\)?/g)];
  for (let first = 0; first < groups.length; first++) {
    for (let last = Math.min(groups.length, first + 7) - 1; last >= first; last--) {
      const end = (groups[last]?.index ?? 0) + (groups[last]?.[0].length ?? 0);
      let start = groups[first]?.index ?? 0;
      if (run[start] === '(' && !run.slice(start, end).includes(')')) start++;
      const shown = run.slice(start, end).replaceAll(/[\u00a0\u202f]/g, ' ');
      if (datePattern.test(shown)) continue;
      const identifier = normaliseIdentifier(shown);
      if (identifier.kind === 'id') continue;
      add(identifier, offset + start, offset + end);
      first = last;
      break;
    }
  }
}
