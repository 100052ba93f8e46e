import type { UsageDimension, UsageStep } from '@kulning/sdk';
import { type RawBuilder, sql, type Transaction } from 'kysely';

import type { UsageRange } from './usage-range.ts';

export type UsageTransaction = Transaction<object>;

export interface UsageQuestion extends UsageRange {
  readonly organisationIds: readonly string[];
  readonly by: UsageDimension;
  readonly every: UsageStep | undefined;
  readonly where: Readonly<
    Partial<Record<'model' | 'key_id' | 'team_id' | 'site_id' | 'deployment_id', string>>
  >;
}

/** The sums of one line. `whole` is the line of all others together. */
export interface UsageSums {
  readonly whole: boolean;
  readonly at: Date | null;
  readonly id: string | null;
  /** Any of the line's models and sites: a deployment has one of each. */
  readonly model: string | null;
  readonly siteId: string | null;
  readonly calls: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly interrupted: number;
  readonly simulated: number;
  readonly placed: number;
  readonly charged: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly tokensKnown: number;
  readonly nanoEur: string;
  readonly eurKnown: number;
  readonly wattHours: number;
  readonly energyKnown: number;
  readonly energyProvenance: number;
  readonly gramsCo2: number;
  readonly carbonKnown: number;
  readonly carbonProvenance: number;
  readonly streamedTokens: number;
  readonly streamingUs: number;
}

/** How many durations of one line lie in one bucket. */
export interface DurationCount {
  readonly whole: boolean;
  readonly at: Date | null;
  readonly id: string | null;
  readonly measure: 'latency' | 'firstByte' | 'overhead';
  /** From one. */
  readonly bucket: number;
  readonly count: number;
}

const idOf: Readonly<Record<UsageDimension, RawBuilder<unknown>>> = {
  organisation: sql`organisation_id`,
  team: sql`team_id`,
  key: sql`key_id`,
  model: sql`model`,
  deployment: sql`deployment_id`,
  site: sql`site_id`,
  price: sql`price_id`,
  hour: sql`null::text`,
  day: sql`null::text`,
  month: sql`null::text`,
};

const isStep = (by: UsageDimension): by is UsageStep => by === 'hour' || by === 'day' || by === 'month';

function linesOf({ organisationIds, from, to, by, every, where }: UsageQuestion): RawBuilder<unknown> {
  const step = isStep(by) ? by : every;
  const at = step === undefined ? sql`null::timestamptz` : sql`date_trunc(${step}, hour, 'UTC')`;
  const conditions = Object.entries(where).map(([column, value]) => sql`and ${sql.ref(column)} = ${value}`);
  return sql`
    select ${at} as at, ${idOf[by]} as id, usage.* from kulning.usage_hour as usage
    where organisation_id = any(${organisationIds}::text[]) and hour >= ${from} and hour < ${to}
      ${sql.join(conditions, sql` `)}`;
}

/** In order of time, then the busiest first; the whole is the last. */
export async function usageSums(
  trx: UsageTransaction,
  question: UsageQuestion,
  most: number,
): Promise<UsageSums[]> {
  const { rows } = await sql<UsageSums>`
    with line as (${linesOf(question)})
    select grouping(at, id) = 3 as whole, at, id, min(model) as model, min(site_id) as "siteId",
      coalesce(sum(calls), 0)::float8 as calls, coalesce(sum(answered), 0)::float8 as answered,
      coalesce(sum(refused), 0)::float8 as refused, coalesce(sum(failed), 0)::float8 as failed,
      coalesce(sum(cancelled), 0)::float8 as cancelled, coalesce(sum(interrupted), 0)::float8 as interrupted,
      coalesce(sum(simulated), 0)::float8 as simulated, coalesce(sum(placed), 0)::float8 as placed,
      coalesce(sum(charged), 0)::float8 as charged,
      coalesce(sum(input_tokens), 0)::float8 as "inputTokens",
      coalesce(sum(output_tokens), 0)::float8 as "outputTokens",
      coalesce(sum(tokens_known), 0)::float8 as "tokensKnown",
      coalesce(sum(nano_eur), 0)::text as "nanoEur", coalesce(sum(eur_known), 0)::float8 as "eurKnown",
      coalesce(sum(watt_hours), 0)::float8 as "wattHours",
      coalesce(sum(energy_known), 0)::float8 as "energyKnown",
      coalesce(bit_or(energy_provenance), 0) as "energyProvenance",
      coalesce(sum(grams_co2), 0)::float8 as "gramsCo2",
      coalesce(sum(carbon_known), 0)::float8 as "carbonKnown",
      coalesce(bit_or(carbon_provenance), 0) as "carbonProvenance",
      coalesce(sum(streamed_tokens), 0)::float8 as "streamedTokens",
      coalesce(sum(streaming_us), 0)::float8 as "streamingUs"
    from line
    group by grouping sets ((at, id), ())
    order by whole, at, calls desc, id
    limit ${most}
  `.execute(trx);
  return rows;
}

export async function durationCounts(
  trx: UsageTransaction,
  question: UsageQuestion,
): Promise<DurationCount[]> {
  const { rows } = await sql<DurationCount>`
    with line as (${linesOf(question)})
    select grouping(at, id) = 3 as whole, at, id, measure, bucket::int, sum(count)::float8 as count
    from line, lateral (
      select 'latency' as measure, * from unnest(latency) with ordinality
      union all select 'firstByte', * from unnest(first_byte) with ordinality
      union all select 'overhead', * from unnest(overhead) with ordinality
    ) as counted (measure, count, bucket)
    where count > 0
    group by grouping sets ((at, id, measure, bucket), (measure, bucket))
  `.execute(trx);
  return rows;
}

/** Names of keys, teams and organisations; where a name is gone its id stands for it. */
export async function namesOf(
  trx: UsageTransaction,
  by: UsageDimension,
  organisationIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (by !== 'key' && by !== 'team' && by !== 'organisation') return new Map();
  const owner = by === 'organisation' ? sql`id` : sql`organisation_id`;
  const table =
    by === 'key' ? sql`kulning.api_key` : by === 'team' ? sql`kulning.team` : sql`kulning.organisation`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from ${table} where ${owner} = any(${organisationIds}::text[])
  `.execute(trx);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** An organisation and its clients. */
export async function familyOf(trx: UsageTransaction, organisationId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from kulning.organisation where id = ${organisationId} or parent_id = ${organisationId}
  `.execute(trx);
  return rows.map(({ id }) => id);
}
