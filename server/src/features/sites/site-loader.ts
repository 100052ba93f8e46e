import { readdirSync, readFileSync } from 'node:fs';

import { KulningError, type SiteChange, type SiteInput } from '@kulning/sdk';
import { parse } from 'yaml';

import { tablesOf, type AnyTransaction } from '../../platform/postgres/database.ts';
import { siteWords } from './site-words.ts';
import { siteConfigSchema, thisMachineSlug } from './site.ts';
import { applyChange, changing, insertSite, noteSite, sourceOf, type SitesContext } from './site-changes.ts';
import * as store from './site-store.ts';

/** What the claimer says of the machine: where it stands, who runs it, who owns them. */
export interface MachineDeclaration {
  readonly country: string;
  readonly operator: string;
  /** The operator itself when left out. */
  readonly parent?: { readonly name: string; readonly country: string } | undefined;
  readonly place?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
}

/**
 * Brings the sites of the starter and of kulning.yaml into the database; whoever runs it twice changes nothing. The
 * file is the truth of the sites it names: a fact that left it is withdrawn. A site that left it stays while in use.
 */
export function loadSites(context: SitesContext, configured: readonly SiteInput[]): Promise<void> {
  return changing(context, 'load sites', async (trx, at) => {
    const present = new Map((await store.readSites(trx)).map((site) => [site.identity.slug, site]));
    if (!present.has(thisMachineSlug)) await insertMachine(context, trx, at);
    if (present.size === 0)
      for (const site of starterSites()) await insertSite(context, trx, at, site, 'starter');
    for (const given of configured) {
      const site = await store.readSite(trx, given.slug);
      if (!site) await insertSite(context, trx, at, given, 'config');
      else await applyChange(context, trx, at, site, withdrawn(site, given), sourceOf.config);
    }
    for (const [slug, { identity, origin }] of present) {
      if (origin !== 'config' || configured.some((given) => given.slug === slug)) continue;
      const uses = await context.usesOf(trx, identity.id);
      if (uses.length > 0) {
        context.log.warn('site.left_config_in_use', { site: slug, uses: uses.length });
        continue;
      }
      await store.deleteSite(trx, identity.id);
      await noteSite(context, trx, at, 'site.removed', identity, []);
    }
  });
}

/** Part of claiming the instance, in the claim's transaction: from now on the machine has a country and an operator. */
export async function declareThisMachine(
  context: SitesContext,
  claim: AnyTransaction,
  { country, operator, parent, place, latitude, longitude }: MachineDeclaration,
): Promise<void> {
  const trx = tablesOf<store.SitesTables>(claim);
  const at = new Date(context.clock.now());
  await store.bumpSites(trx);
  const site = (await store.readSite(trx, thisMachineSlug)) ?? (await insertMachine(context, trx, at));
  const owner = parent ?? { name: operator, country };
  await applyChange(
    context,
    trx,
    at,
    site,
    { country, operator, parent: owner, place, latitude, longitude },
    'declared when this installation was claimed',
  );
  await store.bumpSites(trx);
}

/** The sites that a new installation knows of, from data/sites. */
function starterSites(): SiteInput[] {
  const folder = new URL('../../../../data/sites/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => siteConfigSchema.parse(parse(readFileSync(new URL(name, folder), 'utf8'))));
}

async function insertMachine(
  context: SitesContext,
  trx: store.SitesTransaction,
  at: Date,
): Promise<store.StoredSite> {
  const identity = {
    id: context.ids.next('site'),
    slug: thisMachineSlug,
    // Its own slug for a name, and no place: nobody has named either, and whoever shows them says so in the reader's words.
    name: thisMachineSlug,
    place: '',
    simulated: false,
    unclaimed: true,
  };
  await store.insertSite(trx, identity, 'starter', at);
  await noteSite(context, trx, at, 'site.created', identity, []);
  return { identity, origin: 'starter', facts: [] };
}

/** What the file no longer says is taken back. */
function withdrawn(site: store.StoredSite, given: SiteInput): SiteChange {
  const { slug, simulated } = site.identity;
  if (given.simulated !== simulated) {
    throw new KulningError({
      code: 'site.simulated_is_fixed',
      status: 409,
      text: (simulated ? siteWords.simulatedForGood : siteWords.realForGood)(slug),
      path: 'simulated',
    });
  }
  const names = site.facts.map(({ name }) => (name === 'certification' ? 'certifications' : name));
  return { ...Object.fromEntries(names.map((name) => [name, null])), ...given };
}
