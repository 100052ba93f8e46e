import { sql } from 'kysely';

import type { RestrictionGround } from '@kulning/sdk';

import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import type { PrivacyTables, PrivacyTransaction } from './privacy-tables.ts';

/** Blind indexes of persons whose calls are refused, by organisation; for the gateway's snapshot. */
export async function restrictedSubjects(anyTrx: AnyTransaction): Promise<Map<string, Set<string>>> {
  const rows = await tablesOf<PrivacyTables>(anyTrx)
    .selectFrom('kulning.subject_state')
    .select(['organisation_id', 'subject_index'])
    .execute();
  const byOrganisation = Map.groupBy(rows, (row) => row.organisation_id);
  return new Map(
    [...byOrganisation].map(([id, states]) => [id, new Set(states.map((state) => state.subject_index))]),
  );
}

/** Organisations in which somebody's erasure is under way: what is written there now could escape it. */
export async function beingErased(anyTrx: AnyTransaction): Promise<Set<string>> {
  const rows = await tablesOf<PrivacyTables>(anyTrx)
    .selectFrom('kulning.subject_state')
    .select('organisation_id')
    .distinct()
    .where('state', '=', 'erasing')
    .execute();
  return new Set(rows.map((row) => row.organisation_id));
}

export async function isRestricted(
  trx: PrivacyTransaction,
  organisationId: string,
  indexes: readonly string[],
): Promise<boolean> {
  const row = await trx
    .selectFrom('kulning.subject_state')
    .select('subject_index')
    .where('organisation_id', '=', organisationId)
    .where('subject_index', '=', sql<string>`any(${indexes}::text[])`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function restrictSubject(
  trx: PrivacyTransaction,
  restriction: { organisationId: string; indexes: readonly string[]; ground: RestrictionGround; since: Date },
): Promise<void> {
  await trx
    .insertInto('kulning.subject_state')
    .values(
      restriction.indexes.map((index) => ({
        organisation_id: restriction.organisationId,
        subject_index: index,
        state: 'restricted' as const,
        ground: restriction.ground,
        erasure_id: null,
        since: restriction.since,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function unrestrictSubject(
  trx: PrivacyTransaction,
  organisationId: string,
  indexes: readonly string[],
): Promise<void> {
  await trx
    .deleteFrom('kulning.subject_state')
    .where('organisation_id', '=', organisationId)
    .where('state', '=', 'restricted')
    .where('subject_index', '=', sql<string>`any(${indexes}::text[])`)
    .execute();
}

/** Gateways read their snapshot anew. */
export async function bumpRestrictions(trx: AnyTransaction): Promise<void> {
  await sql`select kulning.bump('organisations')`.execute(tablesOf<PrivacyTables>(trx));
}
