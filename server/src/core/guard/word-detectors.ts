import { ibanLengths, isIban, isNino } from './check-digits.ts';
import { begins, type Detector, isWordAt, MOST_AHEAD } from './detector.ts';
import { vatNumber, vatPattern } from './vat-number.ts';

/** Whether a character follows within the same word; what has none costs a look at each letter and no more. */
function comesSoon(text: string, start: number, wanted: number, within: number): boolean {
  for (let at = start; at <= start + within; at++) {
    const code = text.charCodeAt(at);
    if (code === wanted) return true;
    if (code <= 0x20 || Number.isNaN(code)) return false;
  }
  return false;
}

const anyWord = begins.digit | begins.upper | begins.lower;

/** RFC 5321 without quoted local parts; letters of all scripts (RFC 6531). */
const email: Detector = {
  name: 'email',
  begins: anyWord,
  needs: '@',
  endAt(place) {
    const { text, start } = place;
    if (!comesSoon(text, start, AT, 64) || LOCAL_MARKS.includes(text[start - 1] ?? ' ')) return 0;
    const end = start + (place.match(emailPattern)?.length ?? 0);
    return end > start && end - start < MOST_AHEAD ? end : 0;
  },
};
const AT = 0x40;
const COLON = 0x3a;
const LOCAL_MARKS = "._%+'-";
const emailPattern =
  /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,40}[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,40}[\p{L}\p{N}])?){1,4}(?![\p{L}\p{N}])/uy;

const iban: Detector = {
  name: 'iban',
  begins: begins.upper,
  endAt(place) {
    const { text, start } = place;
    const length =
      place.match(ibanHead) === undefined ? undefined : ibanLengths.get(text.slice(start, start + 2));
    if (length === undefined) return 0;
    let compact = '';
    let at = start;
    for (let spaces = 0; compact.length < length && spaces < 2; at++) {
      const isSpace = text[at] === ' ' || text[at] === '\u00a0';
      spaces = isSpace ? spaces + 1 : 0;
      if (isSpace) continue;
      if (!/[A-Z0-9]/.test(text[at] ?? '')) return 0;
      compact += text[at];
    }
    return isIban(compact) && !isWordAt(text, at) ? at : 0;
  },
};

const ibanHead = /[A-Z]{2}\d\d/y;

const vat: Detector = {
  name: 'vat_number',
  begins: begins.upper,
  endAt(place) {
    const { text, start } = place;
    const match = place.match(vatPattern);
    if (match === undefined) return 0;
    // The pattern may run on into what follows: the longest part that is a number counts.
    for (let end = start + match.length; end - start >= 9; end--) {
      if (isWordAt(text, end)) continue;
      const found = vatNumber(text.slice(start, end).replaceAll(/[ \u00a0.-]/g, ''));
      if (found === 'checked' || (found === 'form' && place.isAfter(vatWords))) return end;
    }
    return 0;
  },
};
const vatWords = /\b(?:vat|tva|moms|ust|uid|mwst|btw|iva|alv|dph|nip|oib)\b|umsatzsteuer|momsreg/iu;

const nino: Detector = {
  name: 'gb_nino',
  begins: begins.upper,
  endAt(place) {
    const { text, start } = place;
    const match = place.match(ninoPattern);
    if (match === undefined) return 0;
    const end = start + match.length;
    return isNino(match.replaceAll(/[ \u00a0-]/g, '')) && !isWordAt(text, end) ? end : 0;
  },
};
const ninoPattern = /[A-Z]{2}[ \u00a0-]?\d\d[ \u00a0-]?\d\d[ \u00a0-]?\d\d[ \u00a0-]?[A-D]/y;

/** RFC 4291: eight groups, or fewer with one `::`. */
const ipV6: Detector = {
  name: 'ip_address',
  begins: anyWord | begins.mark,
  needs: ':',
  endAt(place) {
    const { text, start } = place;
    if (!comesSoon(text, start, COLON, 4) || text[start - 1] === ':') return 0;
    const found = place.match(ipV6Pattern);
    if (found === undefined) return 0;
    const end = start + found.length;
    const groups = found.split(':');
    const filled = groups.filter((group) => group !== '').length;
    const shortened = found.includes('::');
    const whole = shortened
      ? filled >= 2 && filled < 8 && found.indexOf('::') === found.lastIndexOf('::')
      : groups.length === 8;
    return whole && /\d/.test(found) && !isWordAt(text, end) && text[end] !== ':' ? end : 0;
  },
};
const ipV6Pattern = /[0-9A-Fa-f]{0,4}(?::{1,2}[0-9A-Fa-f]{1,4}){1,7}/y;

/** Values that letters belong to. */
export const wordDetectors: readonly Detector[] = [email, iban, vat, nino, ipV6];
