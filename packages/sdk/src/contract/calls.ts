import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { dataClassSchema } from './identity.ts';
import { op } from './operation.ts';

/**
 * How a call ended. `refused`: policy, or no permitted site was up. `failed`: the engine did not answer properly.
 * `cancelled`: the caller hung up. `interrupted`: the gateway died in the middle; nobody knows how far it came.
 */
export const callOutcomes = ['answered', 'refused', 'failed', 'cancelled', 'interrupted'] as const;

/** Where a figure comes from (DESIGN §3.6). Unknown is never zero: `value` is null then. */
const figure = (unit: string) =>
  z.object({
    value: z.number().nullable(),
    unit: z.literal(unit),
    provenance: z.enum(['measured', 'apportioned', 'modelled', 'declared', 'unknown']),
    method: z.string(),
  });

export const callSummary = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  outcome: z.enum(callOutcomes),
  /** HTTP status that the caller saw; null if it saw none. */
  status: z.number().int().nullable(),
  /** Why it was refused or failed, as a stable code. */
  reason: z.string().nullable(),
  model: z.string(),
  site: z.object({ id: z.string(), name: z.string(), simulated: z.boolean() }).nullable(),
  dataClass: dataClassSchema.nullable(),
  purpose: z.string(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  latencyMs: z.number().nullable(),
  /** Time that Kulning itself added. */
  overheadMs: z.number().nullable(),
});

const guardFound = z.record(z.string(), z.object({ did: z.string(), n: z.number().int() }));
const callHandling = z.object({
  /** Looked for among earlier answers; a hit names the call that it was first given to. */
  cache: z
    .object({
      state: z.enum(['hit', 'miss']),
      from: z.string().optional(),
      ageSeconds: z.number().int().optional(),
    })
    .optional(),
  /** The prompt template that was filled. */
  template: z.object({ id: z.string(), version: z.number().int(), digest: z.string() }).optional(),
  guard: z
    .object({
      rules: z.string(),
      request: guardFound,
      answer: guardFound.optional(),
      notExamined: z.number().int().optional(),
    })
    .optional(),
});

export const callDetail = callSummary.extend({
  keyId: z.string().nullable(),
  streamed: z.boolean(),
  firstByteMs: z.number().nullable(),
  deploymentId: z.string().nullable(),
  modelVersion: z.string().nullable(),
  modelDigest: z.string().nullable(),
  policyHash: z.string(),
  factsHash: z.string(),
  /** Rules that the decision rests on, by id; `placement.explain` has the words. */
  rules: z.array(z.string()),
  /** What `decide` was given beside facts and policy; with it the decision replays bit for bit. */
  inputs: z.record(z.string(), z.unknown()),
  energy: figure('Wh'),
  carbon: figure('g'),
  /** Prompt and answer are in the vault; by default they are not kept. */
  contentKept: z.boolean(),
  /** What was done with the content: by guardrails, as names and counts; empty where nothing was. */
  handling: callHandling,
  receiptId: z.string(),
});

/** What a live tail says of a call, as the data of an event `call`. */
export const liveCall = callSummary.extend({ keyId: z.string().nullable() });

export const callsOperations = {
  list: op({
    id: 'calls.list',
    method: 'GET',
    path: '/api/v1/calls',
    summary: 'Calls of this organisation, newest first',
    scope: 'calls:read',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().optional().describe(flagWords.cursor.en),
      outcome: z.enum(callOutcomes).optional(),
      model: z.string().optional(),
      siteId: z.string().optional(),
    }),
    result: z.object({ items: z.array(callSummary), next: z.string().optional() }),
  }),
  get: op({
    id: 'calls.get',
    method: 'GET',
    path: '/api/v1/calls/{callId}',
    summary: 'One call: where it went, on which policy, and what it cost',
    scope: 'calls:read',
    params: z.object({ callId: z.string() }),
    result: callDetail,
  }),
  /**
   * An answer without an end, for whoever reads it as it comes: `call` for each call that has ended, `skipped` where
   * there were more than could be told, `ended` when the caller may no longer listen or the process stops. The `id` of an
   * event goes on from there as `Last-Event-ID`.
   */
  tail: op({
    id: 'calls.tail',
    method: 'GET',
    path: '/api/v1/live-calls',
    summary: 'Calls as they end, as server-sent events',
    scope: 'calls:read',
    query: z.object({
      outcome: z.enum(callOutcomes).optional(),
      model: z.string().optional(),
      keyId: z.string().optional(),
    }),
    result: z.custom<ReadableStream<Uint8Array>>((value) => value instanceof ReadableStream),
    file: 'text/event-stream; charset=utf-8',
  }),
};

export type CallOutcomeName = (typeof callOutcomes)[number];
export type CallSummary = z.output<typeof callSummary>;
export type CallDetail = z.output<typeof callDetail>;
export type LiveCall = z.output<typeof liveCall>;
