import { KulningError, type FilePurpose } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { DataClass } from '../../core/placement/facts.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import { type AnyTransaction, type Database, tablesOf } from '../../platform/postgres/database.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { SubjectLink, Vault } from '../../platform/vault/vault.ts';
import {
  createRecordContent,
  deleteRecords,
  insertVaultRecords,
  openUnlessGone,
  type PrivacyTables,
  readVaultRecord,
  type RecordContent,
} from '../privacy/index.ts';
import { type FileQuery, type FileRow, insertFile, pageOfFiles, readFileRow } from './file-store.ts';
import type { FileTables } from './file-tables.ts';
import { fileWords } from './file-words.ts';
import { SubjectScan } from './subject-scan.ts';

export interface FilesContext {
  readonly database: Database;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Writes to the ledger in the transaction of the change. */
  readonly record: (trx: AnyTransaction, event: LedgerEvent) => Promise<unknown>;
  /** Of a process whose keys erasures wait for while it writes; absent: it only reads. */
  readonly epochUse?: Pick<EpochUse, 'hold' | 'release'>;
}

export interface StoredFile extends FileRow {
  /** Null once somebody who was named in it was erased. */
  readonly filename: string | null;
}

export interface OpenFile extends FileRow {
  /** Another one as soon as its bytes are others: somebody was taken out of it. */
  readonly version: string;
  /** Bytes from `start` to before `end`. @throws KulningError where it is gone meanwhile */
  read(range?: { readonly start: number; readonly end: number }): AsyncGenerator<Uint8Array>;
}

/** Content that is encrypted and on disk, and no file yet. */
export interface FileDraft {
  readonly bytes: number;
  readonly links: readonly SubjectLink[];
  /** Makes it a file, with its ledger entry, in the caller's transaction. */
  publish(trx: AnyTransaction, facts: FileFacts): Promise<StoredFile>;
}

export interface FileFacts {
  readonly purpose: FilePurpose;
  readonly filename: string;
  readonly dataClass: DataClass | null;
  readonly keyId: string;
  readonly expiresAt: Date;
}

/** The name of a file lies beside its content, as a record of its own. */
export const nameRecordOf = (fileId: string) => `${fileId}.name`;

/** Files: their content and names in the vault, the rest in a row that lives as long as the content. */
export class FileKeeper {
  readonly #context: FilesContext;
  readonly #database: Database<FileTables & PrivacyTables>;
  readonly #content: RecordContent;

  constructor(context: FilesContext) {
    this.#context = context;
    this.#database = context.database.withTables<FileTables & PrivacyTables>();
    this.#content = createRecordContent(context.vault, context.blobs);
  }

