import type { PlannedRecord } from '@kulning/sdk';
import { KulningError } from '@kulning/sdk';

import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { StoreName } from '../../platform/vault/store-name.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type {
  ExportedRecord,
  FoundRecord,
  Language,
  PrivacyStore,
  ReadBack,
  Subject,
} from './privacy-store.ts';
import type { PrivacyTables } from './privacy-tables.ts';
import { createRecordContent } from './record-content.ts';
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
 * the store and searches it, because links alone miss whom nobody named and no checksum betrays; 20 000 small
 * records take about a second.
 */
export function createVaultStore(options: VaultStoreOptions): PrivacyStore {
  const { name, description, vault } = options;
  const database = options.database.withTables<PrivacyTables>();
  const content = createRecordContent(vault, options.blobs);

  async function* records(
    organisationId: string,
    ids?: readonly string[],
  ): AsyncGenerator<{ row: LinkedRow; plaintext: Uint8Array }> {
    await vault.load(organisationId);
    for (let after = ''; ;) {
      const page = await database.inOrganisation(organisationId, (trx) =>
        pageOfRecords(trx, { organisationId, store: name, after, limit: pageSize, ...(ids && { ids }) }),
      );
      for (const row of page) {
        const plaintext = await openUnlessDestroyed(() => content.open(row));
        if (plaintext !== undefined) yield { row, plaintext };
      }
      if (page.length < pageSize) return;
      after = page.at(-1)?.id ?? '';
    }
  }

  const find = async (subject: Subject): Promise<FoundRecord[]> => {
    const found: FoundRecord[] = [];
    for await (const { row, plaintext } of records(subject.organisationId)) {
      const record = examineRecord({ vault, store: name }, row, plaintext, subject);
      if (record !== undefined) found.push(record);
    }
    return found;
  };

  const deleteBlobOf = async (row: VaultRow | undefined) => {
    if (typeof row?.blob_digest === 'string') await options.blobs.delete(row.blob_digest);
  };

  /** The blob first: a crash in between leaves a row that the repeat deletes, never a blob that nobody knows. */
  const destroy = async (organisationId: string, ids: readonly string[]) => {
    for (let at = 0; at < ids.length; at += pageSize) {
      const batch = ids.slice(at, at + pageSize);
      await database.inOrganisation(organisationId, async (trx) => {
        for (const row of await pageOfRecords(trx, {
          organisationId,
          store: name,
          after: '',
          limit: pageSize,
          ids: batch,
        }))
          await deleteBlobOf(row);
        await deleteRecords(trx, organisationId, batch);
      });
    }
  };

  /** @returns whether it is done: a repeat finds nothing left to take out, and that is done too. */
  const redact = async (subject: Subject, recordId: string): Promise<boolean> => {
    const { organisationId } = subject;
    const row = await database.inOrganisation(organisationId, (trx) =>
      readVaultRecord(trx, organisationId, recordId),
    );
    if (row === undefined) return true;
    const result = redactRecord(await content.open(row), subject.matcher);
    if (result.outcome === 'unsure') return result.reason === 'no-span-to-redact';
    const sealed = await content.seal(organisationId, recordId, result.plaintext);
    await database.inOrganisation(organisationId, (trx) =>
      replaceContent(trx, { organisationId, id: recordId, sealed, unlink: [...subject.indexes] }),
    );
    await deleteBlobOf(row);
    return true;
  };

  return {
    name,
    method: 'record keys destroyed with their rows; shared records redacted and sealed again under a new key',
    describe: (language) => description[language],
    find,
    async export(subject, recordIds) {
      const exported: ExportedRecord[] = [];
      for await (const { row, plaintext } of records(subject.organisationId, [...recordIds])) {
        const record = examineRecord({ vault, store: name }, row, plaintext, subject);
        exported.push(toExport(row, plaintext, record, (text) => maskOthers(text, subject, vault)));
      }
      return exported;
    },
    async erase(subject, plan) {
      const idsFor = (action: PlannedRecord['action']) =>
        plan.filter((record) => record.action === action).map(({ recordId }) => recordId);
      await destroy(subject.organisationId, idsFor('destroy'));
      const pending = idsFor('human');
      for (const recordId of idsFor('redact')) {
        if (!(await redact(subject, recordId))) pending.push(recordId);
      }
      return { pending };
    },
    async verify(subject, plan, pending): Promise<ReadBack> {
      const destroyed = plan.filter(({ action }) => action === 'destroy').map(({ recordId }) => recordId);
      const { organisationId } = subject;
      const left = await database.inOrganisation(organisationId, (trx) =>
        remainingRecords(trx, organisationId, destroyed),
      );
      const allowed = new Set(plan.filter(({ action }) => action === 'keep').map(({ recordId }) => recordId));
      const found = (await find(subject)).filter(({ recordId }) => !allowed.has(recordId));
      const unexpected = found.filter(({ recordId }) => !pending.has(recordId));
      const read = `${destroyed.length} rows looked up, ${left.length} there; every readable record opened and searched, ${found.length} with the person`;
      if (left.length > 0 || unexpected.length > 0)
        return { readBack: 'found', evidence: `${read}, ${unexpected.length} of them unexpected` };
      return { readBack: pending.size > 0 ? 'pending' : 'gone', evidence: read };
    },
    outlook: async () => ({ residualCopies: [], notVerifiable: [] }),
  };
}

/** A record whose key died in an earlier erasure is noise that waits for its row to go. */
async function openUnlessDestroyed(open: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof KulningError && error.code === 'vault.key_destroyed') return undefined;
    throw error;
  }
}

function toExport(
  row: VaultRow,
  plaintext: Uint8Array,
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
