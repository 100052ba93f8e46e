import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { op } from './operation.ts';
import { problemWords } from './problem-words.ts';

/** What the licence of a model says, as far as it is known. Policy reads it; an unknown licence is a fact too. */
export const modelLicence = z.object({
  /** SPDX identifier or the name its makers use; `unknown` if nobody said. */
  id: z.string().min(1).max(200),
  source: z.enum(['gguf', 'operator', 'card', 'unknown']),
  link: z.string().max(2000).optional(),
  /** No commercial use at all, as CC BY-NC. */
  nonCommercial: z.boolean().optional(),
  /** No rights above this revenue of the whole group in a month. */
  revenueCapEurPerMonth: z.number().positive().optional(),
});

export const modelVersion = z.object({
  id: z.string(),
  /** `sha256:` and hex of the weights, or null: a remote server does not show its weights. */
  digest: z.string().nullable(),
  format: z.enum(['gguf', 'remote', 'scripted']),
  architecture: z.string().nullable(),
  parameters: z.number().int().nullable(),
  sizeBytes: z.number().int().nullable(),
  contextTokens: z.number().int().nullable(),
  licence: modelLicence,
  /** The model's card: free fields of its makers (`summary`, `data`, `accuracy`, `limits`, …). */
  card: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
});

export const enginePhase = z.enum([
  'starting',
  'ready',
  'restarting',
  'crash-loop',
  'unreachable',
  'stopped',
  'unknown',
]);

const knownAbility = z.union([z.boolean(), z.literal('unknown')]);

/** What a deployment can do, as its engine said when it was last ready; `unknown` where it did not say. */
export const engineCapabilities = z.object({
  chat: knownAbility,
  completions: knownAbility,
  embeddings: knownAbility,
  rerank: knownAbility,
  fim: knownAbility,
  responses: knownAbility,
  /** `native`: the server's own; `grammar`: ours, forced calls by grammar; `none`: tools are refused. */
  tools: z.enum(['native', 'grammar', 'none', 'unknown']),
  jsonSchema: knownAbility,
  /** Ids of tool calls are mapped to nine letters and digits for it. */
  nineCharacterIds: z.boolean().optional(),
  lora: knownAbility,
  server: z.string().optional(),
  contextTokens: z.number().int().optional(),
  slots: z.number().int().optional(),
});

/** What a model file does where it is deployed. */
export const servesWhat = z.enum(['chat', 'embeddings', 'rerank']);

const engineKind = z.enum(['llama', 'llama-server', 'openai-http', 'scripted']);

export const engineView = z.object({
  deploymentId: z.string(),
  model: z.string(),
  kind: engineKind,
  phase: enginePhase,
  /** Since when it has been in this phase. */
  since: z.string().nullable(),
  restarts: z.number().int(),
  memoryMb: z.number().nullable(),
  running: z.number().int().nullable(),
  queued: z.number().int().nullable(),
  /** Why it is not ready, in words. */
  reason: z.string().nullable(),
});

export const deploymentView = z.object({
  id: z.string(),
  modelId: z.string(),
  modelVersionId: z.string(),
  model: z.string(),
  siteId: z.string(),
  /** What the operator wants; `phase` is what is. */
  desired: z.enum(['running', 'paused']),
  engine: z.object({
    kind: engineKind,
    /** Address of a remote server, path of a file, or name of a script; never a secret. */
    source: z.string(),
    contextTokens: z.number().int().nullable(),
    slots: z.number().int().nullable(),
    /** Of a file; null of a server, which says it in its capabilities. */
    serves: servesWhat.nullable(),
    /** LoRA adapters beside the weights, with `sha256:` and hex of each. */
    lora: z.array(z.object({ path: z.string(), scale: z.number(), digest: z.string() })),
    /** Set for a model so small that a person must not take it for an assistant. */
    toy: z.object({ parameters: z.number().int() }).nullable(),
  }),
  phase: enginePhase,
  /** Null until its engine was ready once. */
  capabilities: engineCapabilities.nullable(),
  reason: z.string().nullable(),
  createdAt: z.string(),
});

export const modelView = z.object({
  id: z.string(),
  name: z.string(),
  origin: z.enum(['shipped', 'added']),
  /** "a toy of 1.2 million parameters, trained here", or null for a full model; in the caller's language. */
  toy: z.string().nullable(),
  versions: z.array(modelVersion),
  deployments: z.array(deploymentView),
  createdAt: z.string(),
});

