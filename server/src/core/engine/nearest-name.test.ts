import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { editDistance, nearestNames } from './nearest-name.ts';

const served = ['kulning-triage', 'ministral-3-8b', 'mistral-small-3.2', 'apertus-8b'];

test.each([
  ['kulning-triag', ['kulning-triage']],
  ['KULNING-TRIAGE', ['kulning-triage']],
  ['mistral-small', ['mistral-small-3.2']],
  ['ministral-3-b8', ['ministral-3-8b']],
  ['triage', ['kulning-triage']],
  ['gpt-4o', []],
])('for %s it names %j', (wanted, names) => {
  expect(nearestNames(wanted, served, 1)).toEqual(names);
});

test('the distance is zero for the same, the same both ways, and at most the longer length', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test('two swapped letters are one edit', () => {
  expect(editDistance('triage', 'traige')).toBe(1);
});
