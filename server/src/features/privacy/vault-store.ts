import type { PlannedRecord } from '@kulning/sdk';
import { KulningError } from '@kulning/sdk';

import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { StoreName } from '../../platform/vault/store-name.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import { certificateWords } from './erasure-words.ts';
import type {
  ExportedRecord,
  FoundRecord,
  Language,
  Outlook,
  PrivacyStore,
  ReadBack,
  Subject,
} from './privacy-store.ts';
import type { PrivacyTables } from './privacy-tables.ts';
import { createRecordContent, type RecordContent } from './record-content.ts';
import { examineRecord } from './record-examination.ts';
import { recordText, redactRecord } from './record-redaction.ts';
import { maskOthers } from './subject.ts';
import {
  deleteRecords,
  type LinkedRow,
  pageOfRecords,
  readVaultRecord,
  remainingRecords,
  replaceContent,
  type VaultRow,
} from './vault-record-store.ts';

export interface VaultStoreOptions {
  readonly name: StoreName;
  readonly description: Readonly<Record<Language, string>>;
  readonly database: Database;
  readonly vault: Vault;
  readonly blobs: BlobStore;
}

const pageSize = 500;

/**
 * The privacy store of a slice whose content lies in the vault: one call registers it. Finding opens every record of
 * the store and searches it, because links alone miss whom nobody named and no checksum betrays.
 */
export function createVaultStore(options: VaultStoreOptions): PrivacyStore {
  return new VaultStore(options);
}

class VaultStore implements PrivacyStore {
  readonly name: StoreName;
  readonly method = certificateWords.vaultMethod;
  readonly #options: VaultStoreOptions;
  readonly #database: Database<PrivacyTables>;
  readonly #content: RecordContent;

  constructor(options: VaultStoreOptions) {
    this.name = options.name;
    this.#options = options;
    this.#database = options.database.withTables<PrivacyTables>();
    this.#content = createRecordContent(options.vault, options.blobs);
  }

  describe(language: Language): string {
    return this.#options.description[language];
  }

