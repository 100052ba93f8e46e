import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { createTokenText } from './token-text.ts';

/** Tokens that are bytes, the hardest case: every character is cut wherever it can be. */
const bytes = (tokens: readonly Uint8Array[]) => Buffer.concat(tokens).toString('utf8');

/** Without U+FFFD itself: in a string it cannot be told from a character that is not whole yet. */
const wholeText = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\uFFFD', '?'));

test('text arrives in whole characters, however tokens cut it', () => {
  fc.assert(
    fc.property(wholeText, fc.array(fc.integer({ min: 1, max: 5 })), (text, lengths) => {
      const all = Buffer.from(text);
      const tokens: Uint8Array[] = [];
      for (let at = 0, index = 0; at < all.length; index++) {
        const length = lengths[index % Math.max(1, lengths.length)] ?? 1;
        tokens.push(all.subarray(at, (at += length)));
      }
      const reader = createTokenText(bytes);
      const pieces = tokens.map((token) => reader.push(token));
      expect([...pieces, reader.end()].join('')).toBe(text);
      expect(pieces.join('')).not.toContain('\uFFFD');
    }),
    { numRuns: 2000 },
  );
});

test('bytes that are no text do not hold up what follows for ever', () => {
  const reader = createTokenText(bytes);
  const shown = Array.from({ length: 40 }, () => reader.push(Buffer.from([0xff]))).join('');
  expect(shown.length).toBeGreaterThan(20);
});
