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

/** Swedish organisationsnummer: ten digits with Luhn; the third is two or more, so it is no date (SKV 709). */
export function isOrganisationsnummer(digits: string): boolean {
  return /^[2356789]\d[2-9]\d{7}$/.test(digits) && passesLuhn(digits);
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
  return passesMod1110(text);
}

/** Lengths from the SWIFT IBAN registry (release 99, 2024), of every country in it. */
export const ibanLengths: ReadonlyMap<string, number> = new Map(
  (
    'NO15 BE16 DK18 FI18 FO18 GL18 NL18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21 BG22 ' +
    'BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24 ' +
    'SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 ' +
    'DO28 GT28 HU28 LB28 NI28 PL28 SV28 SD18 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 FK18 LC32 RU33'
  )
    .split(' ')
    .map((each) => [each.slice(0, 2), Number(each.slice(2))]),
);

/** ISO 13616: country, length, remainder 1 modulo 97. Upper case, no spaces. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,29}$/.test(text) || ibanLengths.get(text.slice(0, 2)) !== text.length)
    return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** French SIREN, nine digits with Luhn (INSEE). */
export function isSiren(digits: string): boolean {
  return /^[1-9]\d{8}$/.test(digits) && passesLuhn(digits);
}

/** French SIRET: a SIREN and five digits of the establishment; La Poste's add up to a multiple of five (INSEE). */
export function isSiret(digits: string): boolean {
  if (!/^\d{14}$/.test(digits) || !isSiren(digits.slice(0, 9))) return false;
  if (passesLuhn(digits)) return true;
  return digits.startsWith('356000000') && weighted(digits, [1]) % 5 === 0;
}

/** German Rentenversicherungsnummer: area, date of birth, letter, serial number, check digit (VKVV §4). */
export function isRentenversicherungsnummer(text: string): boolean {
  if (!/^\d{8}[A-Z]\d{3}$/.test(text)) return false;
  const month = Number(text.slice(4, 6));
  // Who has no known birthday, or shares it with too many, gets a day above 31.
  if (month > 12 || Number(text.slice(2, 4)) > 81) return false;
  const letter = String(text.charCodeAt(8) - 64).padStart(2, '0');
  const digits = `${text.slice(0, 8)}${letter}${text.slice(9, 11)}`;
  const factors = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  const sum = factors.reduce((total, factor, at) => {
    const product = factor * Number(digits[at]);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 10 === Number(text[11]);
}

/** British NINO: two letters, six digits, a letter; HMRC never gave some prefixes (NIM39110). It has no check digit. */
export function isNino(text: string): boolean {
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(text);
}

/** British NHS number: ten digits, weights 10 to 2, modulo 11 (NHS Data Dictionary). */
export function isNhsNumber(digits: string): boolean {
  if (!/^[3-9]\d{9}$/.test(digits)) return false;
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return check !== 10 && check % 11 === Number(digits[9]);
}

/** Payment cards: the brands' ranges and lengths (ISO/IEC 7812), and Luhn. */
export function isPaymentCard(digits: string): boolean {
  return cardPattern.test(digits) && passesLuhn(digits);
}

/** Visa, Mastercard, American Express, Discover, Diners Club, JCB, Maestro, UnionPay. */
const cardPattern =
  /^(?:4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|(?:50|5[6-9]|6[37])\d{14}|62\d{14})$/;

/** ISO/IEC 7064 MOD 11,10 over all digits, the last of which is the check digit. */
export function passesMod1110(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** The digits times their weights; one weight alone counts for all. */
export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  const length = weights.length === 1 ? digits.length : weights.length;
  for (let at = 0; at < length; at++) sum += (weights[at] ?? weights[0] ?? 0) * (digits.charCodeAt(at) - 48);
  return sum;
}
