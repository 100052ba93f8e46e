import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { QUANTILE_ERROR, quantileMs } from './duration-sketch.ts';

/** The bucket by its definition: the first whose upper limit is not exceeded. */
function bucketOf(us: number): number {
  let bucket = 0;
  while (us > 16 * 2 ** (bucket / 8)) bucket++;
  return bucket;
}

function sketchOf(durationsUs: readonly number[]): number[] {
  const counts: number[] = [];
  for (const us of durationsUs) {
    const bucket = bucketOf(us);
    while (counts.length <= bucket) counts.push(0);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

const durations = fc.array(fc.integer({ min: 16, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 });

describe('a sketch of durations', () => {
  it('tells every quantile within its stated error', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0.001, max: 1, noNaN: true }), (us, q) => {
        const rank = Math.max(1, Math.ceil(q * us.length));
        const exactMs = (us.toSorted((a, b) => a - b)[rank - 1] ?? 0) / 1000;
        const toldMs = quantileMs(sketchOf(us), q) ?? 0;
        const off = Math.max(toldMs / exactMs, exactMs / toldMs) - 1;
        expect(off).toBeLessThanOrEqual(QUANTILE_ERROR + 1e-9);
      }),
    );
    expect(QUANTILE_ERROR).toBeLessThan(0.045);
  });

  it('knows nothing of nothing', () => expect(quantileMs([0, 0], 0.5)).toBeNull());
});
