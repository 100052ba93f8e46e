import { describe, expect, it } from 'vitest';

import {
  isNhsNumber,
  isNino,
  isOrganisationsnummer,
  isPaymentCard,
  isRentenversicherungsnummer,
  isSiren,
  isSiret,
} from './check-digits.ts';
import { vatNumber } from './vat-number.ts';

/** Published: Bolagsverket, INSEE, Deutsche Rentenversicherung, NHS Data Dictionary, the card schemes' test numbers. */
const published: readonly (readonly [string, (text: string) => boolean])[] = [
  ['5560360793', isOrganisationsnummer],
  ['552100554', isSiren],
  ['55210055400013', isSiret],
  ['15070649C103', isRentenversicherungsnummer],
  ['9434765919', isNhsNumber],
  ['4111111111111111', isPaymentCard],
  ['378282246310005', isPaymentCard],
  ['5555555555554444', isPaymentCard],
];

describe('check digits', () => {
  it.each(published)('accept %s', (number, holds) => {
    expect(holds(number)).toBe(true);
  });

  it.each(published)('notice any single wrong digit of %s', (number, holds) => {
    for (let at = 0; at < number.length; at++)
      for (let digit = 0; digit < 10; digit++) {
        const wrong = number.slice(0, at) + digit + number.slice(at + 1);
        if (wrong !== number && /\d/.test(number[at] ?? '')) expect(holds(wrong), wrong).toBe(false);
      }
  });

  it('know La Poste, whose establishments count otherwise', () => {
    expect(isSiret('35600000000048')).toBe(true);
    expect(isSiret('35600000049837')).toBe(true);
    expect(isSiret('35600000049838')).toBe(false);
  });

  it('know the prefixes that no British number has', () => {
    expect(isNino('AB123456C')).toBe(true);
    for (const never of ['BG123456A', 'QQ123456C', 'AO123456C', 'AB123456E'])
      expect(isNino(never)).toBe(false);
  });

  it('know VAT numbers, with their check digits where a country publishes them', () => {
    const checked =
      'SE556036079301 FR40303265045 DE136695976 BE0403019261 PL5260001246 IT12345670017 DK13585628 FI20774740 LU26375245 PT501964843 HR33392005961 EE100931558';
    for (const number of checked.split(' ')) {
      expect(vatNumber(number), number).toBe('checked');
      const last = (Number(number.at(-1)) + 1) % 10;
      expect(vatNumber(number.slice(0, -1) + last), number).not.toBe('checked');
    }
    expect(vatNumber('ATU13585627')).toBe('form');
    expect(vatNumber('US123456789')).toBeUndefined();
  });
});
