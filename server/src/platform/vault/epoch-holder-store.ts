import { sql } from 'kysely';

import { type AnyTransaction, type Database, tablesOf } from '../postgres/database.ts';

interface EpochHolderTables {
  'kulning.epoch_holder': {
    holder_id: string;
    organisation_id: string;
    oldest_epoch: number;
    generation: string;
    has_spool: boolean;
    seen_at: Date;
  };
}

export interface EpochHolder {
  readonly holderId: string;
  readonly oldestEpoch: number;
  readonly generation: string;
  readonly hasSpool: boolean;
  readonly seenAt: Date;
}

const reason = 'key epochs in use';

/** Says which epoch a process may still need, and what it knows of the keystore. */
export async function holdEpoch(
  database: Database,
  holder: {
    holderId: string;
    organisationId: string;
    oldestEpoch: number;
    generation: string;
    hasSpool: boolean;
  },
): Promise<void> {
  const row = {
    holder_id: holder.holderId,
    organisation_id: holder.organisationId,
    oldest_epoch: holder.oldestEpoch,
    generation: holder.generation,
    has_spool: holder.hasSpool,
    seen_at: sql<Date>`clock_timestamp()`,
  };
  await database.inOrganisation(holder.organisationId, (trx) =>
    tablesOf<EpochHolderTables>(trx)
      .insertInto('kulning.epoch_holder')
      .values(row)
      .onConflict((conflict) => conflict.columns(['organisation_id', 'holder_id']).doUpdateSet(row))
      .execute(),
  );
}

export async function touchHolder(database: Database, holderId: string): Promise<void> {
  await database.inInstance(reason, (trx) =>
    tablesOf<EpochHolderTables>(trx)
      .updateTable('kulning.epoch_holder')
      .set({ seen_at: sql<Date>`clock_timestamp()` })
      .where('holder_id', '=', holderId)
      .execute(),
  );
}

/** For a process that ends with nothing left in its spool, or one that will never come back. */
export async function releaseHolder(database: Database, holderId: string): Promise<void> {
  await database.inInstance(reason, (trx) =>
    tablesOf<EpochHolderTables>(trx)
      .deleteFrom('kulning.epoch_holder')
      .where('holder_id', '=', holderId)
      .execute(),
  );
}

/** Who may still need keys of this organisation. A process without a spool that was silent for a minute is dead. */
export async function epochHolders(trx: AnyTransaction, organisationId: string): Promise<EpochHolder[]> {
  return tablesOf<EpochHolderTables>(trx)
    .selectFrom('kulning.epoch_holder')
    .select([
      'holder_id as holderId',
      'oldest_epoch as oldestEpoch',
      'generation',
      'has_spool as hasSpool',
      'seen_at as seenAt',
    ])
    .where('organisation_id', '=', organisationId)
    .where(({ or, eb }) =>
      or([eb('has_spool', '=', true), eb('seen_at', '>', sql<Date>`clock_timestamp() - interval '60 s'`)]),
    )
    .orderBy('holder_id')
    .execute();
}

export const keysChannel = 'kulning_keys';

/** Tells every process to read its keys anew, when the transaction commits. */
export async function notifyKeys(trx: AnyTransaction, organisationId: string): Promise<void> {
  await sql`select pg_notify(${keysChannel}, ${organisationId})`.execute(tablesOf<EpochHolderTables>(trx));
}
