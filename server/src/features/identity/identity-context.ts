import type { Transaction } from 'kysely';

import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { IdentityTables } from './identity-tables.ts';

export interface IdentityEvent {
  readonly kind: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly organisation: string | null;
  /** Ids of things, never of persons. */
  readonly body: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** What the use cases of this slice stand on. */
export interface IdentityContext extends Pick<Database<IdentityTables>, 'inOrganisation' | 'inInstance'> {
  /** Writes the ledger entry of a change into the transaction that makes the change. */
  readonly record: (trx: Transaction<IdentityTables>, event: IdentityEvent) => Promise<void>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export const isoTime = (clock: Clock): string => new Date(clock.now()).toISOString();
