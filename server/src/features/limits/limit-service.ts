import type { LimitLevelName, LimitRefusalView, LimitView } from '@kulning/sdk';

import { periodOf } from '../../core/limits/limit.ts';
import { isoNow, type LimitContext, type LimitTransaction } from './limit-context.ts';
import { unknownScope } from './limit-errors.ts';
import { limitsOfRow } from './limit-facts-store.ts';
import { limitId } from './limit-facts.ts';
import {
  bump,
  limitRows,
  type NamedScope,
  refusalRows,
  scopesOf,
  slotRows,
  usageRows,
  writeLimits,
} from './limit-store.ts';
import { changedLimits, type LimitChange, shown, viewLimits } from './limit-units.ts';

const DAY_MS = 86_400_000;

export async function listLimits(context: LimitContext, organisationId: string): Promise<LimitView[]> {
  return context.database.inInstance('limits of an organisation and its clients', async (trx) =>
    viewScopes(context, trx, await scopesOf(trx, organisationId)),
  );
}

/** @throws KulningError `limit.scope_unknown` for a scope that is not there or is another's to limit */
export async function setLimits(
  context: LimitContext,
  organisationId: string,
  { level, scopeId }: { level: LimitLevelName; scopeId: string },
  change: LimitChange,
): Promise<LimitView> {
  return context.database.inInstance('limits set by an organisation', async (trx) => {
    const scope = (await scopesOf(trx, organisationId)).find(
      (each) => each.level === level && each.id === scopeId,
    );
    if (!scope) throw unknownScope(level, scopeId);
    const [before] = (await limitRows(trx, [scope])).filter((row) => row.level === level);
    const limits = changedLimits(before ? limitsOfRow(before) : {}, change);
    await writeLimits(trx, scope, limits, new Date(context.clock.now()));
    await bump(trx);
    await context.record(trx, {
      kind: 'limits.changed',
      at: isoNow(context.clock),
      organisation: scope.organisationId,
      body: {
        level,
        ...(level === 'key' || level === 'team' ? { scope: scopeId } : {}),
        limits: { ...limits },
      },
    });
    const [view] = await viewScopes(context, trx, [scope]);
    if (!view) throw unknownScope(level, scopeId);
    return view;
  });
}

export async function listRefusals(
  { database, clock }: LimitContext,
  organisationId: string,
  days: number,
): Promise<LimitRefusalView[]> {
  const rows = await database.inOrganisation(organisationId, (trx) =>
    refusalRows(trx, organisationId, new Date(clock.now() - days * DAY_MS)),
  );
  return rows.map((row) => ({
    hour: row.hour.toISOString(),
    keyId: row.key_id,
    level: row.level,
    scopeId: row.scope_id,
    limit: shown[row.dimension].name,
    calls: Number(row.calls),
  }));
}

async function viewScopes(
  { clock }: LimitContext,
  trx: LimitTransaction,
  scopes: readonly NamedScope[],
): Promise<LimitView[]> {
  if (scopes.length === 0) return [];
  const day = periodOf('nanoEurPerDay', clock.now()).name;
  const month = day.slice(0, 7);
  const limits = new Map(
    (await limitRows(trx, scopes)).map((row) => [limitId(row.level, row.scope_id), row]),
  );
  const totals = new Map(
    (await usageRows(trx, scopes, [day, month])).map((row) => [
      `${limitId(row.level, row.scope_id)} ${row.period}`,
      row,
    ]),
  );
  const slots = new Map(
    (await slotRows(trx, scopes)).map((row) => [limitId(row.level, row.scope_id), Number(row.taken)]),
  );
  return scopes.map(({ level, id, name }) => {
    const scope = limitId(level, id);
    const row = limits.get(scope);
    return {
      level,
      scopeId: id,
      name,
      limits: viewLimits(row ? limitsOfRow(row) : {}),
      usedToday: viewUsed(totals.get(`${scope} ${day}`)),
      usedThisMonth: viewUsed(totals.get(`${scope} ${month}`)),
      slotsLeased: slots.get(scope) ?? 0,
    };
  });
}

type Totals = Record<
  'calls' | 'unpriced_calls' | 'input_tokens' | 'output_tokens' | 'nano_eur' | 'micrograms_co2',
  bigint
>;

function viewUsed(row: Totals | undefined): LimitView['usedToday'] {
  if (!row) return { calls: 0, unpricedCalls: 0, tokens: 0, eur: 0, gramsCo2: 0 };
  return {
    calls: Number(row.calls),
    unpricedCalls: Number(row.unpriced_calls),
    tokens: Number(row.input_tokens + row.output_tokens),
    eur: Number(row.nano_eur) / 1e9,
    gramsCo2: Number(row.micrograms_co2) / 1e6,
  };
}
