import { begins, type Detector, isWordAt, kindOf } from './detector.ts';
import { isDayOfMonth } from './number-detectors.ts';

/** January to December in English, French, Swedish and German, by how they begin. */
const months =
  'jan(?:uary|vier|uari|uar)?|jänner|feb(?:ruary|ruari|ruar)?|févr?(?:ier)?|mar(?:ch|s)?|märz|apr(?:il)?|avr(?:il)?|ma[yijï]|mai|juin|juni?|june|juil(?:let)?|july?|juli|aug(?:ust|usti)?|août|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|d[eé][ckz](?:ember|embre)?';
const year = '(?:19|20)\\d\\d';
const day = '\\d{1,2}';
const written = [
  `${year}-(?<m1>\\d\\d)-(?<d1>\\d\\d)`,
  `(?<d2>${day})[./-](?<m2>\\d{1,2})[./-](?:${year}|\\d\\d)`,
  `(?:${day})(?:er|st|nd|rd|th|:?e|\\.)? ?(?:of |de )?(?:${months})\\.?,? ${year}`,
  `(?:${months})\\.? ${day}(?:st|nd|rd|th)?,? ${year}`,
].join('|');
const pattern = new RegExp(written, 'iuy');

/** Second letters of months by their first one. */
const monthHeads: Readonly<Record<string, string>> = {
  j: 'auä',
  f: 'eé',
  m: 'aä',
  a: 'puov',
  s: 'e',
  o: 'ck',
  n: 'o',
  d: 'eé',
};

/** Most words are no month, and most of those show it in two letters. */
function mayBeMonth(text: string, start: number): boolean {
  const seconds = monthHeads[text[start]?.toLowerCase() ?? ''];
  return seconds?.includes(text[start + 1]?.toLowerCase() ?? ' ') === true;
}

/** A date is a date of birth only where a word says so. */
const words =
  /\b(?:born|birth(?:day|date)?|dob|née?s?|naissance|nacido|född|födelse(?:datum|dag|tid)|geb(?:oren|\.)|geburts(?:datum|tag))(?![\p{L}])[^.!?\n]{0,32}$|\bf\. ?$|date of birth[^.!?\n]{0,24}$/iu;

export const birthDetector: Detector = {
  name: 'date_of_birth',
  begins: begins.digit | begins.lower | begins.upper,
  endAt(place) {
    const { text, start } = place;
    // Most words are neither a number nor a month, and most numbers follow no such word.
    if (kindOf(text.charCodeAt(start)) !== begins.digit && !mayBeMonth(text, start)) return 0;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (!match || !place.isAfter(words)) return 0;
    const { m1, d1, m2, d2 } = match.groups ?? {};
    const month = Number(m1 ?? m2 ?? 1);
    const date = Number(d1 ?? d2 ?? 1);
    const end = start + match[0].length;
    // Day first in Europe, month first in America: one of the two has to be a day of a month.
    const isDate = isDayOfMonth(month, date) || (m2 !== undefined && isDayOfMonth(date, month));
    return isDate && !isWordAt(text, end) ? end : 0;
  },
};

/** Whether a word may stand inside a date that is written out. */
export const isMonth = (word: string): boolean => monthPattern.test(word);
const monthPattern = new RegExp(`^(?:${months}|of|de)[.,]?$`, 'iu');
