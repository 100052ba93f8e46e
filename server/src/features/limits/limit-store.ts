import { sql } from 'kysely';

import type { LimitLevel, LimitScope, Limits } from '../../core/limits/limit.ts';
import { limitDimensions } from '../../core/limits/limit.ts';
import type { LimitTransaction } from './limit-context.ts';
import { columnOf } from './limit-tables.ts';

/** Gateways load what changed within a second. */
export const bump = (trx: LimitTransaction) => sql`select kulning.bump('limits')`.execute(trx);

/** A scope that a caller may set limits of: whose it is, and how it is called. */
export interface NamedScope extends LimitScope {
  readonly organisationId: string;
  readonly name: string;
}

/**
 * All scopes whose limits an organisation sets: its keys and teams, its clients, and itself and its agency unless it is
 * a client. Read across organisations, because a client's row is not the agency's.
 */
export async function scopesOf(trx: LimitTransaction, organisationId: string): Promise<NamedScope[]> {
  const keys = await trx
    .selectFrom('kulning.api_key')
    .select(['id', 'name'])
    .where('organisation_id', '=', organisationId)
    .where('revoked_at', 'is', null)
    .orderBy('name')
    .execute();
  const teams = await trx
    .selectFrom('kulning.team')
    .select(['id', 'name'])
    .where('organisation_id', '=', organisationId)
    .orderBy('name')
    .execute();
  const family = await trx
    .selectFrom('kulning.organisation')
    .select(['id', 'parent_id', 'name'])
    .where((where) => where.or([where('id', '=', organisationId), where('parent_id', '=', organisationId)]))
    .orderBy('name')
    .execute();
  const own = (level: LimitLevel) => (row: { id: string; name: string }) => ({
    level,
    id: row.id,
    organisationId,
    name: row.name,
  });
  const settable = family.filter(({ id, parent_id }) => id !== organisationId || parent_id === null);
  const self = settable.filter(({ id }) => id === organisationId);
  return [
    ...self.map(own('agency')),
    ...settable.map((row) => ({
      level: 'organisation' as const,
      id: row.id,
      organisationId: row.id,
      name: row.name,
    })),
    ...teams.map(own('team')),
    ...keys.map(own('key')),
  ];
}

export const limitRows = (trx: LimitTransaction, scopes: readonly LimitScope[]) =>
  trx
    .selectFrom('kulning.usage_limit')
    .selectAll()
    .where(
      'scope_id',
      'in',
      scopes.map(({ id }) => id),
    )
    .execute();

export const usageRows = (trx: LimitTransaction, scopes: readonly LimitScope[], periods: readonly string[]) =>
  trx
    .selectFrom('kulning.usage_total')
    .selectAll()
    .where(
      'scope_id',
      'in',
      scopes.map(({ id }) => id),
    )
    .where('period', 'in', periods)
    .execute();

export const slotRows = (trx: LimitTransaction, scopes: readonly LimitScope[]) =>
  trx
    .selectFrom('kulning.quota_lease')
    .select(({ fn }) => ['level', 'scope_id', fn.sum<string>('taken').as('taken')])
    .where('dimension', '=', 'concurrentCalls')
    .where(
      'scope_id',
      'in',
      scopes.map(({ id }) => id),
    )
    .groupBy(['level', 'scope_id'])
    .execute();

export async function writeLimits(
  trx: LimitTransaction,
  scope: NamedScope,
  limits: Limits,
  changedAt: Date,
): Promise<void> {
  const values = Object.fromEntries(
    limitDimensions.map((dimension) => [columnOf[dimension], limits[dimension] ?? null]),
  ) as Record<(typeof columnOf)[keyof typeof columnOf], number | null>;
  await trx
    .insertInto('kulning.usage_limit')
    .values({
      organisation_id: scope.organisationId,
      level: scope.level,
      scope_id: scope.id,
      ...values,
      changed_at: changedAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['level', 'scope_id']).doUpdateSet({ ...values, changed_at: changedAt }),
    )
    .execute();
}

export const refusalRows = (trx: LimitTransaction, organisationId: string, since: Date) =>
  trx
    .selectFrom('kulning.limit_refusal')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('hour', '>=', since)
    .orderBy('hour', 'desc')
    .limit(1_000)
    .execute();
