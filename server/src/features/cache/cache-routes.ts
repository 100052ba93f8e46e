import { cacheOperations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import { purgeCache, setCache, viewCache } from './cache-service.ts';
import type { CacheContext } from './cache-tables.ts';

export function cacheRoutes(context: CacheContext): Route[] {
  return [
    route(cacheOperations.get, (_, { caller }) => viewCache(context, caller.organisationId)),
    route(cacheOperations.set, ({ body }, { caller }) => setCache(context, caller.organisationId, body)),
    route(cacheOperations.purge, (_, { caller }) => purgeCache(context, caller.organisationId)),
  ];
}
