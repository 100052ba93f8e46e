import type { ColumnType, Generated } from 'kysely';

import type { Clock } from '../../core/clock.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';

/** Tables of this slice (0012_content.sql), and what it reads and deletes of others. */
export interface CacheTables {
  'kulning.cache_setting': {
    organisation_id: string;
    enabled: boolean;
    ttl_seconds: number;
    max_bytes: ColumnType<bigint, number, number>;
    any_temperature: boolean;
    tool_calls: boolean;
    generation: number;
    changed_at: Date;
  };
  'kulning.cache_entry': {
    row_id: Generated<bigint>;
    organisation_id: string;
    id: string;
    key: string;
    bytes: number;
    created_at: Date;
    expires_at: Date;
  };
  'kulning.vault_record': {
    organisation_id: string;
    id: string;
    store: string;
    epoch: number;
    wrapped_key: Buffer;
    nonce: Buffer | null;
    ciphertext: Buffer | null;
  };
}

/** What the use cases of this slice stand on. */
export interface CacheContext {
  readonly database: Database<CacheTables>;
  readonly clock: Clock;
  /** Writes the ledger entry of a change into the transaction that makes the change. */
  readonly record: (trx: AnyTransaction, event: LedgerEvent) => Promise<unknown>;
}
