import { type Site, sitesOperations } from '@kulning/sdk';

import { route, type Route } from '../../platform/http/route.ts';
import type { SitesContext } from './site-changes.ts';
import { changeSite, createSite, removeSite, unknownSite } from './site-service.ts';
import { findSite, listSites, siteHistory } from './site-views.ts';

/** @param locate gives a site coordinates to show it at */
export function siteRoutes(context: SitesContext, locate: (site: Site) => Site): Route[] {
  const { database, clock } = context;
  const find = async (idOrSlug: string) => {
    const site = await findSite(database, idOrSlug, clock.now());
    if (!site) throw unknownSite(idOrSlug);
    return site;
  };
  return [
    route(sitesOperations.list, async () => ({
      items: (await listSites(database, clock.now())).map(locate),
    })),
    route(sitesOperations.get, async ({ params }) => locate(await find(params.id))),
    route(sitesOperations.history, async ({ params }) => {
      const { id } = await find(params.id);
      const facts = await siteHistory(database, id);
      return {
        items: facts.map(({ name, value, tier, source, validUntil, recordedAt, replacedAt }) => ({
          fact: name,
          value,
          tier,
          source,
          validUntil,
          recordedAt,
          replacedAt,
        })),
      };
    }),
    route(sitesOperations.create, async ({ body }) => locate(await createSite(context, body))),
    route(sitesOperations.update, async ({ params, body }) =>
      locate(await changeSite(context, params.id, body)),
    ),
    route(sitesOperations.delete, ({ params }) => removeSite(context, params.id)),
  ];
}
