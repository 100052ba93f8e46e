import type { LimitContext } from './limit-context.ts';
import { historyTables, removeHistory } from './limit-history-store.ts';

const DAY_MS = 86_400_000;
/** Budgets are of days and months: of those before, the days are looked at for a while longer, the months for all of it. */
const KEEP_DAYS_OF_DAYS = 62;
const BATCH_ROWS = 5_000;

/** Removes what limits leave behind; stopped in the middle, the next turn goes on. */
export async function pruneLimits(
  { database, clock }: Pick<LimitContext, 'database' | 'clock'>,
  keepDays: number,
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now();
  const daysAgo = (days: number) => new Date(now - days * DAY_MS);
  const ends = {
    day: daysAgo(KEEP_DAYS_OF_DAYS).toISOString().slice(0, 10),
    month: daysAgo(keepDays).toISOString().slice(0, 7),
    bucket: daysAgo(1),
    refusal: daysAgo(keepDays),
  };
  for (const table of historyTables)
    for (let removed = BATCH_ROWS; removed === BATCH_ROWS && !signal.aborted;)
      removed = await database.inInstance('limits of the past', (trx) =>
        removeHistory(trx, table, ends, BATCH_ROWS),
      );
}
