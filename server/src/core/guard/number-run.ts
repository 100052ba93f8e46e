/** Digits in groups, read from one place on: `850709-9805` has the digits 8507099805 and the shape `6-4`. */
export interface NumberWindow {
  readonly digits: string;
  /** Lengths of the groups with what stands between them; every space is ` `, every hyphen `-`. */
  readonly shape: string;
  /** Behind the last group. */
  readonly end: number;
}

const MOST_DIGITS = 24;
const MOST_GROUPS = 8;
const separators: Readonly<Record<string, string>> = {
  ' ': ' ',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2009': ' ',
  '-': '-',
  '\u2010': '-',
  '\u2011': '-',
  '\u2013': '-',
  '.': '.',
  '/': '/',
  '+': '+',
};

const isDigit = (code: number) => code >= 48 && code <= 57;
const isLetter = (code: number) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 0xc0;

/**
 * All that may be one number and begins at a place, the longest first: the first group, the first two, and so on. A
 * group that runs into a letter ends the row.
 */
export function numberWindows(text: string, start: number): NumberWindow[] {
  const windows: NumberWindow[] = [];
  let digits = '';
  let shape = '';
  let at = start;
  for (let group = 0; group < MOST_GROUPS && digits.length < MOST_DIGITS; group++) {
    const from = at;
    while (isDigit(text.charCodeAt(at)) && at - from <= MOST_DIGITS) at++;
    if (at === from || isLetter(text.charCodeAt(at)) || digits.length + at - from > MOST_DIGITS) break;
    digits += text.slice(from, at);
    shape += String(at - from);
    windows.push({ digits, shape, end: at });
    const separator = separators[text[at] ?? ''];
    if (separator === undefined) break;
    shape += separator;
    at++;
  }
  return windows.reverse();
}
