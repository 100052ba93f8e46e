import { describe, expect, it } from 'vitest';

import { rangeOf, stepsOf } from './usage-range.ts';

const now = Date.parse('2026-11-22T19:30:00Z');

describe('a range of usage', () => {
  it('ends with the hour that runs, and is the same for the whole hour', () => {
    const range = rangeOf({}, now);
    expect(range).toEqual({ from: '2026-11-21T20:00:00.000Z', to: '2026-11-22T20:00:00.000Z', step: 'hour' });
    expect(rangeOf({ range: '24h' }, now + 29 * 60_000)).toEqual(range);
    expect(stepsOf(range)).toHaveLength(24);
  });

  it('goes by days where hours would be too many, from the first moment of a day', () => {
    const range = rangeOf({ range: '30d' }, now);
    expect(range).toMatchObject({ step: 'day', from: '2026-10-23T00:00:00.000Z' });
    expect(stepsOf(range)).toHaveLength(31);
  });

  it('takes days of one’s own before a name, and no nonsense', () => {
    expect(rangeOf({ from: '2026-11-01', to: '2026-11-03', range: '90d' }, now)).toEqual({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-03T00:00:00.000Z',
      step: 'hour',
    });
    expect(rangeOf({ from: 'yesterday', to: '2026-13-99' }, now)).toEqual(rangeOf({}, now));
    expect(stepsOf(rangeOf({ from: '2026-11-03', to: '2026-11-01' }, now))).toEqual([]);
  });
});