export const modelAddition = z.object({
  /** Path of a GGUF file on this machine, or base URL of an OpenAI-compatible server. */
  source: z.string().min(1).max(4096).describe(flagWords.modelSource.en),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,79}$/u, problemWords.modelName.en)
    .optional()
    .describe(flagWords.modelName.en),
  licence: modelLicence.omit({ source: true }).optional().describe(flagWords.modelLicence.en),
  siteId: z.string().optional().describe(flagWords.modelSite.en),
  apiKey: z.string().min(1).max(4096).optional().describe(flagWords.serverKey.en),
  /** Which of the server's models, if it serves several. */
  engineModel: z.string().min(1).max(300).optional().describe(flagWords.engineModel.en),
  contextTokens: z.number().int().min(64).max(10_000_000).optional().describe(flagWords.contextTokens.en),
  engine: z.enum(['llama', 'llama-server']).optional().describe(flagWords.engineKind.en),
  serves: servesWhat.optional().describe(flagWords.serves.en),
  lora: z
    .array(z.object({ path: z.string().min(1).max(4096), scale: z.number().min(-10).max(10).default(1) }))
    .max(8)
    .optional()
    .describe(flagWords.lora.en),
  slots: z.number().int().min(1).max(64).optional().describe(flagWords.slots.en),
  cache: z.enum(['f16', 'q8_0', 'q4_0']).optional().describe(flagWords.cacheType.en),
});

const modelParams = z.object({ modelId: z.string().describe(flagWords.idOrName.en) });
const deploymentParams = z.object({ deploymentId: z.string() });

export const modelsOperations = {
  list: op({
    id: 'models.list',
    method: 'GET',
    path: '/api/v1/models',
    summary: 'Models, their versions and where they run',
    scope: 'models:read',
    result: z.object({ items: z.array(modelView) }),
  }),
  get: op({
    id: 'models.get',
    method: 'GET',
    path: '/api/v1/models/{modelId}',
    summary: 'One model, by id or name',
    scope: 'models:read',
    params: modelParams,
    result: modelView,
  }),
  add: op({
    id: 'models.add',
    method: 'POST',
    path: '/api/v1/models',
    summary: 'Add a model: a GGUF file on this machine, or an OpenAI-compatible server',
    scope: 'models:write',
    body: modelAddition,
    result: modelView,
  }),
  remove: op({
    id: 'models.remove',
    method: 'DELETE',
    path: '/api/v1/models/{modelId}',
    summary: 'Remove a model and stop its engines; its file is left alone',
    scope: 'models:write',
    params: modelParams,
    result: z.object({ removed: z.string() }),
  }),
};

export const deploymentsOperations = {
  list: op({
    id: 'deployments.list',
    method: 'GET',
    path: '/api/v1/deployments',
    summary: 'Models served at sites',
    scope: 'models:read',
    result: z.object({ items: z.array(deploymentView) }),
  }),
  get: op({
    id: 'deployments.get',
    method: 'GET',
    path: '/api/v1/deployments/{deploymentId}',
    summary: 'One deployment',
    scope: 'models:read',
    params: deploymentParams,
    result: deploymentView,
  }),
  pause: op({
    id: 'deployments.pause',
    method: 'POST',
    path: '/api/v1/deployments/{deploymentId}/pause',
    summary: 'Stop serving; running answers end first',
    scope: 'models:write',
    params: deploymentParams,
    result: deploymentView,
  }),
  resume: op({
    id: 'deployments.resume',
    method: 'POST',
    path: '/api/v1/deployments/{deploymentId}/resume',
    summary: 'Serve again; after a pause, an engine that was given up starts afresh',
    scope: 'models:write',
    params: deploymentParams,
    result: deploymentView,
  }),
};

export const enginesOperations = {
  list: op({
    id: 'engines.list',
    method: 'GET',
    path: '/api/v1/engines',
    summary: 'Engines: state, restarts, memory, load',
    scope: 'models:read',
    result: z.object({ items: z.array(engineView) }),
  }),
};

export type ModelView = z.output<typeof modelView>;
export type ModelVersionView = z.output<typeof modelVersion>;
export type ModelLicence = z.output<typeof modelLicence>;
export type ModelAddition = z.output<typeof modelAddition>;
export type DeploymentView = z.output<typeof deploymentView>;
export type EngineView = z.output<typeof engineView>;
