import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { modelAddition } from './models.ts';
import { op } from './operation.ts';
import { problemWords } from './problem-words.ts';

/** A model file on its way here. Asked again, it says how far it is. */
export const modelPull = z.object({
  id: z.string(),
  /** Without user, password and query. */
  source: z.string(),
  name: z.string().nullable(),
  phase: z.enum(['waiting', 'running', 'checking', 'done', 'failed', 'cancelled']),
  receivedBytes: z.number().int(),
  /** Null until the host said it. */
  totalBytes: z.number().int().nullable(),
  /** `sha256:` and hex of what arrived, or of what is expected. */
  digest: z.string().nullable(),
  /** The model it became. */
  modelId: z.string().nullable(),
  /** Why it failed; what arrived is kept, and the same command goes on from there. */
  problem: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});

export const modelPullRequest = modelAddition.omit({ source: true, apiKey: true, engineModel: true }).extend({
  source: z.string().min(1).max(4096).describe(flagWords.pullSource.en),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/u, problemWords.sha256.en)
    .optional()
    .describe(flagWords.pullDigest.en),
  token: z.string().min(1).max(4096).optional().describe(flagWords.pullToken.en),
});

const pullParams = z.object({ pullId: z.string() });

export const modelPullOperations = {
  pull: op({
    id: 'models.pull',
    method: 'POST',
    path: '/api/v1/pulls',
    summary: 'Fetch a GGUF file from a host that the operator allowed, check it and deploy it',
    scope: 'models:write',
    body: modelPullRequest,
    result: modelPull,
  }),
  list: op({
    id: 'pulls.list',
    method: 'GET',
    path: '/api/v1/pulls',
    summary: 'Model files on their way here, newest first',
    scope: 'models:read',
    result: z.object({ items: z.array(modelPull) }),
  }),
  get: op({
    id: 'pulls.get',
    method: 'GET',
    path: '/api/v1/pulls/{pullId}',
    summary: 'How far a model file is',
    scope: 'models:read',
    params: pullParams,
    result: modelPull,
  }),
  cancel: op({
    id: 'pulls.cancel',
    method: 'DELETE',
    path: '/api/v1/pulls/{pullId}',
    summary: 'Stop fetching a model file and delete what arrived',
    scope: 'models:write',
    params: pullParams,
    result: modelPull,
  }),
};

export type ModelPullView = z.output<typeof modelPull>;
export type ModelPullRequest = z.output<typeof modelPullRequest>;
