import { sitesOperations } from '@kulning/sdk';

import { route, type Route } from '../../platform/http/route.ts';
import type { SitesContext } from './site-changes.ts';
import { changeSite, createSite, removeSite, unknownSite } from './site-service.ts';
import { findSite, listSites, siteHistory } from './site-views.ts';

export function siteRoutes(context: SitesContext): Route[] {
  const { database, clock } = context;
  const find = async (idOrSlug: string) => {
    const site = await findSite(database, idOrSlug, clock.now());
    if (!site) throw unknownSite(idOrSlug);
    return site;
  };
  return [
    route(sitesOperations.list, async () => ({ items: await listSites(database, clock.now()) })),
    route(sitesOperations.get, ({ params }) => find(params.id)),
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
    route(sitesOperations.create, ({ body }) => createSite(context, body)),
    route(sitesOperations.update, ({ params, body }) => changeSite(context, params.id, body)),
    route(sitesOperations.delete, ({ params }) => removeSite(context, params.id)),
  ];
}
