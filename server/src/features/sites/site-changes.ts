import type { Site, SiteChange, SiteInput } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import {
  declaredFacts,
  isDeclared,
  isSameFact,
  type FactName,
  type SiteFact,
  type SiteIdentity,
  type SiteOrigin,
} from './site.ts';
import * as store from './site-store.ts';
import { viewOf } from './site-views.ts';

export interface SitesContext {
  readonly database: Database<store.SitesTables>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  /** Writes to the ledger in the transaction of the change. */
  record(trx: AnyTransaction, event: LedgerEvent): Promise<unknown>;
  /** What runs or is kept at a site, by name. Empty when it may go. */
  usesOf(trx: AnyTransaction, siteId: string): Promise<readonly string[]>;
}

export const sourceOf = {
  starter: 'shipped with Kulning',
  config: 'declared in kulning.yaml',
  api: 'declared through the API',
} as const;

/** Every change commits with its ledger entry and tells the gateways; one change after the other. */
export function changing<T>(
  { database, clock }: SitesContext,
  reason: string,
  work: (trx: store.SitesTransaction, at: Date) => Promise<T>,
): Promise<T> {
  return database.inInstance(reason, async (trx) => {
    await store.bumpSites(trx);
    return work(trx, new Date(clock.now()));
  });
}

export async function insertSite(
  context: SitesContext,
  trx: store.SitesTransaction,
  at: Date,
  given: SiteInput,
  origin: SiteOrigin,
): Promise<Site> {
  const { slug, name, place, latitude, longitude, simulated } = given;
  const identity: SiteIdentity = {
    id: context.ids.next('site'),
    slug,
    name,
    place,
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
    simulated,
    unclaimed: false,
  };
  await store.insertSite(trx, identity, origin, at);
  const facts = declaredFacts(given, sourceOf[origin]);
  for (const [factName, values] of facts) await store.replaceFacts(trx, identity.id, factName, values, at);
  const all = [...facts.values()].flat();
  await noteSite(context, trx, at, 'site.created', identity, all);
  return viewOf({ identity, origin, facts: all }, at.getTime());
}

/** Writes what differs, and nothing when nothing does. */
export async function applyChange(
  context: SitesContext,
  trx: store.SitesTransaction,
  at: Date,
  site: store.StoredSite,
  change: SiteChange,
  source: string,
): Promise<Site> {
  const { identity } = site;
  const changed = new Map<FactName, SiteFact[]>();
  for (const [name, values] of declaredFacts(change, source)) {
    const before = site.facts.filter((fact) => fact.name === name);
    const same =
      before.length === values.length &&
      values.every((value) => before.some((old) => isSameFact(old, value)));
    if (!same) changed.set(name, values);
  }
  for (const [name, values] of changed) await store.replaceFacts(trx, identity.id, name, values, at);
  const facts = [...site.facts.filter(({ name }) => !changed.has(name)), ...[...changed.values()].flat()];
  const next = { ...identity, ...placement(change), unclaimed: identity.unclaimed && !isDeclared(facts) };
  const moved = JSON.stringify(next) !== JSON.stringify(identity);
  if (moved) await store.updateSite(trx, next);
  if (moved || changed.size > 0)
    await noteSite(context, trx, at, 'site.changed', next, [...changed.values()].flat(), [...changed.keys()]);
  return viewOf({ identity: next, origin: site.origin, facts }, at.getTime());
}

function placement({ name, place, latitude, longitude }: SiteChange): Partial<SiteIdentity> {
  return {
    ...(name !== undefined && { name }),
    ...(place !== undefined && { place }),
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
  };
}

/** No person's name and no content: the facts are those of a site and its companies. */
export async function noteSite(
  context: SitesContext,
  trx: store.SitesTransaction,
  at: Date,
  kind: string,
  { id, slug, simulated }: SiteIdentity,
  facts: readonly SiteFact[],
  touched: readonly FactName[] = [],
): Promise<void> {
  const said = facts.map(({ name, value, tier, source, validUntil }) => ({
    name,
    value,
    tier,
    source,
    validUntil,
  }));
  const withdrawnNames = touched.filter((name) => !facts.some((fact) => fact.name === name));
  const body = { site: id, slug, simulated, facts: said, withdrawn: withdrawnNames };
  await context.record(trx, { kind, at: at.toISOString(), organisation: null, body });
}
