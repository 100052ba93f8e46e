/**
 * Durations counted in buckets whose upper limits grow by 2^(1/8) from 16 µs (0013_usage.sql puts them in). Sketches add
 * up bucket by bucket, so that the quantile of a day is that of its hours together, and not a mean of theirs.
 */
const FIRST_LIMIT_US = 16;
const BUCKETS_PER_DOUBLING = 8;

/** Half a bucket each way: what is read out is at most this part off, from 16 µs up. */
export const QUANTILE_ERROR = 2 ** (1 / (2 * BUCKETS_PER_DOUBLING)) - 1;

/**
 * Nearest rank: the duration that a share `q` of all do not exceed.
 * @param counts how many durations lie in each bucket, the first bucket first
 * @param q above 0, up to 1
 * @returns milliseconds, the geometric middle of the bucket; null when nothing was counted
 */
export function quantileMs(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(q * total));
  let passed = 0;
  for (const [bucket, count] of counts.entries()) {
    passed += count;
    if (passed >= rank) return middleUs(bucket) / 1000;
  }
  return null;
}

/** Of everything up to 16 µs only that is known, so the first bucket answers with its limit. */
function middleUs(bucket: number): number {
  return FIRST_LIMIT_US * 2 ** (Math.max(0, bucket - 0.5) / BUCKETS_PER_DOUBLING);
}
