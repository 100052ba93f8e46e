import { sql, type Transaction } from 'kysely';

import type { LimitDimension, LimitLevel } from '../../core/limits/limit.ts';
import { grantBlock, type QuotaGrant, refilled } from '../../core/limits/quota-grant.ts';
import type { QuotaLine } from '../../core/limits/quota-table.ts';
import type { LimitTables } from './limit-tables.ts';

type LimitTransaction = Transaction<LimitTables>;

/** Longer than any pause of a process that lives: what is reclaimed from a living one is spent twice, by a block. */
const SILENT_SECONDS = 30;

/**
 * Says that this process lives, and reclaims the leases of those that do not.
 * @returns how many live, or undefined when this one was taken for dead: its leases are gone, and it begins anew
 */
export async function beat(trx: LimitTransaction, processId: string): Promise<number | undefined> {
  await sql`
    delete from kulning.quota_process where process_id in (
      select process_id from kulning.quota_process
      where heard_at < clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}) and process_id <> ${processId}
      order by process_id for update skip locked)
  `.execute(trx);
  const { rows } = await sql<{ alive: number }>`
    with beaten as (
      update kulning.quota_process set heard_at = clock_timestamp() where process_id = ${processId} returning 1)
    select (select count(*)::int from kulning.quota_process) as alive where exists (select from beaten)
  `.execute(trx);
  return rows[0]?.alive;
}

export async function enrol(trx: LimitTransaction, processId: string): Promise<void> {
  await sql`
    insert into kulning.quota_process (process_id, heard_at) values (${processId}, clock_timestamp())
    on conflict (process_id) do nothing
  `.execute(trx);
}

/** The process has ended, or its journal was moved to its end: nothing that it leased can be spent any more. */
export async function discharge(trx: LimitTransaction, processId: string): Promise<void> {
  await trx.deleteFrom('kulning.quota_process').where('process_id', '=', processId).execute();
}

interface Pot {
  readonly level: LimitLevel;
  readonly scope: string;
  readonly dimension: LimitDimension;
  readonly period: string;
  readonly limit: number | null;
  /** Of a budget or slots. */
  readonly free: number | null;
  /** Of a rate; null: nothing was taken yet. */
  readonly remaining: number | null;
  readonly filledAt: number | null;
  readonly now: number;
}

/**
 * Leases blocks for all lines in one transaction. The rows of the limits are locked first, in one order for all
 * processes, so that of two that lease from one budget the second sees what the first took.
 */
export async function lease(
  trx: LimitTransaction,
  processId: string,
  lines: readonly QuotaLine[],
): Promise<QuotaGrant[]> {
  const asked = JSON.stringify(
    lines.map(({ meter, period, keep }, place) => ({
      place,
      level: meter.scope.level,
      scope: meter.scope.id,
      dimension: meter.dimension,
      kind: meter.kind,
      period,
      keep,
    })),
  );
  await lockLimits(trx, asked);
  await keepLeases(trx, processId, asked);
  const pots = await readPots(trx, asked);
  const grants = lines.map((line, index) => grantOf(line, pots[index]));
  const taken = grants.map(({ granted, free }, index) => ({ ...pots[index], granted, remaining: free }));
  await takeLeases(trx, processId, JSON.stringify(taken));
  return grants;
}

function grantOf({ meter, need, wish, back }: QuotaLine, pot: Pot | undefined): QuotaGrant {
  // The limit was lifted a moment ago: until the process hears of it, it has what it asks for.
  if (!pot || pot.limit === null) return { granted: wish, free: Number.MAX_SAFE_INTEGER, againMs: undefined };
  const { limit, remaining, filledAt, now } = pot;
  const free =
    meter.kind === 'rate'
      ? Math.min(limit, refilled(remaining ?? limit, filledAt ?? now, limit, now) + back)
      : (pot.free ?? 0);
  return grantBlock(meter.kind, limit, free, { need, wish });
}

