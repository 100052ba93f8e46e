import type { FilePurpose } from '@kulning/sdk';
import { sql } from 'kysely';

import type { DataClass } from '../../core/placement/facts.ts';
import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import type { FileTables, FileTransaction } from './file-tables.ts';

/** What is known of a file besides its name and content. */
export interface FileRow {
  readonly id: string;
  readonly purpose: FilePurpose;
  readonly bytes: number;
  readonly dataClass: DataClass | null;
  readonly keyId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface FileQuery {
  readonly limit: number;
  /** The id of the last file of the page before. */
  readonly after?: string | undefined;
  readonly purpose?: FilePurpose | undefined;
  readonly order: 'asc' | 'desc';
}

export async function insertFile(
  trx: AnyTransaction,
  organisationId: string,
  { id, purpose, bytes, dataClass, keyId, createdAt, expiresAt }: FileRow,
): Promise<void> {
  await tablesOf<FileTables>(trx)
    .insertInto('kulning.file')
    .values({
      organisation_id: organisationId,
      id,
      purpose,
      bytes: BigInt(bytes),
      data_class: dataClass,
      key_id: keyId,
      created_at: createdAt,
      expires_at: expiresAt,
    })
    .execute();
}

/** One whose time is over is gone, even while its record waits for the sweep. */
export async function readFileRow(
  trx: AnyTransaction,
  organisationId: string,
  id: string,
): Promise<FileRow | undefined> {
  const row = await tablesOf<FileTables>(trx)
    .selectFrom('kulning.file')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row && fileOf(row);
}

/** Its content was replaced. */
export async function setFileBytes(
  trx: FileTransaction,
  organisationId: string,
  id: string,
  bytes: number,
): Promise<void> {
  await trx
    .updateTable('kulning.file')
    .set({ bytes: BigInt(bytes) })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** @returns undefined where there is no file `after` */
export async function pageOfFiles(
  trx: FileTransaction,
  organisationId: string,
  { limit, after, purpose, order }: FileQuery,
): Promise<{ files: FileRow[]; more: boolean } | undefined> {
  let query = trx
    .selectFrom('kulning.file')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('expires_at', '>', sql<Date>`now()`);
  if (purpose !== undefined) query = query.where('purpose', '=', purpose);
  if (after !== undefined) {
    const last = await trx
      .selectFrom('kulning.file')
      .select('row_id')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', after)
      .executeTakeFirst();
    if (!last) return undefined;
    query = query.where('row_id', order === 'asc' ? '>' : '<', last.row_id);
  }
  const rows = await query
    .orderBy('row_id', order)
    .limit(limit + 1)
    .execute();
  return { files: rows.slice(0, limit).map(fileOf), more: rows.length > limit };
}

function fileOf(row: {
  id: string;
  purpose: FilePurpose;
  bytes: bigint;
  data_class: DataClass | null;
  key_id: string;
  created_at: Date;
  expires_at: Date;
}): FileRow {
  return {
    id: row.id,
    purpose: row.purpose,
    bytes: Number(row.bytes),
    dataClass: row.data_class,
    keyId: row.key_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
