import { sql, type ColumnType, type Generated, type Transaction } from 'kysely';

import type { JsonValue } from '../../core/ledger/canonical-json.ts';
import type { EvidenceTier, Provenance, SiteFacts } from '../../core/placement/facts.ts';
import { siteFactsOf, type FactName, type SiteFact, type SiteIdentity, type SiteOrigin } from './site.ts';

export interface SitesTables {
  'kulning.site': {
    row_id: Generated<bigint>;
    id: string;
    slug: string;
    name: string;
    place: string;
    latitude: number | null;
    longitude: number | null;
    simulated: boolean;
    unclaimed: boolean;
    origin: SiteOrigin;
    created_at: ColumnType<Date, Date, never>;
  };
  'kulning.site_fact': {
    row_id: Generated<bigint>;
    site_id: string;
    name: FactName;
    value: ColumnType<JsonValue, string, never>;
    tier: EvidenceTier;
    provenance: Provenance | null;
    source: string;
    valid_until: ColumnType<Date | null, string | null, never>;
    recorded_at: ColumnType<Date, Date, never>;
    replaced_at: ColumnType<Date | null, undefined, Date>;
  };
}

export type SitesTransaction = Transaction<SitesTables>;

export interface StoredSite {
  readonly identity: SiteIdentity;
  readonly origin: SiteOrigin;
  readonly facts: readonly SiteFact[];
}

/** All sites by slug, with what currently holds. */
export async function readSites(trx: SitesTransaction): Promise<StoredSite[]> {
  const sites = await trx.selectFrom('kulning.site').selectAll().orderBy('slug').execute();
  const facts = await trx
    .selectFrom('kulning.site_fact')
    .selectAll()
    .where('replaced_at', 'is', null)
    .orderBy('row_id')
    .execute();
  const bySite = Map.groupBy(facts, (fact) => fact.site_id);
  return sites.map((row) => ({
    identity: identityOf(row),
    origin: row.origin,
    facts: (bySite.get(row.id) ?? []).map(factOf),
  }));
}

/** The facts that placement decides by; deterministic order. */
export async function readSiteFacts(trx: SitesTransaction): Promise<SiteFacts[]> {
  return (await readSites(trx)).map(({ identity, facts }) => siteFactsOf(identity, facts));
}

export async function readSite(trx: SitesTransaction, idOrSlug: string): Promise<StoredSite | undefined> {
  const row = await trx
    .selectFrom('kulning.site')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', idOrSlug), eb('slug', '=', idOrSlug)]))
    .executeTakeFirst();
  if (!row) return undefined;
  const facts = await trx
    .selectFrom('kulning.site_fact')
    .selectAll()
    .where('site_id', '=', row.id)
    .where('replaced_at', 'is', null)
    .orderBy('row_id')
    .execute();
  return { identity: identityOf(row), origin: row.origin, facts: facts.map(factOf) };
}

export async function insertSite(
  trx: SitesTransaction,
  identity: SiteIdentity,
  origin: SiteOrigin,
  createdAt: Date,
): Promise<void> {
  await trx
    .insertInto('kulning.site')
    .values({
      ...identity,
      latitude: identity.latitude ?? null,
      longitude: identity.longitude ?? null,
      origin,
      created_at: createdAt,
    })
    .execute();
}

export async function updateSite(trx: SitesTransaction, identity: SiteIdentity): Promise<void> {
  const { id, name, place, latitude, longitude, unclaimed } = identity;
  await trx
    .updateTable('kulning.site')
    .set({ name, place, latitude: latitude ?? null, longitude: longitude ?? null, unclaimed })
    .where('id', '=', id)
    .execute();
}

export async function deleteSite(trx: SitesTransaction, siteId: string): Promise<void> {
  await trx.deleteFrom('kulning.site').where('id', '=', siteId).execute();
}

/** Ends what was said under this name and says the new in its place; the old stays as history. */
export async function replaceFacts(
  trx: SitesTransaction,
  siteId: string,
  name: FactName,
  facts: readonly SiteFact[],
  at: Date,
): Promise<void> {
  await trx
    .updateTable('kulning.site_fact')
    .set({ replaced_at: at })
    .where('site_id', '=', siteId)
    .where('name', '=', name)
    .where('replaced_at', 'is', null)
    .execute();
  if (facts.length === 0) return;
  await trx
    .insertInto('kulning.site_fact')
    .values(
      facts.map(({ value, tier, provenance, source, validUntil }) => ({
        site_id: siteId,
        name,
        value: JSON.stringify(value),
        tier,
        provenance: provenance ?? null,
        source,
        valid_until: validUntil ?? null,
        recorded_at: at,
      })),
    )
    .execute();
}

/** Tells the gateways. Called first, it also makes changes of sites happen one after the other. */
export async function bumpSites(trx: SitesTransaction): Promise<void> {
  await sql`select kulning.bump('sites')`.execute(trx);
}

type SiteRow = Omit<SitesTables['kulning.site'], 'row_id' | 'created_at'>;

function identityOf({
  id,
  slug,
  name,
  place,
  latitude,
  longitude,
  simulated,
  unclaimed,
}: SiteRow): SiteIdentity {
  return {
    id,
    slug,
    name,
    place,
    ...(latitude !== null && { latitude }),
    ...(longitude !== null && { longitude }),
    simulated,
    unclaimed,
  };
}

interface FactRow {
  readonly name: FactName;
  readonly value: JsonValue;
  readonly tier: EvidenceTier;
  readonly provenance: Provenance | null;
  readonly source: string;
  readonly valid_until: Date | null;
}

export function factOf({ name, value, tier, provenance, source, valid_until }: FactRow): SiteFact {
  return {
    name,
    value,
    tier,
    provenance: provenance ?? undefined,
    source,
    validUntil: valid_until?.toISOString(),
  };
}
