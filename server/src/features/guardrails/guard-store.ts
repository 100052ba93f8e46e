import { sql, type Transaction } from 'kysely';

import { type GuardRules, tightened } from '../../core/guard/guard-policy.ts';
import type { GuardTables } from './guard-tables.ts';

export type GuardTransaction = Transaction<GuardTables>;

export interface ScopedRules {
  readonly organisationId: string;
  /** The organisation's id, or a key's. */
  readonly scopeId: string;
  readonly rules: GuardRules;
  readonly changedAt: Date;
}

/** Of the organisations, or of all. */
export async function rulesOf(
  trx: GuardTransaction,
  organisationIds?: readonly string[],
): Promise<ScopedRules[]> {
  const query = trx.selectFrom('kulning.guard_rules').selectAll();
  const rows = await (
    organisationIds ? query.where('organisation_id', 'in', organisationIds) : query
  ).execute();
  return rows.map(({ organisation_id: organisationId, scope_id: scopeId, rules, changed_at: changedAt }) => ({
    organisationId,
    scopeId,
    rules,
    changedAt,
  }));
}

export async function writeRules(
  trx: GuardTransaction,
  { organisationId, scopeId, rules, changedAt }: ScopedRules,
) {
  const values = { rules: sql<GuardRules>`${JSON.stringify(rules)}::jsonb`, changed_at: changedAt };
  await trx
    .insertInto('kulning.guard_rules')
    .values({ organisation_id: organisationId, scope_id: scopeId, ...values })
    .onConflict((conflict) => conflict.columns(['organisation_id', 'scope_id']).doUpdateSet(values))
    .execute();
  await sql`select kulning.bump('content')`.execute(trx);
}

/** The organisation and those above it, the nearest first. */
export async function lineOf(trx: GuardTransaction, organisationId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive line as (
      select id, parent_id, 0 as depth from kulning.organisation where id = ${organisationId}
      union all
      select above.id, above.parent_id, depth + 1 from kulning.organisation above join line on above.id = line.parent_id
    )
    select id from line order by depth
  `.execute(trx);
  return rows.map(({ id }) => id);
}

export async function parents(trx: GuardTransaction): Promise<Map<string, string>> {
  const rows = await trx
    .selectFrom('kulning.organisation')
    .select(['id', 'parent_id'])
    .where('parent_id', 'is not', null)
    .execute();
  return new Map(rows.flatMap(({ id, parent_id }) => (parent_id === null ? [] : [[id, parent_id]])));
}

export const keysOf = (trx: GuardTransaction, organisationId: string) =>
  trx
    .selectFrom('kulning.api_key')
    .select(['id', 'name'])
    .where('organisation_id', '=', organisationId)
    .where('revoked_at', 'is', null)
    .execute();

/** The newest persons whom callers named, by blind index. Ids of records are in order of time. */
export async function namedSubjects(
  trx: GuardTransaction,
  organisationId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ subject_index: string }>`
    select subject_index from kulning.record_subject
    where organisation_id = ${organisationId} and origin = 'named'
    group by subject_index order by max(record_id) desc limit ${limit}
  `.execute(trx);
  return rows.map(({ subject_index: index }) => index);
}

/** All rules of a line together. */
export const together = (scoped: readonly ScopedRules[]): GuardRules =>
  scoped.reduce<GuardRules>((all, { rules }) => tightened(all, rules), {});
