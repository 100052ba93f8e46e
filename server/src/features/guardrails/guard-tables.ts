import type { Clock } from '../../core/clock.ts';
import type { GuardRules } from '../../core/guard/guard-policy.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { Vault } from '../../platform/vault/vault.ts';

/** The table of this slice (0012_content.sql), and what it reads of others. */
export interface GuardTables {
  'kulning.guard_rules': { organisation_id: string; scope_id: string; rules: GuardRules; changed_at: Date };
  'kulning.organisation': { id: string; parent_id: string | null };
  'kulning.api_key': { id: string; organisation_id: string; name: string; revoked_at: Date | null };
  'kulning.record_subject': {
    organisation_id: string;
    record_id: string;
    subject_index: string;
    origin: string;
  };
}

/** What the use cases of this slice stand on. */
export interface GuardContext {
  readonly database: Database<GuardTables>;
  readonly vault: Pick<Vault, 'load' | 'blindIndex'>;
  readonly clock: Clock;
  /** Writes the ledger entry of a change into the transaction that makes the change. */
  readonly record: (trx: AnyTransaction, event: LedgerEvent) => Promise<unknown>;
}
