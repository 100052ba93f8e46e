import type { Selectable, Transaction } from 'kysely';

import { limitDimensions, type Limits } from '../../core/limits/limit.ts';
import { type LimitFacts, limitId } from './limit-facts.ts';
import { columnOf, type LimitTables, type PriceTable, type UsageLimitTable } from './limit-tables.ts';

/** In the transaction of a snapshot. */
export async function readLimitFacts(trx: Transaction<LimitTables>): Promise<LimitFacts> {
  const limits = await trx.selectFrom('kulning.usage_limit').selectAll().execute();
  const teams = await trx.selectFrom('kulning.team_key').select(['key_id', 'team_id']).execute();
  const organisations = await trx
    .selectFrom('kulning.organisation')
    .select(['id', 'parent_id'])
    .where('parent_id', 'is not', null)
    .execute();
  const prices = await trx
    .selectFrom('kulning.price')
    .selectAll()
    .orderBy('valid_from', 'desc')
    .orderBy('row_id', 'desc')
    .execute();
  return {
    limits: new Map(limits.map((row) => [limitId(row.level, row.scope_id), limitsOfRow(row)])),
    teamOfKey: new Map(teams.map(({ key_id, team_id }) => [key_id, team_id])),
    parentOf: new Map(
      organisations.flatMap(({ id, parent_id }) => (parent_id === null ? [] : [[id, parent_id]])),
    ),
    prices: Map.groupBy(prices.map(priceOfRow), ({ deploymentId }) => deploymentId),
  };
}

function priceOfRow(row: Selectable<PriceTable>) {
  return {
    id: row.id,
    deploymentId: row.deployment_id,
    microEurPerMillionInput: Number(row.micro_eur_per_million_input),
    microEurPerMillionOutput: Number(row.micro_eur_per_million_output),
    nanoEurPerCall: Number(row.nano_eur_per_call),
    validFrom: row.valid_from.getTime(),
  };
}

export function limitsOfRow(row: Selectable<UsageLimitTable>): Limits {
  const entries = limitDimensions.flatMap((dimension) => {
    const value = row[columnOf[dimension]];
    return value === null ? [] : [[dimension, Number(value)]];
  });
  return Object.fromEntries(entries) as Limits;
}
