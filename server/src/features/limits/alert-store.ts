import { sql } from 'kysely';

import type { LimitDimension, LimitLevel, LimitScope } from '../../core/limits/limit.ts';
import type { LimitTransaction } from './limit-context.ts';

export interface Raised {
  readonly organisation_id: string;
  readonly level: LimitLevel;
  readonly scope_id: string;
  readonly dimension: LimitDimension;
  readonly period: string;
  readonly percent: number;
}

/** Budgets that reached a threshold for the first time in their period. */
export async function insertAlerts(
  trx: LimitTransaction,
  { day, month }: { day: string; month: string },
  at: Date,
): Promise<Raised[]> {
  const { rows } = await sql<Raised>`
      insert into kulning.budget_alert (organisation_id, level, scope_id, dimension, period, percent, used, budget, at)
      select budget.organisation_id, level, scope_id, dimension, period, percent, used, budget, ${at}
      from kulning.usage_limit
      join kulning.usage_total as total using (level, scope_id)
      cross join lateral (values
        ('nanoEurPerDay', ${day}, nano_eur_per_day, nano_eur, usage_limit.organisation_id),
        ('nanoEurPerMonth', ${month}, nano_eur_per_month, nano_eur, usage_limit.organisation_id),
        ('microgramsCo2PerMonth', ${month}, micrograms_co2_per_month, micrograms_co2, usage_limit.organisation_id)
      ) as budget (dimension, of_period, budget, used, organisation_id)
      cross join (values (50), (80), (100)) as threshold (percent)
      where total.period = of_period and budget > 0 and used >= budget * percent / 100.0
      on conflict (level, scope_id, dimension, period, percent) do nothing
      returning organisation_id, level, scope_id, dimension, period, percent
    `.execute(trx);
  return rows;
}

export const alertRows = (trx: LimitTransaction, scopes: readonly LimitScope[], limit: number) =>
  trx
    .selectFrom('kulning.budget_alert')
    .selectAll()
    .where(
      'scope_id',
      'in',
      scopes.map(({ id }) => id),
    )
    .orderBy('row_id', 'desc')
    .limit(limit)
    .execute();
