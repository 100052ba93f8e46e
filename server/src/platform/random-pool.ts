import { randomFillSync } from 'node:crypto';

/** Random bytes for keys, salts and nonces, each handed out once. */
export interface RandomPool {
  /** A buffer of its own. */
  take(length: number): Buffer;
}

const POOL_BYTES = 8 * 1024;

/**
 * Draws from the system eight kilobytes at a time: a call needs four small pieces, and each would cost a system call. What
 * is handed out is wiped from the pool, so that memory holds a key no longer than its owner does.
 */
export function createRandomPool(): RandomPool {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    take(length) {
      if (length > POOL_BYTES) throw new RangeError(`a pool gives at most ${POOL_BYTES} bytes at once`);
      if (used + length > POOL_BYTES) {
        randomFillSync(pool);
        used = 0;
      }
      const taken = Buffer.allocUnsafe(length);
      pool.copy(taken, 0, used, used + length);
      pool.fill(0, used, used + length);
      used += length;
      return taken;
    },
  };
}
