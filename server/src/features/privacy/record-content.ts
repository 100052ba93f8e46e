import { putEncrypted, readEncrypted } from '../../platform/blobs/blob-cipher.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import { saltOf } from '../../platform/vault/record-salt.ts';
import type { Vault, WrappedKey } from '../../platform/vault/vault.ts';
import type { NewVaultRecord, VaultRow } from './vault-record-store.ts';

/** Content up to this lies in the row; what is longer goes to the blob store. */
const inlineLimit = 256 * 1024;

/** Where a record's bytes are is settled here, so that nobody else needs to know. */
export interface RecordContent {
  open(row: VaultRow): Promise<Uint8Array>;
  /** The same piece by piece, for what may be long; of what lies in a blob, from `start` to before `end`. */
  read(row: VaultRow, range?: { start: number; end: number }): AsyncGenerator<Uint8Array>;
  seal(organisationId: string, recordId: string, plaintext: Uint8Array): Promise<NewVaultRecord['sealed']>;
  /**
   * What comes as a stream goes to the blob store, whatever its length. The key is made in the same turn, so that a
   * caller who holds the epoch before holds the right one.
   */
  sealStream(
    organisationId: string,
    recordId: string,
    plaintext: AsyncIterable<Uint8Array>,
  ): Promise<WrappedKey & { readonly blobDigest: string }>;
}

export function createRecordContent(vault: Vault, blobs: BlobStore): RecordContent {
  async function* read(row: VaultRow, range?: { start: number; end: number }): AsyncGenerator<Uint8Array> {
    const wrapped = { epoch: row.epoch, wrappedKey: row.wrapped_key };
    if (row.blob_digest === null) {
      const nonce = row.nonce ?? Buffer.alloc(0);
      const ciphertext = row.ciphertext ?? Buffer.alloc(0);
      // A call that kept nothing has a key and no content: its salt comes from the key.
      if (ciphertext.length === 0)
        return yield saltRecord(vault.openKey(row.organisation_id, row.id, wrapped));
      yield vault.open(row.organisation_id, row.id, { ...wrapped, nonce, ciphertext });
      return;
    }
    const key = {
      dataKey: vault.openKey(row.organisation_id, row.id, wrapped),
      context: contextOf(row.organisation_id, row.id),
    };
    yield* readEncrypted(blobs, key, row.blob_digest, range);
  }
  const sealStream: RecordContent['sealStream'] = async (organisationId, recordId, plaintext) => {
    const { epoch, wrappedKey, dataKey } = vault.sealKey(organisationId, recordId);
    const key = { dataKey, context: contextOf(organisationId, recordId) };
    const { digest } = await putEncrypted(blobs, key, plaintext);
    return { epoch, wrappedKey, blobDigest: digest };
  };
  return {
    read,
    sealStream,
    async open(row) {
      const pieces: Uint8Array[] = [];
      for await (const piece of read(row)) pieces.push(piece);
      const [first] = pieces;
      return pieces.length === 1 && first ? first : Buffer.concat(pieces);
    },
    seal: async (organisationId, recordId, plaintext) =>
      plaintext.length <= inlineLimit
        ? vault.seal(organisationId, recordId, plaintext)
        : await sealStream(organisationId, recordId, once(plaintext)),
  };
}

function saltRecord(dataKey: Uint8Array): Uint8Array {
  return Buffer.from(JSON.stringify({ salt: saltOf(dataKey).toString('base64') }));
}

function contextOf(organisationId: string, recordId: string): string {
  return `${organisationId}|${recordId}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
