import { sql } from 'kysely';

import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';

/**
 * Enters calls into the usage of their hours, once each: in the transaction that records them.
 * @param rowIds of `kulning.call`
 */
export async function enterUsage(trx: AnyTransaction, rowIds: readonly bigint[]): Promise<void> {
  if (rowIds.length === 0) return;
  await sql`select kulning.enter_usage(${rowIds.map(String)}::bigint[])`.execute(tablesOf(trx));
}

/** @returns how many rows it removed, `most` of them at the most */
export async function removeOldUsage(
  trx: AnyTransaction,
  table: 'kulning.usage_hour' | 'kulning.usage_refusal',
  before: Date,
  most: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any (array(
      select ctid from ${sql.table(table)} where hour < ${before} limit ${most}))
  `.execute(tablesOf(trx));
  return Number(numAffectedRows ?? 0);
}
