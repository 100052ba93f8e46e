import { putEncrypted, readEncrypted } from '../../platform/blobs/blob-cipher.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { NewVaultRecord, VaultRow } from './vault-record-store.ts';

/** Content up to this lies in the row; what is longer goes to the blob store. */
const inlineLimit = 256 * 1024;

/** Where a record's bytes are is settled here, so that nobody else needs to know. */
export interface RecordContent {
  open(row: VaultRow): Promise<Uint8Array>;
  seal(organisationId: string, recordId: string, plaintext: Uint8Array): Promise<NewVaultRecord['sealed']>;
}

export function createRecordContent(vault: Vault, blobs: BlobStore): RecordContent {
  return {
    async open(row) {
      const wrapped = { epoch: row.epoch, wrappedKey: row.wrapped_key };
      if (row.blob_digest === null) {
        const sealed = {
          ...wrapped,
          nonce: row.nonce ?? Buffer.alloc(0),
          ciphertext: row.ciphertext ?? Buffer.alloc(0),
        };
        return vault.open(row.organisation_id, row.id, sealed);
      }
      const key = {
        dataKey: vault.openKey(row.organisation_id, row.id, wrapped),
        context: contextOf(row.organisation_id, row.id),
      };
      const pieces: Uint8Array[] = [];
      for await (const piece of readEncrypted(blobs, key, row.blob_digest)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    async seal(organisationId, recordId, plaintext) {
      if (plaintext.length <= inlineLimit) return vault.seal(organisationId, recordId, plaintext);
      const { epoch, wrappedKey, dataKey } = vault.sealKey(organisationId, recordId);
      const key = { dataKey, context: contextOf(organisationId, recordId) };
      const { digest } = await putEncrypted(blobs, key, once(plaintext));
      return { epoch, wrappedKey, blobDigest: digest };
    },
  };
}

function contextOf(organisationId: string, recordId: string): string {
  return `${organisationId}|${recordId}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
