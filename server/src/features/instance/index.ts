import { instanceOperations as operations, type Site } from '@kulning/sdk';

import { type AuthorisedCaller, route, type Route } from '../../platform/http/route.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { stepsTaken, whereabouts } from './instance-views.ts';

export interface InstanceContext {
  readonly database: Database;
  readonly release: string;
  readonly keysFolder: string;
  /** Slug of the site that this process stands in. */
  readonly siteSlug: string;
  readonly shippedModel: string;
  gatewayUrl(): string | undefined;
  isClaimed(): Promise<boolean>;
  hasSample(): Promise<boolean>;
  /** Whether there are backups in the instance's own folder. */
  hasBackups(): Promise<boolean>;
  sites(): Promise<Site[]>;
  shortLivedKey(
    caller: AuthorisedCaller,
    dataClass: 'public' | 'internal' | 'personal' | 'special' | null,
  ): Promise<{ secret: string; expiresAt: string }>;
}

/** What the console and the CLI ask about the installation itself. */
export function createInstanceRoutes(context: InstanceContext): Route[] {
  const gatewayUrl = () => context.gatewayUrl() ?? '';
  return [
    route(operations.status, async () => ({
      claimed: await context.isClaimed(),
      version: context.release,
      gatewayUrl: gatewayUrl(),
      demonstration: await context.hasSample(),
    })),
    route(operations.where, async () => {
      const sites = await context.sites();
      return whereabouts(
        sites,
        sites.find(({ slug }) => slug === context.siteSlug),
        { keysFolder: context.keysFolder, hasBackups: await context.hasBackups() },
      );
    }),
    route(operations.steps, async (_, { caller }) => ({
      items: await context.database.inOrganisation(caller.organisationId, (trx) =>
        stepsTaken(trx, caller.organisationId, context.shippedModel),
      ),
    })),
    route(operations.playgroundKey, async ({ body }, { caller }) => ({
      ...(await context.shortLivedKey(caller, body.dataClass)),
      gatewayUrl: gatewayUrl(),
    })),
  ];
}
