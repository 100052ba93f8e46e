import {
  isNhsNumber,
  isNir,
  isOrganisationsnummer,
  isPaymentCard,
  isPersonnummer,
  isRentenversicherungsnummer,
  isSiren,
  isSiret,
  isSteuerId,
} from './check-digits.ts';
import { begins, type Detector, type DetectorName, isWordAt, type Place } from './detector.ts';
import type { NumberWindow } from './number-run.ts';

/** Whether digits are the number that a detector looks for. `announced`: one of its words stands before them. */
type Accepts = (window: NumberWindow, announced: () => boolean) => boolean;

const none = /(?!)/;

/** @param lengths how many digits such a number has: windows of others are not looked at */
function numberDetector(
  name: DetectorName,
  lengths: readonly number[],
  accepts: Accepts,
  words: RegExp = none,
): Detector {
  const fits = lengths.reduce((mask, length) => mask | (1 << length), 0);
  return {
    name,
    begins: begins.digit,
    endAt(place) {
      for (const window of place.windows) {
        if ((fits & (1 << window.digits.length)) === 0) continue;
        if (continuesNumber(place)) return 0;
        if (accepts(window, () => place.isAfter(words))) return window.end;
      }
      return 0;
    },
  };
}

/** `3.14159` and `2026-11-22-4711` are one thing: nothing begins in their middle. */
export function continuesNumber({ text, start }: Place): boolean {
  const before = text[start - 1] ?? ' ';
  const further = text.charCodeAt(start - 2);
  return before !== ' ' && '.,-/:_'.includes(before) && further >= 48 && further <= 57;
}

/** Of ten or twelve digits with the century; also `6+4` for who is a hundred. A coordination number adds 60 to the day. */
const personnummer = numberDetector(
  'se_personnummer',
  [10, 12],
  ({ digits, shape }, announced) => {
    if (!/^(?:10|12|[68][-+ ]4)$/.test(shape)) return false;
    const ten = digits.slice(-10);
    if (!isPersonnummer(ten) || (digits.length === 12 && !/^(?:18|19|20)/.test(digits))) return false;
    const day = Number(ten.slice(4, 6)) % 60;
    if (!isDayOfMonth(Number(ten.slice(2, 4)), day)) return false;
    // Ten bare digits could as well be an order's number or a moment in seconds; one in sixty of those would pass.
    return shape !== '10' && shape !== '6 4' ? true : announced();
  },
  /person(?:nummer|nr)|\bp(?:ers)?nr\b|pnr|samordningsnummer|social security|numéro personnel|född|född|born|patient|kund/iu,
);

const organisationsnummer = numberDetector(
  'se_organisationsnummer',
  [10, 12],
  ({ digits, shape }, announced) =>
    (shape === '6-4' || shape === '10' || shape === '2-10') &&
    isOrganisationsnummer(digits.slice(-10)) &&
    (shape === '6-4' || announced()),
  /org(?:anisations)?[.\s-]*(?:nummer|nr)|\borg\b|momsreg|bolag|company number|\bAB\b/iu,
);

const nir: Detector = {
  name: 'fr_nir',
  begins: begins.digit,
  endAt(place) {
    const found = place.match(nirPattern);
    if (found === undefined || continuesNumber(place)) return 0;
    const end = place.start + found.length;
    return isNir(found.replaceAll(/[ \u00a0\u202f.-]/g, '')) && !isWordAt(place.text, end) ? end : 0;
  },
};
const nirPattern =
  /[1-478][ \u00a0\u202f.-]?\d\d[ \u00a0\u202f.-]?\d\d[ \u00a0\u202f.-]?(?:\d\d|2[AB])[ \u00a0\u202f.-]?\d{3}[ \u00a0\u202f.-]?\d{3}[ \u00a0\u202f.-]?\d\d/y;

const rentenversicherungsnummer: Detector = {
  name: 'de_rentenversicherungsnummer',
  begins: begins.digit,
  endAt(place) {
    const found = place.match(insurancePattern);
    if (found === undefined || continuesNumber(place)) return 0;
    const end = place.start + found.length;
    return isRentenversicherungsnummer(found.replaceAll(/[ \u00a0]/g, '')) && !isWordAt(place.text, end)
      ? end
      : 0;
  },
};
const insurancePattern = /\d\d[ \u00a0]?\d{6}[ \u00a0]?[A-Z][ \u00a0]?\d\d[ \u00a0]?\d/y;

const steuerId = numberDetector(
  'de_steuer_id',
  [11],
  ({ digits, shape }, announced) =>
    (shape === '11' || shape === '2 3 3 3') && isSteuerId(digits) && (shape !== '11' || announced()),
  /steuer|\bidnr|\btin\b|tax|identifikationsnummer|fiscal|skatte/iu,
);

const nhsNumber = numberDetector(
  'gb_nhs_number',
  [10],
  ({ digits, shape }, announced) =>
    (shape === '10' || shape === '3 3 4' || shape === '3-3-4') && isNhsNumber(digits) && announced(),
  /\bnhs\b|health service/iu,
);

const companyWords = /sire[nt]|\brcs\b|entreprise|établissement|société|company|registre/iu;

const siret = numberDetector(
  'fr_siret',
  [14],
  ({ digits, shape }, announced) =>
    (shape === '3 3 3 5' || shape === '14' || shape === '9 5') &&
    isSiret(digits) &&
    (shape !== '14' || announced()),
  companyWords,
);

const siren = numberDetector(
  'fr_siren',
  [9],
  ({ digits, shape }, announced) => (shape === '3 3 3' || shape === '9') && isSiren(digits) && announced(),
  companyWords,
);

const card = numberDetector('payment_card', [13, 14, 15, 16, 17, 18, 19], ({ digits, shape }) => {
  const groups = /^(?:\d\d|4([ -])4\1[45]\1[1-7]|4([ -])4\2[4]\2[4]\2[1-3]|4([ -])6\3[45])$/;
  return groups.test(shape) && isPaymentCard(digits);
});

const ipV4 = numberDetector(
  'ip_address',
  [4, 5, 6, 7, 8, 9, 10, 11, 12],
  ({ digits, shape }, announced) => {
    if (!/^[123]\.[123]\.[123]\.[123]$/.test(shape)) return false;
    let at = 0;
    for (const length of shape.split('.').map(Number)) {
      const part = digits.slice(at, (at += length));
      if (Number(part) > 255 || (length > 1 && part.startsWith('0'))) return false;
    }
    // `version 1.2.3.4` has the same form.
    return !announced();
  },
  /(?:versions?|\bv|release|build|utgåva|kapitel|chapter|section|§)[\s.:]*$/iu,
);

/** Days of a month, of a leap year where the year is not known. */
export function isDayOfMonth(month: number, day: number): boolean {
  if (month === 2) return day >= 1 && day <= 29;
  return month >= 1 && month <= 12 && day >= 1 && day <= ([4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** Numbers that are known by their digits and by how they are grouped. */
export const numberDetectors: readonly Detector[] = [
  personnummer,
  organisationsnummer,
  nir,
  rentenversicherungsnummer,
  steuerId,
  nhsNumber,
  siret,
  siren,
  card,
  ipV4,
];
