import type { Statement } from '@kulning/sdk';
import { sql } from 'kysely';

import type { LimitContext, LimitTransaction } from './limit-context.ts';
import { unknownClient } from './limit-errors.ts';

/** Of an organisation and each of its clients. */
export function listStatements(
  { database }: LimitContext,
  organisationId: string,
  month: string,
): Promise<Statement[]> {
  return database.inInstance('statements of an organisation and its clients', async (trx) => {
    const statements: Statement[] = [];
    for (const organisation of await family(trx, organisationId))
      statements.push(await statementOf(trx, organisation, month));
    return statements;
  });
}

/** @throws KulningError `organisation.unknown` */
export function statementFor(
  { database }: LimitContext,
  organisationId: string,
  wantedId: string,
  month: string,
): Promise<Statement> {
  return database.inInstance('statement of an organisation or its client', async (trx) => {
    const organisation = (await family(trx, organisationId)).find(({ id }) => id === wantedId);
    if (!organisation) throw unknownClient(wantedId);
    return statementOf(trx, organisation, month);
  });
}

const family = (trx: LimitTransaction, organisationId: string) =>
  trx
    .selectFrom('kulning.organisation')
    .select(['id', 'name'])
    .where((where) => where.or([where('id', '=', organisationId), where('parent_id', '=', organisationId)]))
    .orderBy('created_at')
    .execute();

type Sums = Omit<Statement['total'], 'eur'> & { readonly nanoEur: string | null };
type Line = Sums & {
  readonly model: string | null;
  readonly siteId: string | null;
  readonly priceIds: string[];
};

/**
 * Straight from the calls: lines and total are the same sums, grouped and not. A sum leaves out what is unknown and
 * counts it beside; where nothing is known it is null.
 */
async function statementOf(
  trx: LimitTransaction,
  organisation: { id: string; name: string },
  month: string,
): Promise<Statement> {
  const begin = `${month}-01T00:00:00Z`;
  const { rows } = await sql<Line & { readonly whole: boolean }>`
    select model, site_id as "siteId", grouping(model) = 1 as whole,
      count(*)::int as calls,
      sum(input_tokens)::float8 as "inputTokens", sum(output_tokens)::float8 as "outputTokens",
      count(*) filter (where input_tokens is null)::int as "tokensUnknownCalls",
      sum(nano_eur)::text as "nanoEur", count(*) filter (where nano_eur is null)::int as "eurUnknownCalls",
      sum((energy ->> 'value')::float8) as "wattHours",
      count(*) filter (where energy ->> 'value' is null)::int as "energyUnknownCalls",
      array_agg(distinct energy ->> 'provenance') as "energyProvenance",
      sum((carbon ->> 'value')::float8) as "gramsCo2",
      count(*) filter (where carbon ->> 'value' is null)::int as "carbonUnknownCalls",
      array_agg(distinct carbon ->> 'provenance') as "carbonProvenance",
      coalesce(array_agg(distinct price_id) filter (where price_id is not null), '{}') as "priceIds"
    from kulning.call
    where organisation_id = ${organisation.id} and agency_id is not null
      and at >= ${begin}::timestamptz and at < ${begin}::timestamptz + interval '1 month'
    group by grouping sets ((model, site_id), ())
    order by model, site_id
  `.execute(trx);
  const { rows: rest } = await sql<{ uncharged: number }>`
    select count(*)::int as uncharged from kulning.call
    where organisation_id = ${organisation.id} and agency_id is null
      and at >= ${begin}::timestamptz and at < ${begin}::timestamptz + interval '1 month'
  `.execute(trx);
  const total = rows.find(({ whole }) => whole);
  return {
    organisation,
    month,
    lines: rows.flatMap(({ whole, ...line }) =>
      whole
        ? []
        : [{ model: line.model ?? '', siteId: line.siteId, priceIds: line.priceIds, ...sumsOf(line) }],
    ),
    total: sumsOf(total ?? nothing),
    uncharged: rest[0]?.uncharged ?? 0,
  };
}

const nothing: Sums = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  tokensUnknownCalls: 0,
  nanoEur: '0',
  eurUnknownCalls: 0,
  wattHours: 0,
  energyUnknownCalls: 0,
  energyProvenance: [],
  gramsCo2: 0,
  carbonUnknownCalls: 0,
  carbonProvenance: [],
};

function sumsOf(sums: Sums): Statement['total'] {
  if (sums.calls === 0) sums = nothing;
  const { nanoEur, ...others } = sums;
  return {
    calls: others.calls,
    inputTokens: others.inputTokens,
    outputTokens: others.outputTokens,
    tokensUnknownCalls: others.tokensUnknownCalls,
    eur: nanoEur === null ? null : exactEur(BigInt(nanoEur)),
    eurUnknownCalls: others.eurUnknownCalls,
    wattHours: others.wattHours,
    energyUnknownCalls: others.energyUnknownCalls,
    energyProvenance: others.energyProvenance ?? [],
    gramsCo2: others.gramsCo2,
    carbonUnknownCalls: others.carbonUnknownCalls,
    carbonProvenance: others.carbonProvenance ?? [],
  };
}

/** Billionths of a euro as a decimal number, nothing rounded. */
export function exactEur(nanoEur: bigint): string {
  const digits = nanoEur.toString().padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
