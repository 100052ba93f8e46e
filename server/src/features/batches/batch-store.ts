import type { BatchEndpoint, Language } from '@kulning/sdk';
import { sql } from 'kysely';

import type { DataClass } from '../../core/placement/facts.ts';
import type { BatchRow, BatchStop, BatchTransaction } from './batch-tables.ts';

export interface NewBatch {
  readonly organisationId: string;
  readonly id: string;
  readonly keyId: string;
  readonly dataClass: DataClass | null;
  readonly purpose: string;
  readonly language: Language;
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  readonly completionWindow: string;
  readonly outputSeconds: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function insertBatch(trx: BatchTransaction, batch: NewBatch): Promise<BatchRow> {
  return await trx
    .insertInto('kulning.batch')
    .values({
      organisation_id: batch.organisationId,
      id: batch.id,
      key_id: batch.keyId,
      data_class: batch.dataClass,
      purpose: batch.purpose,
      language: batch.language,
      endpoint: batch.endpoint,
      input_file_id: batch.inputFileId,
      completion_window: batch.completionWindow,
      output_seconds: batch.outputSeconds,
      state: 'validating',
      created_at: batch.createdAt,
      expires_at: batch.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function readBatch(
  trx: BatchTransaction,
  organisationId: string,
  id: string,
): Promise<BatchRow | undefined> {
  return await trx
    .selectFrom('kulning.batch')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Newest first. @returns undefined where there is no batch `after` */
export async function pageOfBatches(
  trx: BatchTransaction,
  organisationId: string,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ batches: BatchRow[]; more: boolean } | undefined> {
  let query = trx.selectFrom('kulning.batch').selectAll().where('organisation_id', '=', organisationId);
  if (page.after !== undefined) {
    const last = await readBatch(trx, organisationId, page.after);
    if (!last) return undefined;
    query = query.where('row_id', '<', last.row_id);
  }
  const rows = await query
    .orderBy('row_id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return { batches: rows.slice(0, page.limit), more: rows.length > page.limit };
}

/** No more of its lines is asked from here on. @returns undefined where it is too late for that */
export async function cancelBatch(
  trx: BatchTransaction,
  organisationId: string,
  id: string,
): Promise<BatchRow | undefined> {
  return await trx
    .updateTable('kulning.batch')
    .set({
      state: 'cancelling',
      stop: sql<BatchStop>`coalesce(stop, 'cancelled')`,
      cancelling_at: sql<Date>`coalesce(cancelling_at, now())`,
      // Who validates it now would find nothing to begin.
      epoch: sql<number>`case when state = 'validating' then epoch + 1 else epoch end`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('state', 'in', ['validating', 'in_progress', 'cancelling'])
    .returningAll()
    .executeTakeFirst();
}

/** Answered and failed lines of batches that still run. */
export async function countLines(
  trx: BatchTransaction,
  organisationId: string,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, { answered: number; failed: number }>> {
  if (batchIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('kulning.batch_line')
    .select(({ fn }) => [
      'batch_id as id',
      fn.countAll<bigint>().filterWhere('state', '=', 'answered').as('answered'),
      fn.countAll<bigint>().filterWhere('state', '=', 'failed').as('failed'),
    ])
    .where('organisation_id', '=', organisationId)
    .where('batch_id', '=', sql<string>`any(${batchIds}::text[])`)
    .groupBy('batch_id')
    .execute();
  return new Map(
    rows.map(({ id, answered, failed }) => [id, { answered: Number(answered), failed: Number(failed) }]),
  );
}
