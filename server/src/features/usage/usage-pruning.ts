import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { removeOldUsage } from './usage-store.ts';

const DAY_MS = 86_400_000;
/** Short enough that whoever ships calls meanwhile hardly waits. */
const BATCH_ROWS = 5_000;

/** Removes the usage of hours that are older than `keepDays`; stopped in the middle, the next turn goes on. */
export async function pruneUsage(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  keepDays: number,
  signal: AbortSignal,
): Promise<void> {
  const before = new Date(clock.now() - keepDays * DAY_MS);
  for (const table of ['kulning.usage_hour', 'kulning.usage_refusal'] as const)
    for (let removed = BATCH_ROWS; removed === BATCH_ROWS && !signal.aborted;)
      removed = await database.inInstance('usage that is too old', (trx) =>
        removeOldUsage(trx, table, before, BATCH_ROWS),
      );
}
