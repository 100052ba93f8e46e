import { type RawBuilder, sql } from 'kysely';

import type { LimitTransaction } from './limit-context.ts';

/** What no limit and no screen looks at any more: rows by the table that they are in. */
export const historyTables = ['usage_total', 'quota_bucket', 'limit_refusal'] as const;

export interface HistoryEnds {
  /** Periods as `usage_total` names them: days and months before these. */
  readonly day: string;
  readonly month: string;
  /** A bucket that refills within a minute is full again long before. */
  readonly bucket: Date;
  readonly refusal: Date;
}

/** @returns how many rows it removed, `most` of them at the most */
export async function removeHistory(
  trx: LimitTransaction,
  table: (typeof historyTables)[number],
  ends: HistoryEnds,
  most: number,
): Promise<number> {
  const old: Readonly<Record<typeof table, RawBuilder<unknown>>> = {
    usage_total: sql`period < case length(period) when 10 then ${ends.day} else ${ends.month} end`,
    quota_bucket: sql`filled_at < ${ends.bucket}`,
    limit_refusal: sql`hour < ${ends.refusal}`,
  };
  const name = sql.table(`kulning.${table}`);
  const { numAffectedRows } = await sql`
    delete from ${name} where ctid = any (array(select ctid from ${name} where ${old[table]} limit ${most}))
  `.execute(trx);
  return Number(numAffectedRows ?? 0);
}
