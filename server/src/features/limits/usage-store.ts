import { sql, type Transaction } from 'kysely';

import { type LimitLevel, limitLevels, periodOf } from '../../core/limits/limit.ts';
import { budgetDimensions, type ChargedCall, isLeased } from './call-charge.ts';
import type { LimitTables } from './limit-tables.ts';

interface Total {
  readonly organisation: string;
  readonly level: LimitLevel;
  readonly scope: string;
  readonly period: string;
  calls: number;
  unpriced: number;
  input: number;
  output: number;
  nanoEur: number;
  micrograms: number;
}

interface Shipped {
  readonly level: LimitLevel;
  readonly scope: string;
  readonly dimension: string;
  readonly period: string;
  amount: number;
}

/**
 * Puts calls into the books of their key, team, organisation and agency, and takes the same amounts out of the leases
 * of the process that answered them. In the transaction that records the calls, so each counts once, whatever crashed.
 * Two statements for any number of calls; rows in one order, so that shippers wait for each other and never in a circle.
 */
export async function chargeCalls(
  trx: Transaction<LimitTables>,
  processId: string,
  calls: readonly ChargedCall[],
): Promise<void> {
  if (calls.length === 0) return;
  const totals = new Map<string, Total>();
  const shipped = new Map<string, Shipped>();
  for (const call of calls) {
    const day = periodOf('nanoEurPerDay', call.charge.at).name;
    const month = day.slice(0, 7);
    for (const level of limitLevels) {
      const scope = scopeAt(call, level);
      if (scope === null) continue;
      for (const period of [day, month]) addTotal(totals, call, level, scope, period);
      addShipped(shipped, call, level, scope, { day, month });
    }
  }
  await insertTotals(trx, [...totals.values()]);
  if (shipped.size > 0) await shipLeases(trx, processId, [...shipped.values()]);
}

function scopeAt({ keyId, organisationId, charge }: ChargedCall, level: LimitLevel): string | null {
  if (level === 'key') return keyId;
  if (level === 'team') return charge.teamId;
  return level === 'organisation' ? organisationId : charge.agencyId;
}

function addTotal(
  totals: Map<string, Total>,
  { organisationId, tokens, charge }: ChargedCall,
  level: LimitLevel,
  scope: string,
  period: string,
): void {
  const id = `${level} ${scope} ${period}`;
  let total = totals.get(id);
  if (!total) {
    const organisation = level === 'agency' ? scope : organisationId;
    const nothing = { calls: 0, unpriced: 0, input: 0, output: 0, nanoEur: 0, micrograms: 0 };
    totals.set(id, (total = { organisation, level, scope, period, ...nothing }));
  }
  total.calls++;
  if (charge.nanoEur === null) total.unpriced++;
  total.input += tokens?.input ?? 0;
  total.output += tokens?.output ?? 0;
  total.nanoEur += charge.budget.nanoEur;
  total.micrograms += charge.budget.microgramsCo2;
}

function addShipped(
  shipped: Map<string, Shipped>,
  { charge }: ChargedCall,
  level: LimitLevel,
  scope: string,
  { day, month }: { day: string; month: string },
): void {
  for (const [index, dimension] of budgetDimensions.entries()) {
    if (!isLeased(charge.leases, level, index)) continue;
    const period = dimension === 'nanoEurPerDay' ? day : month;
    const amount =
      dimension === 'microgramsCo2PerMonth' ? charge.budget.microgramsCo2 : charge.budget.nanoEur;
    const id = `${level} ${scope} ${dimension} ${period}`;
    const known = shipped.get(id);
    if (known) known.amount += amount;
    else shipped.set(id, { level, scope, dimension, period, amount });
  }
}

const insertTotals = (trx: Transaction<LimitTables>, totals: readonly Total[]) =>
  sql`
    insert into kulning.usage_total as total (organisation_id, level, scope_id, period, calls, unpriced_calls,
      input_tokens, output_tokens, nano_eur, micrograms_co2)
    select organisation, level, scope, period, calls, unpriced, input, output, "nanoEur", micrograms
    from jsonb_to_recordset(${JSON.stringify(totals)}::jsonb) as line (organisation text, level text, scope text,
      period text, calls bigint, unpriced bigint, input bigint, output bigint, "nanoEur" bigint, micrograms bigint)
    order by level, scope, period
    on conflict (level, scope_id, period) do update set
      calls = total.calls + excluded.calls,
      unpriced_calls = total.unpriced_calls + excluded.unpriced_calls,
      input_tokens = total.input_tokens + excluded.input_tokens,
      output_tokens = total.output_tokens + excluded.output_tokens,
      nano_eur = total.nano_eur + excluded.nano_eur,
      micrograms_co2 = total.micrograms_co2 + excluded.micrograms_co2
  `.execute(trx);

const shipLeases = (trx: Transaction<LimitTables>, processId: string, lines: readonly Shipped[]) =>
  sql`
    update kulning.quota_lease as held set shipped = held.shipped + line.amount
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
      as line (level text, scope text, dimension text, period text, amount bigint)
    where held.process_id = ${processId} and held.level = line.level and held.scope_id = line.scope
      and held.dimension = line.dimension and held.period = line.period
  `.execute(trx);
