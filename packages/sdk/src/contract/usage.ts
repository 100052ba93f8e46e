import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { op } from './operation.ts';

/** What usage can be told apart by; `hour`, `day` and `month` are UTC. */
export const usageDimensions = [
  'organisation',
  'team',
  'key',
  'model',
  'deployment',
  'site',
  'price',
  'hour',
  'day',
  'month',
] as const;
export const usageSteps = ['hour', 'day', 'month'] as const;

const provenances = z.array(z.enum(['measured', 'apportioned', 'modelled', 'declared']));
/** Of the calls for which it could be known, the part for which it is; null where there are none. */
const knownShare = z.number().min(0).max(1).nullable();
/** Milliseconds; at most 4.5 % off. Null where nothing was timed. */
const percentile = z.number().nullable();

export const usageFigures = z.object({
  calls: z.number().int(),
  answered: z.number().int(),
  refused: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  interrupted: z.number().int(),
  /** Of all calls, those that a simulated site served. */
  simulated: z.number().int(),
  /** Sums over what is known; null where calls were made and nothing is. */
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  tokensKnown: knownShare,
  /** Exact, in decimals. */
  eur: z.string().nullable(),
  eurKnown: knownShare,
  wattHours: z.number().nullable(),
  energyKnown: knownShare,
  energyProvenance: provenances,
  gramsCo2: z.number().nullable(),
  carbonKnown: knownShare,
  carbonProvenance: provenances,
  /** From the request’s head to the end of the answer, of answered calls. */
  p50Ms: percentile,
  p95Ms: percentile,
  p99Ms: percentile,
  /** To the first byte, of answered streams. */
  firstByteP50Ms: percentile,
  firstByteP95Ms: percentile,
  firstByteP99Ms: percentile,
  /** What Kulning itself added, of calls that reached an engine. */
  overheadP50Ms: percentile,
  overheadP95Ms: percentile,
  overheadP99Ms: percentile,
  /** Of streams, from the first byte to the last. */
  tokensPerSecond: z.number().nullable(),
});

export const usageRow = usageFigures.extend({
  /** When the hour, day or month begins; null without a step. */
  at: z.iso.datetime().nullable(),
  /** What it is the usage of; null for time alone, and where the calls have none. */
  id: z.string().nullable(),
  name: z.string(),
});

const moment = z.iso.datetime().or(z.iso.date());

const usageQuery = z.object({
  from: moment.optional().describe(flagWords.usageFrom.en),
  to: moment.optional().describe(flagWords.usageTo.en),
  by: z.enum(usageDimensions).default('model'),
  every: z.enum(usageSteps).optional().describe(flagWords.usageEvery.en),
  model: z.string().optional(),
  keyId: z.string().optional(),
  teamId: z.string().optional(),
  siteId: z.string().optional(),
  deploymentId: z.string().optional(),
  organisationId: z.string().optional().describe(flagWords.organisation.en),
});

export const usageRefusal = z.object({
  /** `policy`: nobody permitted it, or no permitted place could take it. `limit`: a limit of a key, team or organisation. */
  source: z.enum(['policy', 'limit']),
  /** A stable code: `policy.denied`, `capacity.none`, or the name of a limit. */
  reason: z.string(),
  /** Of policy; `policy.get` has the words. */
  rules: z.array(z.string()),
  /** Of a limit. */
  level: z.string().nullable(),
  scopeId: z.string().nullable(),
  model: z.string().nullable(),
  keyId: z.string().nullable(),
  keyName: z.string().nullable(),
  calls: z.number().int(),
  /** Of limits, the hour. */
  lastAt: z.iso.datetime(),
});

export const usageOperations = {
  list: op({
    id: 'usage.list',
    method: 'GET',
    path: '/api/v1/usage',
    summary: 'Calls, tokens, cost, energy, carbon and latency, by model, key, team, site, time …',
    scope: 'calls:read',
    query: usageQuery,
    result: z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      items: z.array(usageRow),
      total: usageFigures,
    }),
  }),
  csv: op({
    id: 'usage.csv',
    method: 'GET',
    path: '/api/v1/usage/csv',
    summary: 'The same as CSV',
    scope: 'calls:read',
    query: usageQuery,
    result: z.string(),
    file: 'text/csv; charset=utf-8',
  }),
  refusals: op({
    id: 'usage.refusals',
    method: 'GET',
    path: '/api/v1/usage/refusals',
    summary: 'What policy, capacity and limits refused: why, whose, and how often',
    scope: 'calls:read',
    query: usageQuery.pick({ from: true, to: true, model: true, keyId: true }),
    result: z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      items: z.array(usageRefusal),
    }),
  }),
};

export type UsageDimension = (typeof usageDimensions)[number];
export type UsageStep = (typeof usageSteps)[number];
export type UsageFigures = z.output<typeof usageFigures>;
export type UsageRow = z.output<typeof usageRow>;
export type UsageRefusal = z.output<typeof usageRefusal>;
