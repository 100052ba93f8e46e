import type { Clock } from '../core/clock.ts';
import { formatId, type IdPrefix, type IdSource } from '../core/id.ts';
import { createRandomPool } from './random-pool.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** Random ids of this process. */
export function createIdSource(clock: Clock): IdSource {
  const random = createRandomPool();
  return { next: (prefix: IdPrefix) => formatId(prefix, clock.now(), random.take(10)) };
}
