import { KulningError } from '@kulning/sdk';

import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { PrivacyTables } from './privacy-tables.ts';
import { createRecordContent } from './record-content.ts';
import { readVaultRecord } from './vault-record-store.ts';

/** Reads one record of the vault: undefined when it was never kept, has expired, or its key was destroyed. */
export function createRecordReader(database: Database, vault: Vault, blobs: BlobStore) {
  const content = createRecordContent(vault, blobs);
  return async (organisationId: string, recordId: string): Promise<Uint8Array | undefined> => {
    const row = await database
      .withTables<PrivacyTables>()
      .inOrganisation(organisationId, (trx) => readVaultRecord(trx, organisationId, recordId));
    if (row === undefined) return undefined;
    await vault.load(organisationId);
    try {
      return await content.open(row);
    } catch (error) {
      if (error instanceof KulningError && error.code === 'vault.key_destroyed') return undefined;
      throw error;
    }
  };
}

/** The salt of a call's commitments, out of its record; null once it was erased or never was. */
export function saltIn(record: Uint8Array | undefined): Uint8Array | null {
  if (record === undefined) return null;
  const { salt } = JSON.parse(Buffer.from(record).toString('utf8')) as { salt?: string };
  return salt === undefined ? null : Buffer.from(salt, 'base64');
}
