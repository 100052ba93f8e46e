import type { Database } from '../../platform/postgres/database.ts';
import { type BatchClaim, renewBatch } from './batch-claim-store.ts';
import type { BatchTables } from './batch-tables.ts';

/** Keeps a claim while `work` is at it, and stops the work when the claim is lost. */
export async function underLease<T>(
  database: Database<BatchTables>,
  claim: BatchClaim,
  leaseMs: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const renew = async () => {
    const held = await database.inInstance('batch lease', (trx) => renewBatch(trx, claim, leaseMs));
    if (!held) lost.abort();
  };
  // A renewal that fails is followed by another before the lease is over.
  const timer = setInterval(() => void renew().catch(() => undefined), leaseMs / 3);
  try {
    return await work(AbortSignal.any([stop, lost.signal]));
  } finally {
    clearInterval(timer);
  }
}