  async find(subject: Subject): Promise<FoundRecord[]> {
    const found: FoundRecord[] = [];
    for await (const opened of this.#records(subject.organisationId)) {
      const record = this.#examine(opened, subject);
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  async export(subject: Subject, recordIds: ReadonlySet<string>): Promise<ExportedRecord[]> {
    const exported: ExportedRecord[] = [];
    for await (const opened of this.#records(subject.organisationId, [...recordIds])) {
      const mask = (text: string) => maskOthers(text, subject, this.#options.vault);
      exported.push(toExport(opened, this.#examine(opened, subject), mask));
    }
    return exported;
  }

  async erase(subject: Subject, plan: readonly PlannedRecord[]): Promise<{ pending: string[] }> {
    const idsFor = (action: PlannedRecord['action']) =>
      plan.filter((record) => record.action === action).map(({ recordId }) => recordId);
    await this.#destroy(subject.organisationId, idsFor('destroy'));
    const pending = idsFor('human');
    for (const recordId of idsFor('redact')) {
      if (!(await this.#redact(subject, recordId))) pending.push(recordId);
    }
    return { pending };
  }

  async verify(
    subject: Subject,
    plan: readonly PlannedRecord[],
    pending: ReadonlySet<string>,
  ): Promise<ReadBack> {
    const idsFor = (action: PlannedRecord['action']) =>
      plan.filter((record) => record.action === action).map(({ recordId }) => recordId);
    const { organisationId } = subject;
    const destroyed = idsFor('destroy');
    const left = await this.#database.inOrganisation(organisationId, (trx) =>
      remainingRecords(trx, organisationId, destroyed),
    );
    const kept = new Set(idsFor('keep'));
    const found = (await this.find(subject)).filter(({ recordId }) => !kept.has(recordId));
    const unexpected = found.filter(({ recordId }) => !pending.has(recordId));
    const evidence = certificateWords.rowsRead(
      destroyed.length,
      left.length,
      found.length,
      unexpected.length,
    );
    if (left.length > 0 || unexpected.length > 0) return { readBack: 'found', evidence };
    return { readBack: pending.size > 0 ? 'pending' : 'gone', evidence };
  }

  async outlook(): Promise<Outlook> {
    return { residualCopies: [], notVerifiable: [] };
  }

  #examine({ row, plaintext }: OpenedRecord, subject: Subject): FoundRecord | undefined {
    return examineRecord({ vault: this.#options.vault, store: this.name }, row, plaintext, subject);
  }

  /** The store's readable records, or those of `ids`, page by page. */
  async *#records(organisationId: string, ids?: readonly string[]): AsyncGenerator<OpenedRecord> {
    await this.#options.vault.load(organisationId);
    for (let after = ''; ;) {
      const page = await this.#database.inOrganisation(organisationId, (trx) =>
        pageOfRecords(trx, { organisationId, store: this.name, after, limit: pageSize, ...(ids && { ids }) }),
      );
      for (const row of page) {
        const plaintext = await openUnlessGone(() => this.#content.open(row));
        if (plaintext !== undefined) yield { row, plaintext };
      }
      if (page.length < pageSize) return;
      after = page.at(-1)?.id ?? '';
    }
  }

  /** The blob first: a crash in between leaves a row that the repeat deletes, never a blob that nobody knows. */
  async #destroy(organisationId: string, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += pageSize) {
      const batch = ids.slice(at, at + pageSize);
      await this.#database.inOrganisation(organisationId, async (trx) => {
        const rows = await pageOfRecords(trx, {
          organisationId,
          store: this.name,
          after: '',
          limit: pageSize,
          ids: batch,
        });
        for (const row of rows) await this.#deleteBlob(row);
        await deleteRecords(trx, organisationId, batch);
      });
    }
  }

  /** @returns whether it is done: a repeat finds nothing left to take out, and that is done too. */
  async #redact(subject: Subject, recordId: string): Promise<boolean> {
    const { organisationId } = subject;
    const row = await this.#database.inOrganisation(organisationId, (trx) =>
      readVaultRecord(trx, organisationId, recordId),
    );
    if (row === undefined) return true;
    const result = redactRecord(await this.#content.open(row), subject.matcher);
    if (result.outcome === 'unsure') return result.reason === 'no-span-to-redact';
    const sealed = await this.#content.seal(organisationId, recordId, result.plaintext);
    await this.#database.inOrganisation(organisationId, (trx) =>
      replaceContent(trx, { organisationId, id: recordId, sealed, unlink: [...subject.indexes] }),
    );
    await this.#deleteBlob(row);
    return true;
  }

  async #deleteBlob(row: VaultRow): Promise<void> {
    if (row.blob_digest !== null) await this.#options.blobs.delete(row.blob_digest);
  }
}

interface OpenedRecord {
  readonly row: LinkedRow;
  readonly plaintext: Uint8Array;
}

/**
 * A record whose key died in an earlier erasure is noise that waits for its row to go; one whose blob is gone was
 * being deleted when a process died, and the repeat takes the row.
 */
export async function openUnlessGone<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (
      error instanceof KulningError &&
      (error.code === 'vault.key_destroyed' || error.code === 'blob.not_found')
    )
      return undefined;
    throw error;
  }
}

function toExport(
  { row, plaintext }: OpenedRecord,
  record: FoundRecord | undefined,
  mask: (text: string) => string,
): ExportedRecord {
  const shared = record === undefined || record.otherIndexes.length > 0;
  const text = recordText(plaintext);
  return {
    recordId: row.id,
    store: row.store as StoreName,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    shared,
    content:
      text === undefined
        ? { base64: shared ? '' : Buffer.from(plaintext).toString('base64') }
        : contentOf(shared ? mask(text) : text),
  };
}

/** A record's salt stays inside: it would open the ledger's commitment to whoever gets the file. */
function contentOf(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('salt' in parsed)) return parsed;
    const { salt: _, ...rest } = parsed;
    return rest;
  } catch {
    return text; // a record of plain text
  }
}
