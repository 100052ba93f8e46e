import type { Clock } from '../../core/clock.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { PrivacyTables } from './privacy-tables.ts';
import { deleteRecords, expiredRecords, referencedBlobs } from './vault-record-store.ts';

export interface SweepOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Logger;
}

const batchSize = 500;
/** A blob is written before its row commits; only one that has been alone for an hour is an orphan. */
const orphanAgeMs = 3_600_000;

/**
 * Deletes records whose time is over, their blobs first. Old copies in WAL and backups stay decryptable until the
 * organisation's next key epoch. @returns how many records
 */
export async function sweepExpired({ database, blobs, clock, log }: SweepOptions): Promise<number> {
  const typed = database.withTables<PrivacyTables>();
  let swept = 0;
  for (let size = batchSize; size === batchSize;) {
    size = await typed.inInstance('retention', async (trx) => {
      const expired = await expiredRecords(trx, new Date(clock.now()), batchSize);
      for (const { blob_digest: digest } of expired) if (digest !== null) await blobs.delete(digest);
      for (const [organisationId, rows] of Map.groupBy(expired, (row) => row.organisation_id)) {
        await deleteRecords(
          trx,
          organisationId,
          rows.map(({ id }) => id),
        );
      }
      return expired.length;
    });
    swept += size;
  }
  if (swept > 0) log.info('retention.swept', { records: swept });
  return swept;
}

/** Removes blobs that no record needs: what a crash left between writing or deleting a blob and its row. */
export async function sweepOrphanBlobs({ database, blobs, clock, log }: SweepOptions): Promise<number> {
  const typed = database.withTables<PrivacyTables>();
  let removed = await blobs.removeDrafts(orphanAgeMs);
  let batch: string[] = [];
  const removeUnreferenced = async () => {
    const referenced = await typed.inInstance('orphan blobs', (trx) => referencedBlobs(trx, batch));
    for (const digest of batch) {
      if (referenced.has(digest)) continue;
      await blobs.delete(digest);
      removed++;
    }
    batch = [];
  };
  for await (const { digest, modifiedAt } of blobs.list()) {
    if (clock.now() - modifiedAt < orphanAgeMs) continue;
    if (batch.push(digest) === batchSize) await removeUnreferenced();
  }
  await removeUnreferenced();
  if (removed > 0) log.info('blobs.orphans_removed', { blobs: removed });
  return removed;
}
