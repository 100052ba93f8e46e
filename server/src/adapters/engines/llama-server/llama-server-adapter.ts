import { availableParallelism } from 'node:os';

import { z } from 'zod';

import type { EngineAdapter, EngineEndpoint, EngineProbe } from '../../../core/engine/engine.ts';
import { memoryNeed } from '../../../core/engine/model-memory.ts';
import { childEndpoint, fileUse, parseEngineConfig } from '../engine-config.ts';
import { getFromEngine } from '../engine-client.ts';
import { loadOfServer } from '../engine-probe.ts';
import { capabilitiesOf } from '../server-quirks.ts';

const llamaServerConfig = z.strictObject({
  modelPath: z.string().min(1),
  contextTokens: z.int().min(16),
  slots: z.int().min(1).max(64).default(2),
  cache: z.enum(['f16', 'q8_0', 'q4_0']).default('f16'),
  ...fileUse,
  parameters: z.int().min(1),
  sizeBytes: z.int().min(1),
  cacheBytesPerToken: z.number().min(0),
  vocabularyTokens: z.int().min(0).default(0),
  embeddingWidth: z.int().min(0).default(0),
});

/** llama.cpp's own server, supervised on this machine: its parsers, its grammars, its batching. */
export const llamaServerAdapter: EngineAdapter = {
  kind: 'llama-server',
  parseConfig: (value) => parseEngineConfig(llamaServerConfig, value),
  endpoint({ deploymentId, model }, { runDir, secret }) {
    const endpoint = childEndpoint('llama-server', model, runDir, deploymentId);
    return { ...endpoint, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) };
  },
  child({ deploymentId, model, config }, { secret = '', llamaServer = 'llama-server' } = {}) {
    const { parameters: _, ...rest } = parseEngineConfig(llamaServerConfig, config);
    const { sizeBytes, cacheBytesPerToken, vocabularyTokens, embeddingWidth, ...options } = rest;
    const shape = { weightsBytes: sizeBytes, cacheBytesPerToken, vocabularyTokens, embeddingWidth };
    return {
      deploymentId,
      model,
      kind: 'llama-server',
      memoryLimitMb: Math.ceil((memoryNeed(shape, options).totalBytes * 1.5) / 2 ** 20),
      options: {
        ...options,
        binary: llamaServer,
        threads: Math.max(1, availableParallelism() - 1), // Spinning threads on all cores starve everything else.
        apiKey: secret,
      },
    };
  },
  probe: probeLlamaServer,
  load: loadOfServer,
};

/** @throws KulningError `engine.unreachable` */
async function probeLlamaServer(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineProbe> {
  const startedAt = performance.now();
  await getFromEngine(endpoint, '/health', signal);
  const latencyMs = Math.round(performance.now() - startedAt);
  const capabilities = await capabilitiesOf('llama.cpp', endpoint, signal);
  const { contextTokens } = capabilities;
  const model = { id: endpoint.engineModel, ...(contextTokens !== undefined && { contextTokens }) };
  return { latencyMs, models: [model], capabilities };
}
