import type { Route } from '../../platform/http/route.ts';
import { cacheRoutes } from './cache-routes.ts';
import type { CacheContext } from './cache-tables.ts';

export { type CacheFacts, readCacheFacts } from './cache-facts.ts';
export type { AnswerGround } from './cache-key.ts';
export { CallCache } from './call-cache.ts';
export { GatewayCache, type GatewayCacheDeps } from './gateway-cache.ts';

/** The cache of answers, as people switch and empty it. */
export const createCache = (context: CacheContext): { readonly routes: readonly Route[] } => ({
  routes: cacheRoutes(context),
});
