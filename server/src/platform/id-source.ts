import { randomFillSync } from 'node:crypto';

import type { Clock } from '../core/clock.ts';
import { formatId, type IdPrefix, type IdSource } from '../core/id.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** Random ids of this process. Randomness is drawn 400 ids at a time: one system call each would cost 2 µs a call. */
export function createIdSource(clock: Clock): IdSource {
  const pool = new Uint8Array(4000);
  let used = pool.length;
  return {
    next(prefix: IdPrefix) {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      const random = pool.subarray(used, used + 10);
      used += 10;
      return formatId(prefix, clock.now(), random);
    },
  };
}
