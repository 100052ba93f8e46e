import { begins, type Detector, isWordAt, type Place } from './detector.ts';
import { continuesNumber } from './number-detectors.ts';
import { type NumberWindow, numberWindows } from './number-run.ts';

/** Country codes of one and two digits (ITU-T E.164 D); the others have three. */
const shortCodes = /^(?:[17]|2[07]|3[0-4679]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/**
 * E.164 with `+` or `00`, and the national forms of Sweden, France, Germany and Britain. Digits without any sign of being
 * a telephone need a word before them, or a mobile's prefix.
 */
export const phoneDetector: Detector = {
  name: 'phone',
  begins: begins.digit | begins.mark,
  endAt(place) {
    const { text, start } = place;
    const first = text[start];
    if (first === '+') return continuesNumber(place) ? 0 : international(place);
    if (first === '(') return bracketed(place);
    if (first !== '0' || text[start - 1] === '+' || continuesNumber(place)) return 0;
    if (text[start + 1] === '0') return international(place);
    const announced = place.isAfter(phoneWords);
    return place.windows.find((window) => isNational(window, announced))?.end ?? 0;
  },
};

const phoneWords =
  /t[eé]l\.?|telefon|phone|mobil|portable|ring|appel|anruf|handy|\bcall\b|\bfax\b|\bsms\b|nummer|num[eé]ro|rappel|nås|joindre|erreich/iu;

/** `+46 (0)70-123 45 67`: the trunk zero in brackets is jumped over. */
function international(place: Place): number {
  const { text, start } = place;
  let found = place.match(pattern);
  // Groups that do not belong to it any more are left off from the right.
  for (; found !== undefined && found !== ''; found = found.replace(/[^\d]*\d+\)?$/, '')) {
    const digits = found.replace('(0)', '').replaceAll(/\D/g, '').replace(/^00/, '');
    const end = start + found.length;
    if (isE164(digits) && found.length <= 28 && !isWordAt(text, end) && text[end] !== ':') return end;
  }
  return 0;
}
const pattern =
  /(?:\+|00)\d{1,15}(?:[ \u00a0\u202f.\-–/]?\(0?\d{0,4}\))?(?:[ \u00a0\u202f.\-–/]{0,2}\d{1,12}){0,7}/y;

/** At most fifteen digits; in some countries fewer. */
function isE164(digits: string): boolean {
  const code = shortCodes.exec(digits)?.[0] ?? digits.slice(0, 3);
  const national = digits.length - code.length;
  return (
    /^[1-9]/.test(digits) &&
    national >= 6 &&
    digits.length >= 9 &&
    national <= (longest[code] ?? 15 - code.length)
  );
}
const longest: Readonly<Record<string, number>> = {
  1: 10,
  33: 9,
  44: 10,
  46: 9,
  32: 9,
  31: 9,
  41: 9,
  34: 9,
  48: 9,
  45: 8,
  47: 8,
};

/** `(08) 123 45 67`. */
function bracketed(place: Place): number {
  const { text, start } = place;
  const area = place.match(areaPattern);
  if (area === undefined) return 0;
  const rest = numberWindows(text, start + area.length).find(({ digits, shape }) => {
    const all = digits.length + area.replaceAll(/\D/g, '').length;
    return all >= 8 && all <= 12 && /^[\d -]+$/.test(shape);
  });
  return rest?.end ?? 0;
}

const areaPattern = /\(0\d{1,5}\) ?/y;

/** French numbers go in pairs, Swedish ones have a hyphen behind the area, German ones a stroke, British ones spaces. */
function isNational({ digits, shape }: NumberWindow, announced: boolean): boolean {
  if (!/^0[1-9]/.test(digits) || digits.length < 8 || digits.length > 12) return false;
  if (/^2([ .-]?)2\1(?:2\1){2}2$/.test(shape) && digits.length === 10) return true;
  if (/^[234]-\d(?:[ ]?\d){0,3}$/.test(shape) && digits.length >= 8 && digits.length <= 11) return true;
  if (/^[3-5] ?\/ ?\d{1,2}(?: \d){0,3}$/.test(shape)) return true;
  if (
    /^(?:5 6|5 3 3|4 3 4|3 4 4|4 7|3 8|3 3 2 2|4 \d{1,2}|5 \d{1,2}|2 3 3 2|2 3 2 2|4 2 2 2|3 2 3 2)$/.test(
      shape,
    )
  )
    return digits.length >= 9 || announced;
  if (!/^1\d$/.test(shape)) return announced && /^[\d -]+$/.test(shape);
  return (
    announced ||
    (digits.length === 10 && /^0[67]/.test(digits)) ||
    (digits.length >= 11 && /^0(?:1[5-7]|7[1-9])/.test(digits))
  );
}
