import type { PriceView } from '@kulning/sdk';
import type { Insertable } from 'kysely';

import type { LimitTransaction } from './limit-context.ts';
import type { PriceTable } from './limit-tables.ts';

export const deploymentExists = async (trx: LimitTransaction, id: string): Promise<boolean> =>
  (await trx.selectFrom('kulning.deployment').select('id').where('id', '=', id).executeTakeFirst()) !==
  undefined;

export const insertPrice = (trx: LimitTransaction, row: Insertable<PriceTable>) =>
  trx.insertInto('kulning.price').values(row).execute();

/** By deployment, the latest first. */
export async function prices(trx: LimitTransaction, now: number): Promise<PriceView[]> {
  const rows = await trx
    .selectFrom('kulning.price')
    .selectAll()
    .orderBy('deployment_id')
    .orderBy('valid_from', 'desc')
    .orderBy('row_id', 'desc')
    .execute();
  const seen = new Set<string>();
  return rows.map((row) => {
    const begun = row.valid_from.getTime() <= now;
    const current = begun && !seen.has(row.deployment_id);
    if (begun) seen.add(row.deployment_id);
    return {
      id: row.id,
      deploymentId: row.deployment_id,
      eurPerMillionInput: Number(row.micro_eur_per_million_input) / 1e6,
      eurPerMillionOutput: Number(row.micro_eur_per_million_output) / 1e6,
      eurPerCall: Number(row.nano_eur_per_call) / 1e9,
      validFrom: row.valid_from.toISOString(),
      current,
    };
  });
}
