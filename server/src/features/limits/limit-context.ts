import type { Transaction } from 'kysely';

import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { LimitTables } from './limit-tables.ts';

export type LimitTransaction = Transaction<LimitTables>;

/** What the use cases of this slice stand on. */
export interface LimitContext {
  readonly database: Database<LimitTables>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  /** Writes the ledger entry of a change into the transaction that makes the change. */
  readonly record: (trx: AnyTransaction, event: LedgerEvent) => Promise<unknown>;
}

export const isoNow = (clock: Clock) => new Date(clock.now()).toISOString();
