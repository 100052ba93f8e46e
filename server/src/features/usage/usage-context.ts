import type { Clock } from '../../core/clock.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';

/** Names of sites by id; from the slice that owns them. */
export type SiteNames = (trx: AnyTransaction) => Promise<ReadonlyMap<string, string>>;

/** What the reads of this slice stand on. */
export interface UsageContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly siteNames: SiteNames;
}
