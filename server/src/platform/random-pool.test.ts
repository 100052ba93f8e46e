import { assert, integer, array, property } from 'fast-check';
import { expect, test } from 'vitest';

import { createRandomPool } from './random-pool.ts';

test('no byte is handed out twice, and none is left behind as zero', () => {
  assert(
    property(array(integer({ min: 16, max: 4096 }), { minLength: 1, maxLength: 40 }), (lengths) => {
      const pool = createRandomPool();
      const pieces = lengths.map((length) => pool.take(length));
      expect(pieces.map(({ length }) => length)).toEqual(lengths);
      // 128 random bits meet by chance once in 2⁶⁴ draws: equal beginnings are the same bytes.
      const beginnings = pieces.map((piece) => piece.toString('hex', 0, 16));
      expect(new Set(beginnings).size).toBe(pieces.length);
      expect(beginnings).not.toContain('0'.repeat(32));
    }),
  );
});

test('what was handed out stays as it is', () => {
  const pool = createRandomPool();
  const first = pool.take(32);
  const copy = first.toString('hex');
  for (let index = 0; index < 1_000; index++) pool.take(32);
  expect(first.toString('hex')).toBe(copy);
});
