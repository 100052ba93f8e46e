import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { textDetectors } from './detectors.ts';
import type { GuardAction } from './guard-policy.ts';
import { Placeholders } from './placeholders.ts';
import { GrowingText, TextGuard } from './text-guard.ts';

const values = [
  'anna.lind@example.se',
  '850709-9805',
  '19850709-9805',
  'personnummer 850709 9805',
  '070-123 45 67',
  '+46 (0)70-123 45 67',
  '06 12 34 56 78',
  'SE45 5000 0000 0583 9825 7466',
  'GB82 WEST 1234 5698 7654 32',
  'FR14 2004 1010 0505 0001 3M02 606',
  '4111 1111 1111 1111',
  '2 55 08 14 168 025 38',
  '15 070649 C 103',
  'AB 12 34 56 C',
  'born on 12 March 1985',
  'née le 1er avril 1979',
  'Geburtsdatum 9. Juli 1985',
  'DOB: July 9, 1985',
  'FR 40 303265045',
  'SIRET 552 100 554 00013',
  '2001:db8::1',
  '192.0.2.44',
];
const words = [
  'hej',
  'the order',
  'WE ARE',
  'A',
  'Åsa',
  'und 12',
  '(',
  ').',
  ' – ',
  'of March',
  '[EMAIL_1]',
  '[',
  '0',
  '+',
  'a@',
  '12.',
  '\n',
];
/** Prose with values in it, and pieces of values that become none. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...values),
      fc.constantFrom(...words),
      fc.constantFrom(...values).chain((value) => fc.nat(value.length).map((end) => value.slice(0, end))),
    ),
    { maxLength: 8 },
  )
  .chain((parts) => fc.constantFrom(' ', ', ', '\n', '').map((between) => parts.join(between)));

function guardOf(action: GuardAction, placeholders = new Placeholders()): TextGuard {
  return new TextGuard(textDetectors, new Map(textDetectors.map(({ name }) => [name, action])), placeholders);
}

function inPieces(text: string, cuts: readonly number[], guard: TextGuard): string {
  const growing = new GrowingText(guard);
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  let at = 0;
  let shown = '';
  for (const place of [...places, text.length]) {
    shown += growing.push(text.slice(at, place));
    at = place;
  }
  return shown + growing.end();
}

describe('guarding a text', () => {
  it('gives in pieces, cut anywhere, what it gives of the whole', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(2_000), { maxLength: 40 }), (text, cuts) => {
        const whole = guardOf('mask');
        const pieces = guardOf('mask');
        expect(inPieces(text, cuts, pieces)).toBe(whole.whole(text));
        expect(pieces.counts).toEqual(whole.counts);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(values)('gives it for every two pieces and one character at a time: %s', (value) => {
    const text = `Hello, this is ${value}, thank you very much`;
    const expected = guardOf('mask').whole(text);
    expect(expected).toMatch(/\[[A-Z_]+_1\]/);
    for (let cut = 0; cut <= text.length; cut++)
      expect(inPieces(text, [cut], guardOf('mask'))).toBe(expected);
    const each = Array.from({ length: text.length }, (_, at) => at);
    expect(inPieces(text, each, guardOf('mask'))).toBe(expected);
  });

  it('lets no character of a value out before it is judged', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.constantFrom('see: ', 'mail ', 'x ', ''),
        (value, before) => {
          const growing = new GrowingText(guardOf('mask'));
          const secret = guardOf('mask');
          secret.whole(before + value);
          let shown = '';
          for (const character of before + value + ' and so on we go') shown += growing.push(character);
          shown += growing.end();
          const [name] = [...secret.counts.keys()];
          expect(shown).toContain(`[${name?.toUpperCase()}_1]`);
          expect(shown).not.toContain(value);
        },
      ),
    );
  });

  it('holds ordinary prose for a word, and never more than a few lines', () => {
    const growing = new GrowingText(guardOf('mask'));
    const prose = 'The weather in the north is mild for this time of the year and the rivers are high. ';
    let waiting = 0;
    let shown = 0;
    Array.from(prose.repeat(5)).forEach((character, at) => {
      shown += growing.push(character).length;
      waiting = Math.max(waiting, at + 1 - shown);
    });
    expect(waiting).toBeLessThan(16);
    const table = new GrowingText(guardOf('mask'));
    expect(table.push('12 34 '.repeat(10_000)).length).toBeGreaterThan(60_000 - 400);
  });

  it('turns back what it masked, whatever else looks like a placeholder', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(2_000), { maxLength: 20 }), (text, cuts) => {
        const placeholders = new Placeholders();
        placeholders.avoid(text);
        const masked = guardOf('mask_and_restore', placeholders).whole(text);
        expect(placeholders.restore(masked)).toBe(text);
        const idle = new TextGuard([], new Map(), placeholders);
        expect(inPieces(masked, cuts, idle)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives one value one name, and another value another', () => {
    const guard = guardOf('mask');
    expect(guard.whole('a@b.se, c@d.se and a@b.se')).toBe('[EMAIL_1], [EMAIL_2] and [EMAIL_1]');
    expect(guard.counts.get('email')).toEqual({ action: 'mask', count: 3 });
  });

  it('only counts what is flagged, and says what is blocked', () => {
    const flagging = guardOf('flag');
    expect(flagging.whole('write to a@b.se')).toBe('write to a@b.se');
    expect([flagging.isBlocked, flagging.isStrict]).toEqual([false, false]);
    const blocking = guardOf('block');
    blocking.whole('write to a@b.se');
    expect([blocking.isBlocked, blocking.isStrict]).toEqual([true, true]);
  });
});