const lineColumns = sql.raw(
  'place int, level text, scope text, dimension text, kind text, period text, keep bigint',
);

const lockLimits = (trx: LimitTransaction, asked: string) =>
  sql`
    select from kulning.usage_limit where (level, scope_id) in (
      select level, scope from jsonb_to_recordset(${asked}::jsonb) as line (${lineColumns}))
    order by level, scope_id for update
  `.execute(trx);

/** What the process says it has is the truth: an answer that it never got is undone here. */
const keepLeases = (trx: LimitTransaction, processId: string, asked: string) =>
  sql`
    insert into kulning.quota_lease (process_id, level, scope_id, dimension, period, taken)
    select ${processId}, level, scope, dimension, period, keep
    from jsonb_to_recordset(${asked}::jsonb) as line (${lineColumns}) where kind <> 'rate'
    order by level, scope, dimension, period
    on conflict (level, scope_id, dimension, period, process_id) do update set taken = excluded.taken
  `.execute(trx);

/** One statement, so that a call on its way from leased to spent is seen once. */
async function readPots(trx: LimitTransaction, asked: string): Promise<Pot[]> {
  const { rows } = await sql<Pot>`
    with line as (
      select line.*, (case dimension
          when 'requestsPerMinute' then requests_per_minute
          when 'tokensPerMinute' then tokens_per_minute
          when 'concurrentCalls' then concurrent_calls
          when 'nanoEurPerDay' then nano_eur_per_day
          when 'nanoEurPerMonth' then nano_eur_per_month
          else micrograms_co2_per_month end)::float8 as limit_value
      from jsonb_to_recordset(${asked}::jsonb) as line (${lineColumns})
      left join kulning.usage_limit on usage_limit.level = line.level and usage_limit.scope_id = line.scope)
    select line.level, line.scope, line.dimension, line.period, limit_value as "limit",
      (limit_value
        - case line.dimension when 'concurrentCalls' then 0
            when 'microgramsCo2PerMonth' then coalesce(total.micrograms_co2, 0) else coalesce(total.nano_eur, 0) end
        - coalesce((select sum(greatest(0, taken - shipped)) from kulning.quota_lease as held
            where held.level = line.level and held.scope_id = line.scope and held.dimension = line.dimension
              and held.period = line.period), 0))::float8 as free,
      bucket.remaining, extract(epoch from bucket.filled_at)::float8 * 1000 as "filledAt",
      extract(epoch from clock_timestamp())::float8 * 1000 as now
    from line
    left join kulning.usage_total as total
      on total.level = line.level and total.scope_id = line.scope and total.period = line.period
    left join kulning.quota_bucket as bucket
      on bucket.level = line.level and bucket.scope_id = line.scope and bucket.dimension = line.dimension
    order by line.place
  `.execute(trx);
  return rows;
}

async function takeLeases(trx: LimitTransaction, processId: string, taken: string): Promise<void> {
  const columns = sql.raw(
    'level text, scope text, dimension text, period text, granted bigint, remaining float8, now float8, "limit" float8',
  );
  await sql`
    update kulning.quota_lease as held set taken = held.taken + line.granted
    from jsonb_to_recordset(${taken}::jsonb) as line (${columns})
    where held.process_id = ${processId} and held.level = line.level and held.scope_id = line.scope
      and held.dimension = line.dimension and held.period = line.period and line.granted > 0
  `.execute(trx);
  await sql`
    insert into kulning.quota_bucket (level, scope_id, dimension, remaining, filled_at)
    select level, scope, dimension, remaining, to_timestamp(now / 1000)
    from jsonb_to_recordset(${taken}::jsonb) as line (${columns})
    where dimension in ('requestsPerMinute', 'tokensPerMinute') and "limit" is not null
    order by level, scope, dimension
    on conflict (level, scope_id, dimension) do update
      set remaining = excluded.remaining, filled_at = excluded.filled_at
  `.execute(trx);
}
