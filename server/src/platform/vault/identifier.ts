import { isIban, isNir, isPersonnummer, isSteuerId } from '../../core/guard/check-digits.ts';

type IdentifierKind = 'email' | 'phone' | 'personnummer' | 'nir' | 'steuer-id' | 'iban' | 'name' | 'id';

/** An identifier in its one normal form: every spelling of it that people use comes to the same `value`. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** A name is borne by several people; everything else is taken to mean one. */
export function isWeak(identifier: Identifier): boolean {
  return identifier.kind === 'name';
}

/**
 * The normal form of what a person typed or a caller sent. National numbers are recognised by their checksum, so a
 * mistyped one becomes an `id` and matches only itself. Letters alone are a name, and so never surely one person.
 */
export function normaliseIdentifier(raw: string): Identifier {
  const text = raw
    .normalize('NFKC')
    .trim()
    .replace(/^(?:mailto|tel):/i, '');
  const email = emailOf(text);
  if (email !== undefined) return { kind: 'email', value: email };
  const compact = text.replaceAll(/[\s.\-–/]/g, '').toUpperCase();
  if (isIban(compact)) return { kind: 'iban', value: compact };
  const personnummer = personnummerOf(text);
  if (personnummer !== undefined) return { kind: 'personnummer', value: personnummer };
  if (isNir(compact)) return { kind: 'nir', value: compact.slice(0, 13) };
  if (isSteuerId(compact)) return { kind: 'steuer-id', value: compact };
  const phone = phoneOf(text);
  if (phone !== undefined) return { kind: 'phone', value: phone };
  const words = foldedWords(text);
  if (words.length >= 1 && words.length <= 6 && /^[\p{L}\p{M}\s,.'’-]+$/u.test(text)) {
    return { kind: 'name', value: words.sort().join(' ') };
  }
  return { kind: 'id', value: fold(text) };
}

/** Case and diacritics dropped, so that `Åsa BERG`, `Asa Berg` and a decomposed spelling are one. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe')
    .replaceAll('ł', 'l')
    .trim();
}

/** Words of a name: `Lind, Anna` and `Anna Lind` give the same set. */
export function foldedWords(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function emailOf(text: string): string | undefined {
  return /^[^\s@<>"']+@[^\s@<>"'.]+(?:\.[^\s@<>"'.]+)+$/u.test(text) ? text.toLowerCase() : undefined;
}

/** Ten digits: `19850709-9805`, `850709-9805` and `8507099805` are one person; `+` marks a centenarian. */
function personnummerOf(text: string): string | undefined {
  const match = /^(?:\d{2})?(\d{6})[-+ ]?(\d{4})$/.exec(text);
  const digits = match ? `${match[1]}${match[2]}` : '';
  return isPersonnummer(digits) ? digits : undefined;
}

const countryCodes = [
  '33',
  '46',
  '49',
  '44',
  '32',
  '31',
  '41',
  '43',
  '45',
  '47',
  '34',
  '39',
  '48',
  '352',
  '353',
  '358',
  '351',
];

/**
 * The national significant number (ITU-T E.164 without country code and trunk zero). The country is dropped on
 * purpose: people write `070-123 45 67` and `+46 70 123 45 67` for one line, and the text does not say the country.
 * Two countries' equal numbers are then one index; a human sees the contexts and tells them apart.
 */
function phoneOf(text: string): string | undefined {
  if (!/^\(?[+0][\d\s().\-–/]{6,24}$/.test(text)) return undefined;
  const international = /^\(?(?:\+|00)/.test(text);
  let digits = text.replace(/\(0\)/, '').replaceAll(/\D/g, '').replace(/^00/, '');
  if (international) {
    const code = countryCodes.find((candidate) => digits.startsWith(candidate));
    digits = code === undefined ? digits : digits.slice(code.length);
  }
  digits = digits.replace(/^0+/, '');
  return digits.length >= 7 && digits.length <= 13 ? digits : undefined;
}
