import { QuotaTable } from '../../core/limits/quota-table.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { type AnyTransaction, type Database, tablesOf } from '../../platform/postgres/database.ts';
import type { ChargedCall } from './call-charge.ts';
import { CallLimits } from './call-limits.ts';
import type { LimitTables } from './limit-tables.ts';
import { QuotaExchange } from './quota-exchange.ts';
import { discharge } from './quota-store.ts';
import { type RecordEvents, RefusalCounts } from './refusal-counts.ts';
import { chargeCalls } from './usage-store.ts';

export interface GatewayLimits {
  readonly calls: CallLimits;
  readonly tasks: readonly { name: string; everyMs: number; run(): Promise<void> }[];
  /** After the last call was shipped. */
  close(): Promise<void>;
}

/** Limits in one gateway process. `processId` is the journal's: what it ships is paid from what it leased. */
export function createGatewayLimits(options: {
  readonly database: Database;
  readonly processId: string;
  readonly recordEvents: RecordEvents;
  readonly now: () => number;
  readonly log: Logger;
}): GatewayLimits {
  const table = new QuotaTable();
  const exchange = new QuotaExchange({ ...options, table });
  const refusals = new RefusalCounts(options);
  return {
    calls: new CallLimits({ table, exchange, refusals, now: options.now }),
    tasks: [
      { name: 'lease-quota', everyMs: 100, run: () => exchange.tick() },
      { name: 'count-refusals', everyMs: 1_000, run: () => refusals.write() },
    ],
    async close() {
      await refusals.write().catch((cause: unknown) => options.log.error('limits.refusals_lost', cause));
      await exchange.close();
    },
  };
}

/** What shipping does with limits, in its own transactions. */
export const callBooks = {
  charge: (trx: AnyTransaction, processId: string, calls: readonly ChargedCall[]) =>
    chargeCalls(tablesOf<LimitTables>(trx), processId, calls),
  conclude: (trx: AnyTransaction, processId: string) => discharge(tablesOf<LimitTables>(trx), processId),
};
