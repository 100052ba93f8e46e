import { sql } from 'kysely';

import type { PlacementTransaction } from './placement-tables.ts';

export interface StoredPolicy {
  readonly hash: string;
  readonly text: string;
  readonly createdAt: Date;
  /** Last time; absent when it never was. */
  readonly activatedAt: Date | undefined;
}

const versions = (trx: PlacementTransaction) =>
  trx
    .selectFrom('kulning.policy_set as policy')
    .leftJoin('kulning.policy_activation as activation', 'activation.policy_hash', 'policy.hash')
    .select((eb) => [
      'policy.hash',
      'policy.text',
      'policy.created_at as createdAt',
      eb.fn.max('activation.activated_at').as('activatedAt'),
      eb.fn.max('activation.row_id').as('activation'),
    ])
    .groupBy('policy.hash');

/** Every policy that was entered, the last activated first. */
export async function readPolicies(trx: PlacementTransaction): Promise<StoredPolicy[]> {
  const rows = await versions(trx)
    .orderBy('activation', (order) => order.desc().nullsLast())
    .orderBy('policy.created_at', 'desc')
    .execute();
  return rows.map(storedOf);
}

/** The policy in force: that of the last activation. */
export async function readActivePolicy(trx: PlacementTransaction): Promise<StoredPolicy | undefined> {
  const row = await versions(trx)
    .orderBy('activation', (order) => order.desc().nullsLast())
    .having((eb) => eb(eb.fn.max('activation.row_id'), 'is not', null))
    .limit(1)
    .executeTakeFirst();
  return row && storedOf(row);
}

export async function readStoredPolicy(
  trx: PlacementTransaction,
  hash: string,
): Promise<StoredPolicy | undefined> {
  const row = await versions(trx).where('policy.hash', '=', hash).executeTakeFirst();
  return row && storedOf(row);
}

export async function insertPolicy(
  trx: PlacementTransaction,
  hash: string,
  text: string,
  at: Date,
): Promise<void> {
  await trx
    .insertInto('kulning.policy_set')
    .values({ hash, text, created_at: at })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

export async function insertActivation(trx: PlacementTransaction, hash: string, at: Date): Promise<void> {
  await trx.insertInto('kulning.policy_activation').values({ policy_hash: hash, activated_at: at }).execute();
}

/** Tells the gateways. Called first, it also makes activations happen one after the other. */
export async function bumpPolicy(trx: PlacementTransaction): Promise<void> {
  await sql`select kulning.bump('policy')`.execute(trx);
}

function storedOf(row: {
  hash: string;
  text: string;
  createdAt: Date;
  activatedAt: Date | string | null;
}): StoredPolicy {
  const { hash, text, createdAt, activatedAt } = row;
  return { hash, text, createdAt, activatedAt: activatedAt === null ? undefined : new Date(activatedAt) };
}
