import type { Site, SiteInput } from '@kulning/sdk';

import type { SiteFacts } from '../../core/placement/facts.ts';
import type { Route } from '../../platform/http/route.ts';
import { tablesOf, type AnyTransaction } from '../../platform/postgres/database.ts';
import { located, readGazetteer } from './site-locator.ts';
import { siteRoutes } from './site-routes.ts';
import type { SitesContext } from './site-changes.ts';
import { declareThisMachine, loadSites, type MachineDeclaration } from './site-loader.ts';
import { readSiteFacts } from './site-store.ts';
import { findSite, listSites } from './site-views.ts';

export { siteConfigSchema, thisMachineSlug } from './site.ts';
export type { SitesContext } from './site-changes.ts';
export type { MachineDeclaration } from './site-loader.ts';

export interface Sites {
  readonly routes: readonly Route[];
  /** At each start of a control process: the starter's sites at the first one, and those of kulning.yaml. */
  load(configured: readonly SiteInput[]): Promise<void>;
  /** In the claim's transaction. */
  declareThisMachine(trx: AnyTransaction, machine: MachineDeclaration): Promise<void>;
  list(): Promise<Site[]>;
  /** By id or slug. */
  find(idOrSlug: string): Promise<Site | undefined>;
  /** What placement decides by. */
  facts(trx: AnyTransaction): Promise<SiteFacts[]>;
}

export function createSites(context: SitesContext): Sites {
  const { database, clock } = context;
  const gazetteer = readGazetteer();
  const locate = (site: Site) => located(site, gazetteer);
  return {
    routes: siteRoutes(context, locate),
    load: (configured) => loadSites(context, configured),
    declareThisMachine: (trx, machine) => declareThisMachine(context, trx, machine),
    list: async () => (await listSites(database, clock.now())).map(locate),
    async find(idOrSlug) {
      const site = await findSite(database, idOrSlug, clock.now());
      return site && locate(site);
    },
    facts: (trx) => readSiteFacts(tablesOf(trx)),
  };
}
