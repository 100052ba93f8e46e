import type { UsageRefusal } from '@kulning/sdk';
import { sql } from 'kysely';

import { limitNames } from '../limits/index.ts';
import type { UsageRange } from './usage-range.ts';
import type { UsageTransaction } from './usage-views.ts';

export interface RefusalQuestion extends UsageRange {
  readonly organisationId: string;
  readonly model: string | undefined;
  readonly keyId: string | undefined;
}

type Row = Omit<UsageRefusal, 'lastAt'> & { readonly lastAt: Date };

const MOST_ROWS = 500;

/** The most frequent first. A limit refuses before it is known which model would serve, so it has none. */
export async function refusalsOf(
  trx: UsageTransaction,
  { organisationId, from, to, model, keyId }: RefusalQuestion,
): Promise<UsageRefusal[]> {
  const { rows } = await sql<Row>`
    with refused as (
      select 'policy' as source, reason, rules, null as level, null as scope_id, model, key_id, calls, last_at, hour
      from kulning.usage_refusal where organisation_id = ${organisationId}
      union all
      select 'limit', dimension, '{}', level, scope_id, null, key_id, calls, hour, hour
      from kulning.limit_refusal where organisation_id = ${organisationId}
    )
    select source, reason, rules, level, scope_id as "scopeId", model, key_id as "keyId", key.name as "keyName",
      sum(calls)::float8 as calls, max(last_at) as "lastAt"
    from refused
    left join kulning.api_key as key on key.id = refused.key_id and key.organisation_id = ${organisationId}
    where hour >= ${from} and hour < ${to}
      and (${model ?? null}::text is null or model = ${model ?? null})
      and (${keyId ?? null}::text is null or key_id = ${keyId ?? null})
    group by source, reason, rules, level, scope_id, model, key_id, key.name
    order by calls desc, source, reason, model, key_id
    limit ${MOST_ROWS}
  `.execute(trx);
  return rows.map(({ lastAt, ...row }) => ({
    ...row,
    reason: row.source === 'limit' ? limitName(row.reason) : row.reason,
    lastAt: lastAt.toISOString(),
  }));
}

const limitName = (dimension: string): string =>
  dimension in limitNames ? limitNames[dimension as keyof typeof limitNames].name : dimension;
