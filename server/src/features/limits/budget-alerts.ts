import type { BudgetAlert } from '@kulning/sdk';
import { sql } from 'kysely';

import { type LimitDimension, type LimitLevel, periodOf } from '../../core/limits/limit.ts';
import type { LimitContext } from './limit-context.ts';
import { scopesOf } from './limit-store.ts';
import { shown } from './limit-units.ts';

interface Raised {
  readonly organisation_id: string;
  readonly level: LimitLevel;
  readonly scope_id: string;
  readonly dimension: LimitDimension;
  readonly period: string;
  readonly percent: number;
}

/** Background, in control: one row, and one line in the log, when a budget first reaches 50, 80 and 100 percent. */
export async function raiseAlerts({ database, clock, log }: LimitContext): Promise<number> {
  const day = periodOf('nanoEurPerDay', clock.now()).name;
  const month = day.slice(0, 7);
  const raised = await database.inInstance('budget alerts', async (trx) => {
    const { rows } = await sql<Raised>`
      insert into kulning.budget_alert (organisation_id, level, scope_id, dimension, period, percent, used, budget, at)
      select budget.organisation_id, level, scope_id, dimension, period, percent, used, budget, ${new Date(clock.now())}
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
  });
  for (const { organisation_id, level, scope_id, dimension, period, percent } of raised) {
    const fields = {
      organisation: organisation_id,
      level,
      scope: scope_id,
      budget: shown[dimension].name,
      period,
    };
    log.warn('budget.reached', { ...fields, percent });
  }
  return raised.length;
}

/** Of everything whose limits the organisation sets, its clients included. */
export function listAlerts(
  { database }: LimitContext,
  organisationId: string,
  limit: number,
): Promise<BudgetAlert[]> {
  return database.inInstance('alerts of an organisation and its clients', async (trx) => {
    const scopes = await scopesOf(trx, organisationId);
    const names = new Map(scopes.map(({ level, id, name }) => [`${level} ${id}`, name]));
    if (scopes.length === 0) return [];
    const rows = await trx
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
    return rows.flatMap((row) => {
      const { name: budget, units } = shown[row.dimension];
      const name = names.get(`${row.level} ${row.scope_id}`);
      if (name === undefined || !isBudget(budget)) return [];
      return [
        {
          level: row.level,
          scopeId: row.scope_id,
          name,
          budget,
          period: row.period,
          percent: row.percent,
          used: Number(row.used) / units,
          limit: Number(row.budget) / units,
          at: row.at.toISOString(),
        },
      ];
    });
  });
}

const isBudget = (name: string): name is BudgetAlert['budget'] =>
  name === 'eurPerDay' || name === 'eurPerMonth' || name === 'gramsCo2PerMonth';
