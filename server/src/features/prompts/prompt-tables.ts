import type { Generated } from 'kysely';

import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { Vault } from '../../platform/vault/vault.ts';

/** Tables of this slice (0012_content.sql), and the vault's as far as it reads and deletes its own records. */
export interface PromptTables {
  'kulning.prompt': {
    row_id: Generated<bigint>;
    organisation_id: string;
    id: string;
    name: string;
    created_at: Date;
  };
  'kulning.prompt_version': {
    organisation_id: string;
    prompt_id: string;
    version: number;
    record_id: string;
    digest: string;
    created_at: Date;
  };
  'kulning.prompt_label': { organisation_id: string; prompt_id: string; label: string; version: number };
  'kulning.vault_record': {
    organisation_id: string;
    id: string;
    epoch: number;
    wrapped_key: Buffer;
    nonce: Buffer | null;
    ciphertext: Buffer | null;
  };
}

/** What the use cases of this slice stand on. */
export interface PromptContext {
  readonly database: Database<PromptTables>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Writes the ledger entry of a change into the transaction that makes the change. */
  readonly record: (trx: AnyTransaction, event: LedgerEvent) => Promise<unknown>;
}
