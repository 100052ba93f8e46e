import { sql } from 'kysely';

import type { LimitTransaction } from './limit-context.ts';

export interface Refused {
  readonly organisation: string;
  readonly key: string;
  readonly level: string;
  readonly scope: string;
  readonly dimension: string;
  /** ISO 8601. */
  readonly hour: string;
  calls: number;
}

/** @returns those that are the first of their hour */
export async function addRefusals(trx: LimitTransaction, counts: readonly Refused[]): Promise<Refused[]> {
  const { rows } = await sql<Refused & { first: boolean }>`
          insert into kulning.limit_refusal as refusal (organisation_id, key_id, level, scope_id, dimension, hour, calls)
          select organisation, key, level, scope, dimension, hour, calls
          from jsonb_to_recordset(${JSON.stringify(counts)}::jsonb) as line (organisation text, key text,
            level text, scope text, dimension text, hour timestamptz, calls bigint)
          order by key, level, scope, dimension, hour
          on conflict (key_id, level, scope_id, dimension, hour) do update set calls = refusal.calls + excluded.calls
          returning organisation_id as organisation, key_id as key, level, scope_id as scope, dimension,
            to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') as hour, xmax = 0 as first
        `.execute(trx);
  return rows.filter(({ first }) => first);
}
