import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { FileKeeper } from '../files/index.ts';
import type { BatchRow } from './batch-tables.ts';

/** What the use cases of this slice stand on. */
export interface BatchesContext {
  readonly database: Database;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly files: FileKeeper;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Writes to the ledger in the transaction of the change. */
  readonly record: (trx: AnyTransaction, event: LedgerEvent) => Promise<unknown>;
  /** Of a process whose keys erasures wait for while it writes. */
  readonly epochUse?: Pick<EpochUse, 'hold' | 'release'>;
}

/** Ids, codes and counts: what the ledger says of a batch besides its calls. */
export function batchEvent(
  kind: 'batch.created' | 'batch.begun' | 'batch.cancelling' | 'batch.ended',
  { organisation_id: organisation, id }: Pick<BatchRow, 'organisation_id' | 'id'>,
  at: number,
  body: LedgerEvent['body'],
): LedgerEvent {
  return { kind, at: new Date(at).toISOString(), organisation, body: { batch: id, ...body } };
}

/** Lets erasures wait for what `work` seals until it has committed. */
export async function holdingKeys<T>(
  { vault, epochUse }: Pick<BatchesContext, 'vault' | 'epochUse'>,
  organisationId: string,
  work: () => Promise<T>,
): Promise<T> {
  await vault.load(organisationId);
  const epoch = vault.epoch(organisationId);
  epochUse?.hold(organisationId, epoch);
  try {
    return await work();
  } finally {
    epochUse?.release(organisationId, epoch);
  }
}
