/** Check digits of national numbers. Each takes digits (and letters) without separators. */

/** ISO/IEC 7812-1 Annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Swedish personnummer or samordningsnummer (day + 60), ten digits: YYMMDDNNNC (SFS 1967:913, SKV 704). */
export function isPersonnummer(digits: string): boolean {
  if (!/^\d{10}$/.test(digits)) return false;
  const month = Number(digits.slice(2, 4));
  const day = Number(digits.slice(4, 6)) % 60;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && passesLuhn(digits);
}

/** French NIR with its key: 15 characters; Corsican departments 2A and 2B count as 19 and 18 (INSEE). */
export function isNir(text: string): boolean {
  if (!/^[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8}$/.test(text)) return false;
  const digits = text.replace('2A', '19').replace('2B', '18');
  return 97n - (BigInt(digits.slice(0, 13)) % 97n) === BigInt(digits.slice(13));
}

/** German Steuer-ID: eleven digits, ISO/IEC 7064 MOD 11,10, one digit twice or thrice among the first ten (BZSt). */
export function isSteuerId(text: string): boolean {
  if (!/^[1-9]\d{10}$/.test(text)) return false;
  const distinct = new Set(text.slice(0, 10)).size;
  if (distinct !== 9 && distinct !== 8) return false;
  let product = 10;
  for (const character of text.slice(0, 10)) {
    const sum = (Number(character) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(text[10]);
}

/** Lengths from the SWIFT IBAN registry, for countries whose people Kulning is likely to meet. */
const ibanLengths: Readonly<Record<string, number>> = {
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SE: 24,
  SI: 19,
  SK: 24,
};

/** ISO 13616: country, length, remainder 1 modulo 97. Upper case, no spaces. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text) || ibanLengths[text.slice(0, 2)] !== text.length)
    return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
