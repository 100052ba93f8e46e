import { isSiren, passesLuhn, passesMod1110, weighted } from './check-digits.ts';

/** What follows the country's letters, and the check digits where the country publishes them. */
interface VatForm {
  readonly pattern: RegExp;
  readonly holds?: (text: string) => boolean;
}

const modulo11 =
  (weights: readonly number[], remainder = 0) =>
  (digits: string) =>
    weighted(digits, weights) % 11 === remainder;

/** VAT identification numbers of the Union (European Commission, VIES FAQ, question 11), without the country. */
const forms: Readonly<Record<string, VatForm>> = {
  AT: { pattern: /^U\d{8}$/ },
  BE: {
    pattern: /^[01]\d{9}$/,
    holds: (text) => 97 - (Number(text.slice(0, 8)) % 97) === Number(text.slice(8)),
  },
  BG: { pattern: /^\d{9,10}$/ },
  CY: { pattern: /^\d{8}[A-Z]$/ },
  CZ: { pattern: /^\d{8,10}$/ },
  DE: { pattern: /^[1-9]\d{8}$/, holds: passesMod1110 },
  DK: { pattern: /^[1-9]\d{7}$/, holds: modulo11([2, 7, 6, 5, 4, 3, 2, 1]) },
  EE: {
    pattern: /^10\d{7}$/,
    holds: (text) => (10 - (weighted(text, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10 === Number(text[8]),
  },
  EL: { pattern: /^\d{9}$/ },
  ES: { pattern: /^(?:[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/ },
  FI: { pattern: /^\d{8}$/, holds: modulo11([7, 9, 10, 5, 8, 4, 2, 1]) },
  FR: {
    pattern: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
    holds: (text) =>
      isSiren(text.slice(2)) &&
      (!/^\d\d/.test(text) || (12 + 3 * (Number(text.slice(2)) % 97)) % 97 === Number(text.slice(0, 2))),
  },
  HR: { pattern: /^\d{11}$/, holds: passesMod1110 },
  HU: { pattern: /^\d{8}$/ },
  IE: { pattern: /^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$/ },
  IT: { pattern: /^\d{11}$/, holds: passesLuhn },
  LT: { pattern: /^(?:\d{9}|\d{12})$/ },
  LU: { pattern: /^\d{8}$/, holds: (text) => Number(text.slice(0, 6)) % 89 === Number(text.slice(6)) },
  LV: { pattern: /^\d{11}$/ },
  MT: { pattern: /^\d{8}$/ },
  NL: { pattern: /^\d{9}B\d{2}$/ },
  PL: {
    pattern: /^\d{10}$/,
    holds: (text) => weighted(text, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(text[9]),
  },
  PT: { pattern: /^[1-9]\d{8}$/, holds: (text) => portuguese(text) },
  RO: { pattern: /^[1-9]\d{5,9}$/ },
  SE: { pattern: /^\d{10}01$/, holds: (text) => passesLuhn(text.slice(0, 10)) },
  SI: { pattern: /^[1-9]\d{7}$/ },
  SK: { pattern: /^[1-9]\d{9}$/, holds: (text) => Number(text) % 11 === 0 },
};

function portuguese(digits: string): boolean {
  const check = 11 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (check > 9 ? 0 : check) === Number(digits[8]);
}

/**
 * @param text upper case, country first, no separators
 * @returns `checked` where check digits hold, `form` where the country has none that are published
 */
export function vatNumber(text: string): 'checked' | 'form' | undefined {
  const form = forms[text.slice(0, 2)];
  const rest = text.slice(2);
  if (!form?.pattern.test(rest)) return undefined;
  if (!form.holds) return 'form';
  return form.holds(rest) ? 'checked' : undefined;
}

/** What may stand behind the country's letters, with its separators, from `lastIndex` on. */
export const vatPattern = /[A-Z]{2}[ \u00a0]?[A-Z0-9+*](?:[ \u00a0.-]?[A-Z0-9+*]){5,13}/y;
