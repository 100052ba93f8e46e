import type { BudgetAlert } from '@kulning/sdk';

import { periodOf } from '../../core/limits/limit.ts';
import { alertRows, insertAlerts } from './alert-store.ts';
import type { LimitContext } from './limit-context.ts';
import { scopesOf } from './limit-store.ts';
import { shown } from './limit-units.ts';

/** Background, in control: one row, and one line in the log, when a budget first reaches 50, 80 and 100 percent. */
export async function raiseAlerts({ database, clock, log }: LimitContext): Promise<number> {
  const day = periodOf('nanoEurPerDay', clock.now()).name;
  const month = day.slice(0, 7);
  const raised = await database.inInstance('budget alerts', (trx) =>
    insertAlerts(trx, { day, month }, new Date(clock.now())),
  );
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
    const rows = await alertRows(trx, scopes, limit);
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
