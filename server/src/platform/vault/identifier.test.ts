import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isIban, isNir, isPersonnummer, isSteuerId, passesLuhn } from '../../core/guard/check-digits.ts';
import { detectIdentifiers } from './identifier-detection.ts';
import { normaliseIdentifier } from './identifier.ts';

describe('normalising an identifier', () => {
  it.each([
    [
      'email',
      'anna.lind@example.se',
      ['Anna.Lind@example.SE', 'mailto:anna.lind@example.se', ' anna.lind@example.se'],
    ],
    [
      'phone',
      '701234567',
      ['070-123 45 67', '+46 70 123 45 67', '0046701234567', '+46 (0)70-123 45 67', 'tel:+46701234567'],
    ],
    ['phone', '612345678', ['06 12 34 56 78', '+33 6 12 34 56 78', '06.12.34.56.78']],
    ['phone', '15112345678', ['0151 12345678', '+49 151/12345678']],
    ['phone', '7700900123', ['07700 900123', '+44 7700 900123']],
    [
      'personnummer',
      '8507099805',
      ['850709-9805', '19850709-9805', '8507099805', '198507099805', '850709+9805'],
    ],
    ['nir', '2550814168025', ['255081416802538', '2 55 08 14 168 025 38']],
    ['steuer-id', '86095742719', ['86095742719', '86 095 742 719']],
    ['iban', 'DE89370400440532013000', ['DE89 3704 0044 0532 0130 00', 'de89370400440532013000']],
    ['name', 'anna lind', ['Anna Lind', 'LIND, Anna', 'anna  lind', 'Änna Lind']],
    ['name', 'asa berg', ['Åsa Berg', 'A\u030asa Berg', 'asa BERG']],
    ['id', 'customer-4711', ['Customer-4711', ' customer-4711']],
  ])('brings each spelling of a %s to %s', (kind, value, spellings) => {
    for (const spelling of spellings)
      expect(normaliseIdentifier(spelling), spelling).toEqual({ kind, value });
  });

  it('changes nothing more when done again, for any text', () => {
    const again = (text: string) => normaliseIdentifier(normaliseIdentifier(text).value);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress()), (text) => {
        const once = normaliseIdentifier(text);
        if (once.kind === 'email' || once.kind === 'name') expect(again(text)).toEqual(once);
      }),
    );
  });
});

describe('check digits', () => {
  it('accept published examples', () => {
    expect(passesLuhn('79927398713')).toBe(true);
    expect(isPersonnummer('8112189876')).toBe(true); // Skatteverket SKV 704
    expect(isNir('255081416802538')).toBe(true);
    expect(isNir('1542A9999999' + '9'.repeat(1) + '00')).toBe(false);
    expect(isSteuerId('86095742719')).toBe(true); // BZSt
    expect(isIban('FR1420041010050500013M02606')).toBe(true); // ISO 13616 registry
    expect(isIban('SE4550000000058398257466')).toBe(true);
  });

  it('notice any single wrong digit', () => {
    const cases: [string, (text: string) => boolean][] = [
      ['8112189876', isPersonnummer],
      ['255081416802538', isNir],
      ['86095742719', isSteuerId],
      ['SE4550000000058398257466', isIban],
    ];
    for (const [valid, check] of cases) {
      for (let at = valid.length - 1; at > 1; at--) {
        for (let digit = 0; digit < 10; digit++) {
          const wrong = valid.slice(0, at) + digit + valid.slice(at + 1);
          if (wrong !== valid) expect(check(wrong), wrong).toBe(false);
        }
      }
    }
  });
});

describe('detecting identifiers in text', () => {
  const found = (text: string) =>
    detectIdentifiers(text).map(({ identifier, start, end }) => [identifier.kind, text.slice(start, end)]);

  it.each([
    [
      'Hej, jag heter Anna, 850709-9805, nås på 070-123 45 67.',
      [
        ['personnummer', '850709-9805'],
        ['phone', '070-123 45 67'],
      ],
    ],
    [
      'Mon numéro est le 06 12 34 56 78, NIR 2 55 08 14 168 025 38 merci',
      [
        ['phone', '06 12 34 56 78'],
        ['nir', '2 55 08 14 168 025 38'],
      ],
    ],
    [
      'Steuer-ID: 86 095 742 719, IBAN DE89 3704 0044 0532 0130 00 Danke',
      [
        ['steuer-id', '86 095 742 719'],
        ['iban', 'DE89 3704 0044 0532 0130 00'],
      ],
    ],
    [
      'Write to <anna.lind@example.se>. Or bob@b.example.',
      [
        ['email', 'anna.lind@example.se'],
        ['email', 'bob@b.example'],
      ],
    ],
    [
      '19850709-9805 0701234567',
      [
        ['personnummer', '19850709-9805'],
        ['phone', '0701234567'],
      ],
    ],
    [
      '{"user":"anna@example.se","tel":"+46701234567"}',
      [
        ['email', 'anna@example.se'],
        ['phone', '+46701234567'],
      ],
    ],
  ])('finds them where they stand: %s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    'Version 1.2.3 of 2026-11-22, 12:47:24, ran 1000000 times at 3.14159265 %.',
    'Invoice 20261122-4711 over EUR 1,234,567.89 due 01.12.2026',
    'Card 4111 1111 1111 1111 was declined',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'x @ y, foo@bar, @handle, user@localhost',
  ])('leaves other text alone: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('finds any valid address, phone or number in any surrounding', () => {
    const words = fc
      .array(fc.constantFrom('hej', 'und', 'merci', 'the', 'order', 'Åsa'), { maxLength: 6 })
      .map((list) => list.join(' '));
    const identifiers = fc.constantFrom(
      'anna.lind@example.se',
      '070-123 45 67',
      '+33 6 12 34 56 78',
      '19850709-9805',
      'SE45 5000 0000 0583 9825 7466',
    );
    const marks = fc.constantFrom(' ', '. ', ', ', '\n', ' (', '" ');
    fc.assert(
      fc.property(words, marks, identifiers, marks, words, (before, open, identifier, close, after) => {
        const text = `${before}${open}${identifier}${close}${after}`;
        const kinds = detectIdentifiers(text).map((detected) => detected.identifier);
        expect(kinds, text).toContainEqual(normaliseIdentifier(identifier));
      }),
    );
  });
});
