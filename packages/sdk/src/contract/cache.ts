import { z } from 'zod';

import { op } from './operation.ts';

const cacheSettings = z.object({
  enabled: z.boolean(),
  ttlSeconds: z.number().int().min(1).max(2_592_000),
  /** In the memory of each gateway. */
  maxBytes: z.number().int().min(65_536).max(1_073_741_824),
  /** Also for requests that do not ask for temperature 0. */
  anyTemperature: z.boolean(),
  /** Also for requests with tools. */
  toolCalls: z.boolean(),
});

export const cacheView = cacheSettings.extend({
  /** What the vault holds now. */
  entries: z.number().int(),
  bytes: z.number().int(),
  /** Calls of the last 30 days that were looked up. */
  hits: z.number().int(),
  misses: z.number().int(),
});

export const cacheOperations = {
  get: op({
    id: 'cache.get',
    method: 'GET',
    path: '/api/v1/cache',
    summary: 'The cache of answers: settings, what it holds, and how often it had the answer',
    scope: 'content:read',
    result: cacheView,
  }),
  set: op({
    id: 'cache.set',
    method: 'PUT',
    path: '/api/v1/cache',
    summary: 'Switch the cache of answers on or off, and say what it keeps; what is left out stays',
    scope: 'content:write',
    body: cacheSettings.partial(),
    result: cacheView,
  }),
  purge: op({
    id: 'cache.purge',
    method: 'POST',
    path: '/api/v1/cache/purge',
    summary: 'Forget every cached answer, with its key; gateways follow within a second',
    scope: 'content:write',
    body: z.object({}),
    result: cacheView,
  }),
};

export type CacheSettings = z.output<typeof cacheSettings>;
export type CacheView = z.output<typeof cacheView>;
