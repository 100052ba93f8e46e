import { sql } from 'kysely';

import type { AnyTransaction } from '../../platform/postgres/database.ts';
import type { StoreName } from '../../platform/vault/store-name.ts';
import type { SealedRecord, SubjectLink, WrappedKey } from '../../platform/vault/vault.ts';
import type { PrivacyTransaction, VaultRecordTable } from './privacy-tables.ts';

export type VaultRow = VaultRecordTable;

/** A sealed record on its way into the database, with whom it is about. */
export interface NewVaultRecord {
  readonly organisationId: string;
  readonly id: string;
  readonly store: StoreName;
  /** Of content in the blob store, nonce and ciphertext are inside the blob. */
  readonly sealed: SealedRecord | (WrappedKey & { readonly blobDigest: string });
  readonly links: readonly SubjectLink[];
  readonly createdAt: Date;
  /** Must be given when nobody is linked: unattributed content has an end. */
  readonly expiresAt: Date | null;
}

/**
 * Inserts records and their links; one that is there already stays as it is, so that a shipper may repeat itself. One
 * statement and one parameter for any number of records: binding them one by one costs several times as much.
 */
export async function insertVaultRecords(
  trx: AnyTransaction,
  records: readonly NewVaultRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await sql`
    with given as (
      select *
      from jsonb_to_recordset(${JSON.stringify(records.map(toJson))}::jsonb) as record (organisation_id text, id text,
        store text, epoch integer, wrapped_key text, nonce text, ciphertext text, blob_digest text,
        created_at timestamptz, expires_at timestamptz, links jsonb)
    ), inserted as (
      insert into kulning.vault_record (organisation_id, id, store, epoch, wrapped_key, nonce, ciphertext, blob_digest,
        attributed, created_at, expires_at)
      select organisation_id, id, store, epoch, decode(wrapped_key, 'base64'), decode(nonce, 'base64'),
        decode(ciphertext, 'base64'), blob_digest, jsonb_array_length(links) > 0, created_at, expires_at
      from given
      on conflict do nothing
      returning organisation_id, id
    )
    insert into kulning.record_subject (organisation_id, record_id, subject_index, origin, strength)
    select organisation_id, id, link.index, link.origin, link.strength
    from inserted
    join given using (organisation_id, id)
    cross join lateral jsonb_to_recordset(given.links) as link (index text, origin text, strength text)
    on conflict do nothing
  `.execute(trx);
}

