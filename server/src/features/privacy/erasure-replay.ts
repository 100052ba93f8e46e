import type { Keystore } from '../../platform/keystore/keystore.ts';
import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import type { PrivacyTables } from './privacy-tables.ts';
import { countOfEpoch, deleteRecords } from './vault-record-store.ts';

export interface Replay {
  readonly erasures: number;
  /** Rows of erased persons that the backup still had. */
  readonly deleted: number;
  /** Rows of others that the backup has under a key that has died since: they cannot be read any more. */
  readonly unreadable: number;
}

/**
 * Repeats erasures on a restored database before it serves. The keystore remembers them (`destroyed.jsonl`), because
 * the restored database is older than they are, and its ledger too. Nothing of the erased was readable anyway: the
 * key is gone. @param trx in instance scope
 */
export async function replayErasures(anyTrx: AnyTransaction, keystore: Keystore): Promise<Replay> {
  const trx = tablesOf<PrivacyTables>(anyTrx);
  let [erasures, deleted, unreadable] = [0, 0, 0];
  for (const organisationId of await keystore.organisations()) {
    for (const { recordIds, erasureId, epoch } of await keystore.destructions(organisationId)) {
      erasures++;
      deleted += await deleteRecords(trx, organisationId, [...recordIds, erasureId]);
      unreadable += await countOfEpoch(trx, organisationId, epoch, '');
    }
  }
  return { erasures, deleted, unreadable };
}