  /**
   * Encrypts content as it comes, then hands it to `use`, which publishes it and commits, or leaves it. Until then
   * erasures wait: the key that it is sealed with does not die. What `use` throws undoes the draft.
   */
  async draft<T>(
    organisationId: string,
    given: { readonly content: AsyncIterable<Uint8Array>; readonly subjects: readonly string[] },
    use: (draft: FileDraft) => Promise<T>,
  ): Promise<T> {
    const { vault, blobs, ids, epochUse } = this.#context;
    await vault.load(organisationId);
    const id = ids.next('file');
    const scan = new SubjectScan(vault, organisationId, given.subjects);
    const count = new ByteCount();
    const epoch = vault.epoch(organisationId);
    epochUse?.hold(organisationId, epoch);
    try {
      // In the same turn as the hold.
      const sealing = this.#content.sealStream(
        organisationId,
        id,
        scan.through(count.through(given.content)),
      );
      const sealed = await sealing;
      const { links } = scan;
      let published = false;
      const publish: FileDraft['publish'] = async (trx, facts) => {
        const file = await this.#publish(
          trx,
          organisationId,
          { id, bytes: count.bytes, sealed, links },
          facts,
        );
        published = true;
        return file;
      };
      try {
        const result = await use({ bytes: count.bytes, links, publish });
        if (!published) await blobs.delete(sealed.blobDigest);
        return result;
      } catch (error) {
        await blobs.delete(sealed.blobDigest);
        throw error;
      }
    } finally {
      epochUse?.release(organisationId, epoch);
    }
  }

  /** @throws KulningError `file.unknown` */
  async get(organisationId: string, id: string): Promise<StoredFile> {
    await this.#context.vault.load(organisationId);
    const file = await this.#database.inOrganisation(organisationId, async (trx) => {
      const row = await readFileRow(trx, organisationId, id);
      return row && (await this.#withName(trx, organisationId, row));
    });
    if (file) return file;
    throw unknownFile(id);
  }

  /** @throws KulningError `page.cursor_wrong` */
  async list(organisationId: string, query: FileQuery): Promise<{ files: StoredFile[]; more: boolean }> {
    await this.#context.vault.load(organisationId);
    return await this.#database.inOrganisation(organisationId, async (trx) => {
      const page = await pageOfFiles(trx, organisationId, query);
      if (!page)
        throw new KulningError({
          code: 'page.cursor_wrong',
          status: 400,
          path: 'after',
          text: fileWords.cursorWrong,
        });
      const files: StoredFile[] = [];
      for (const row of page.files) files.push(await this.#withName(trx, organisationId, row));
      return { files, more: page.more };
    });
  }

  /** A file to be read, once or more. @throws KulningError `file.unknown` */
  async read(organisationId: string, id: string): Promise<OpenFile> {
    const file = await this.open(organisationId, id);
    if (file) return file;
    throw unknownFile(id);
  }

  /** The same; undefined where there is none any more. */
  async open(organisationId: string, id: string): Promise<OpenFile | undefined> {
    await this.#context.vault.load(organisationId);
    return await this.#database.inOrganisation(organisationId, async (trx) => {
      const file = await readFileRow(trx, organisationId, id);
      const row = file && (await readVaultRecord(trx, organisationId, id));
      if (!row) return undefined;
      const version = row.blob_digest ?? '';
      return { ...file, version, read: (range) => this.#content.read(row, range) };
    });
  }

  /** The version that `open` would give now, in a transaction of the caller's; undefined once it is gone. */
  async versionIn(trx: AnyTransaction, organisationId: string, id: string): Promise<string | undefined> {
    const file = await readFileRow(trx, organisationId, id);
    const row = file && (await readVaultRecord(tablesOf(trx), organisationId, id));
    return row && (row.blob_digest ?? '');
  }

  /** Content, name and key are gone when this resolves. @throws KulningError `file.unknown` */
  async remove(organisationId: string, id: string): Promise<void> {
    const { blobs, clock, record } = this.#context;
    const digest = await this.#database.inOrganisation(organisationId, async (trx) => {
      const row =
        (await readFileRow(trx, organisationId, id)) && (await readVaultRecord(trx, organisationId, id));
      if (!row) throw unknownFile(id);
      await deleteRecords(trx, organisationId, [id, nameRecordOf(id)]);
      await record(trx, {
        kind: 'file.deleted',
        at: new Date(clock.now()).toISOString(),
        organisation: organisationId,
        body: { file: id },
      });
      return row.blob_digest;
    });
    // A crash in between leaves noise without a key, which the sweep of orphans takes.
    if (digest !== null) await blobs.delete(digest);
  }

  async #publish(
    trx: AnyTransaction,
    organisationId: string,
    draft: {
      readonly id: string;
      readonly bytes: number;
      readonly sealed: Awaited<ReturnType<RecordContent['sealStream']>>;
      readonly links: readonly SubjectLink[];
    },
    { filename, ...facts }: FileFacts,
  ): Promise<StoredFile> {
    const { vault, clock, record } = this.#context;
    const { id, bytes, sealed, links } = draft;
    const createdAt = new Date(clock.now());
    const name = nameRecordOf(id);
    const base = { organisationId, store: 'files' as const, createdAt, expiresAt: facts.expiresAt };
    const named = vault.seal(organisationId, name, Buffer.from(JSON.stringify({ filename })));
    const namedLinks = vault.links(organisationId, [], filename);
    await insertVaultRecords(trx, [
      { ...base, id, sealed, links },
      { ...base, id: name, sealed: named, links: namedLinks },
    ]);
    const row = { id, bytes, createdAt, ...facts };
    await insertFile(trx, organisationId, row);
    await record(trx, {
      kind: 'file.stored',
      at: createdAt.toISOString(),
      organisation: organisationId,
      body: {
        file: id,
        purpose: facts.purpose,
        bytes,
        class: facts.dataClass,
        ciphertext: sealed.blobDigest,
      },
    });
    return { ...row, filename };
  }

  async #withName(trx: AnyTransaction, organisationId: string, row: FileRow): Promise<StoredFile> {
    const record = await readVaultRecord(tablesOf(trx), organisationId, nameRecordOf(row.id));
    const bytes = record && (await openUnlessGone(() => this.#content.open(record)));
    const known = bytes && (JSON.parse(Buffer.from(bytes).toString()) as { filename?: string });
    return { ...row, filename: known?.filename ?? null };
  }
}

function unknownFile(id: string): KulningError {
  return new KulningError({ code: 'file.unknown', status: 404, text: fileWords.unknown(id.slice(0, 80)) });
}

class ByteCount {
  bytes = 0;

  async *through(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }
}
