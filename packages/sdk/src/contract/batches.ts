import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { dataClassSchema } from './identity.ts';
import { op } from './operation.ts';

/** As OpenAI names them. */
export const batchStatuses = [
  'validating',
  'in_progress',
  'finalizing',
  'completed',
  'failed',
  'expired',
  'cancelling',
  'cancelled',
] as const;

export const batchEndpoints = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
] as const;

export const batchView = z.object({
  id: z.string(),
  status: z.enum(batchStatuses),
  endpoint: z.enum(batchEndpoints),
  dataClass: dataClassSchema.nullable(),
  purpose: z.string(),
  /** Its lines are calls of this key. */
  keyId: z.string(),
  inputFileId: z.string(),
  outputFileId: z.string().nullable(),
  errorFileId: z.string().nullable(),
  completionWindow: z.string(),
  requests: z.object({ total: z.number().int(), completed: z.number().int(), failed: z.number().int() }),
  /** Null until it has ended, and where no engine said. */
  usage: z.object({ inputTokens: z.number().int(), outputTokens: z.number().int() }).nullable(),
  /** What is wrong with the input, or what stopped it; what is wrong with single requests is in the error file. */
  errors: z.array(
    z.object({
      code: z.string(),
      /** Of the input file, the first is 1. */
      line: z.number().int().nullable(),
      param: z.string().nullable(),
      message: z.string(),
    }),
  ),
  metadata: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
  /** What is not asked by then never is. */
  expiresAt: z.iso.datetime(),
  inProgressAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});

const batchParams = z.object({ batchId: z.string() });

/** Creating one is `POST /v1/batches` at the gateway, with the key that its lines are asked with. */
export const batchesOperations = {
  list: op({
    id: 'batches.list',
    method: 'GET',
    path: '/api/v1/batches',
    summary: 'Batches of this organisation, newest first',
    scope: 'batches:read',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z.string().optional().describe(flagWords.cursor.en),
    }),
    result: z.object({ items: z.array(batchView), next: z.string().optional() }),
  }),
  get: op({
    id: 'batches.get',
    method: 'GET',
    path: '/api/v1/batches/{batchId}',
    summary: 'One batch: how far it is, what failed, and its files',
    scope: 'batches:read',
    params: batchParams,
    result: batchView,
  }),
  cancel: op({
    id: 'batches.cancel',
    method: 'POST',
    path: '/api/v1/batches/{batchId}/cancel',
    summary: 'Stop a batch: nothing more is asked, and what was answered is kept',
    scope: 'batches:write',
    params: batchParams,
    result: batchView,
  }),
};

export type BatchStatus = (typeof batchStatuses)[number];
export type BatchEndpoint = (typeof batchEndpoints)[number];
export type BatchView = z.output<typeof batchView>;
