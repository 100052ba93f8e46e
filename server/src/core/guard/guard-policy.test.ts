import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { detectorNames } from './detector.ts';
import { guardActions, type GuardRules, isEmpty, loosenedBy, tightened } from './guard-policy.ts';

const answers = guardActions.filter((action) => action !== 'mask_and_restore');
const rules: fc.Arbitrary<GuardRules> = fc.dictionary(
  fc.constantFrom(...detectorNames),
  fc.record(
    { request: fc.constantFrom(...guardActions), answer: fc.constantFrom(...answers) },
    { requiredKeys: [] },
  ),
);

describe('rules of several levels', () => {
  it('are never milder together than any of them', () => {
    fc.assert(
      fc.property(rules, rules, (a, b) => {
        expect(loosenedBy(tightened(a, b), a)).toEqual([]);
        expect(loosenedBy(tightened(a, b), b)).toEqual([]);
      }),
    );
  });

  it('are the same in any order and however often', () => {
    fc.assert(
      fc.property(rules, rules, rules, (a, b, c) => {
        expect(tightened(a, b)).toEqual(tightened(b, a));
        expect(tightened(tightened(a, b), c)).toEqual(tightened(a, tightened(b, c)));
        expect(tightened(a, tightened(a, a))).toEqual(tightened(a, {}));
      }),
    );
  });

  it('name the detectors for which one would be milder', () => {
    expect(loosenedBy({ email: { request: 'flag' } }, { email: { request: 'mask' } })).toEqual(['email']);
    expect(loosenedBy({}, { email: { request: 'mask' } })).toEqual([]);
    expect(loosenedBy({ email: { answer: 'block' } }, { email: { answer: 'mask' } })).toEqual([]);
    expect([isEmpty({}), isEmpty({ email: {} }), isEmpty({ email: { answer: 'flag' } })]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