export async function readVaultRecord(
  trx: PrivacyTransaction,
  organisationId: string,
  id: string,
): Promise<VaultRow | undefined> {
  return trx
    .selectFrom('kulning.vault_record')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export interface LinkedRow extends VaultRow {
  readonly links: readonly SubjectLink[];
}

/** A page of a store's records in order of id, with their links. */
export async function pageOfRecords(
  trx: PrivacyTransaction,
  page: { organisationId: string; store: StoreName; after: string; limit: number; ids?: readonly string[] },
): Promise<LinkedRow[]> {
  const rows = await trx
    .selectFrom('kulning.vault_record')
    .selectAll()
    .where('organisation_id', '=', page.organisationId)
    .where('store', '=', page.store)
    .where('id', '>', page.after)
    .$if(page.ids !== undefined, (query) =>
      query.where('id', '=', sql<string>`any(${page.ids ?? []}::text[])`),
    )
    .orderBy('id')
    .limit(page.limit)
    .execute();
  const links = await trx
    .selectFrom('kulning.record_subject')
    .select(['record_id', 'subject_index', 'origin', 'strength'])
    .where('organisation_id', '=', page.organisationId)
    .where('record_id', '=', sql<string>`any(${rows.map(({ id }) => id)}::text[])`)
    .execute();
  const byRecord = Map.groupBy(links, (link) => link.record_id);
  return rows.map((row) => ({
    ...row,
    links: (byRecord.get(row.id) ?? []).map(({ subject_index: index, origin, strength }) => ({
      index,
      origin,
      strength,
    })),
  }));
}

/** Of these ids, those that are still there. */
export async function remainingRecords(
  trx: PrivacyTransaction,
  organisationId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await trx
    .selectFrom('kulning.vault_record')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return rows.map(({ id }) => id);
}

export async function deleteRecords(
  trx: PrivacyTransaction,
  organisationId: string,
  ids: readonly string[],
): Promise<number> {
  const result = await trx
    .deleteFrom('kulning.vault_record')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Replaces a record's content and takes the person's links off it. */
export async function replaceContent(
  trx: PrivacyTransaction,
  record: { organisationId: string; id: string; sealed: NewVaultRecord['sealed']; unlink: readonly string[] },
): Promise<void> {
  await trx
    .updateTable('kulning.vault_record')
    .set(contentColumns(record.sealed))
    .where('organisation_id', '=', record.organisationId)
    .where('id', '=', record.id)
    .execute();
  await trx
    .deleteFrom('kulning.record_subject')
    .where('organisation_id', '=', record.organisationId)
    .where('record_id', '=', record.id)
    .where('subject_index', '=', sql<string>`any(${record.unlink}::text[])`)
    .execute();
}

/** Locks a batch of records that still depend on an epoch; other writers' rows are left for the next batch. */
export async function lockBatchOfEpoch(
  trx: PrivacyTransaction,
  batch: { organisationId: string; epoch: number; except: string; after: string; limit: number },
): Promise<(WrappedKey & { id: string })[]> {
  const rows = await trx
    .selectFrom('kulning.vault_record')
    .select(['id', 'epoch', 'wrapped_key as wrappedKey'])
    .where('organisation_id', '=', batch.organisationId)
    .where('epoch', '=', batch.epoch)
    .where('id', '<>', batch.except)
    .where('id', '>', batch.after)
    .orderBy('id')
    .limit(batch.limit)
    .forUpdate()
    .execute();
  return rows;
}

export async function setWrappedKeys(
  trx: PrivacyTransaction,
  organisationId: string,
  moved: readonly (WrappedKey & { id: string })[],
): Promise<void> {
  await sql`
    update kulning.vault_record as record set epoch = moved.epoch, wrapped_key = moved.wrapped_key
    from unnest(${moved.map(({ id }) => id)}::text[], ${moved.map(({ epoch }) => epoch)}::integer[],
      ${moved.map(({ wrappedKey }) => wrappedKey)}::bytea[]) as moved (id, epoch, wrapped_key)
    where record.organisation_id = ${organisationId} and record.id = moved.id
  `.execute(trx);
}

export async function countOfEpoch(
  trx: PrivacyTransaction,
  organisationId: string,
  epoch: number,
  except: string,
): Promise<number> {
  const row = await trx
    .selectFrom('kulning.vault_record')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('organisation_id', '=', organisationId)
    .where('epoch', '=', epoch)
    .where('id', '<>', except)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function countRecords(trx: PrivacyTransaction, organisationId: string): Promise<number> {
  const row = await trx
    .selectFrom('kulning.vault_record')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('organisation_id', '=', organisationId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A batch of records whose time is over, across organisations. */
export async function expiredRecords(
  trx: PrivacyTransaction,
  now: Date,
  limit: number,
): Promise<Pick<VaultRow, 'organisation_id' | 'id' | 'blob_digest'>[]> {
  return trx
    .selectFrom('kulning.vault_record')
    .select(['organisation_id', 'id', 'blob_digest'])
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
}

/** Of these digests, those that a record still needs. */
export async function referencedBlobs(
  trx: PrivacyTransaction,
  digests: readonly string[],
): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('kulning.vault_record')
    .select('blob_digest')
    .where('blob_digest', '=', sql<string>`any(${digests}::text[])`)
    .execute();
  return new Set(rows.flatMap(({ blob_digest: digest }) => digest ?? []));
}

function toJson({ organisationId, id, store, sealed, links, createdAt, expiresAt }: NewVaultRecord) {
  return {
    organisation_id: organisationId,
    id,
    store,
    epoch: sealed.epoch,
    wrapped_key: base64(sealed.wrappedKey),
    ...('blobDigest' in sealed
      ? { blob_digest: sealed.blobDigest }
      : { nonce: base64(sealed.nonce), ciphertext: base64(sealed.ciphertext) }),
    created_at: createdAt,
    expires_at: expiresAt,
    links,
  };
}

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function contentColumns(sealed: NewVaultRecord['sealed']) {
  const inBlob = 'blobDigest' in sealed;
  return {
    epoch: sealed.epoch,
    wrapped_key: Buffer.from(sealed.wrappedKey),
    nonce: inBlob ? null : Buffer.from(sealed.nonce),
    ciphertext: inBlob ? null : Buffer.from(sealed.ciphertext),
    blob_digest: inBlob ? sealed.blobDigest : null,
  };
}
