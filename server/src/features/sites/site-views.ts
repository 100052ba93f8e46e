import type { Site } from '@kulning/sdk';

import { placeOf } from '../../core/placement/place.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { siteFactsOf, type SiteFact } from './site.ts';
import { factOf, readSites, type SitesTables, type StoredSite } from './site-store.ts';

/** Sites as screens show them; `open` is told for the moment of asking. */
export async function listSites(database: Database<SitesTables>, now: number): Promise<Site[]> {
  const sites = await database.kysely.transaction().execute(readSites);
  return sites.map((site) => viewOf(site, now));
}

export async function findSite(
  database: Database<SitesTables>,
  idOrSlug: string,
  now: number,
): Promise<Site | undefined> {
  return (await listSites(database, now)).find(({ id, slug }) => id === idOrSlug || slug === idOrSlug);
}

export interface SiteFactHeld extends SiteFact {
  readonly recordedAt: string;
  readonly replacedAt: string | undefined;
}

/** What was ever said about a site, newest first. */
export async function siteHistory(database: Database<SitesTables>, siteId: string): Promise<SiteFactHeld[]> {
  const rows = await database.kysely
    .selectFrom('kulning.site_fact')
    .selectAll()
    .where('site_id', '=', siteId)
    .orderBy('row_id', 'desc')
    .execute();
  return rows.map((row) => ({
    ...factOf(row),
    recordedAt: row.recorded_at.toISOString(),
    replacedAt: row.replaced_at?.toISOString(),
  }));
}

export function viewOf({ identity, origin, facts }: StoredSite, now: number): Site {
  const known = siteFactsOf(identity, facts);
  return {
    ...known,
    certifications: [...known.certifications],
    origin,
    open: placeOf(known, now).state === 'open',
  };
}
