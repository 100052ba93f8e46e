import { availableParallelism } from 'node:os';

import { z } from 'zod';

import type { EngineAdapter } from '../../../core/engine/engine.ts';
import { childEndpoint, fileUse, parseEngineConfig } from '../engine-config.ts';
import { loadOfChild, probeChild } from '../engine-probe.ts';

/** Stored when the model is added; the facts of the file are kept so that limits need no second look at it. */
const llamaConfig = z.strictObject({
  modelPath: z.string().min(1),
  ...fileUse,
  contextTokens: z.int().min(16),
  slots: z.int().min(1).max(64).default(2),
  /** How keys and values are kept. */
  cache: z.enum(['f16', 'q8_0', 'q4_0']).default('f16'),
  queueLimit: z.int().min(0).max(10_000).default(16),
  temperature: z.number().min(0).max(2).default(0.7),
  /** Trained to write tool calls although its template says nothing of tools. */
  knowsTools: z.boolean().default(false),
  parameters: z.int().min(1),
  sizeBytes: z.int().min(1),
  cacheBytesPerToken: z.number().min(0),
  vocabularyTokens: z.int().min(0).default(0),
  embeddingWidth: z.int().min(0).default(0),
});

type LlamaConfig = z.output<typeof llamaConfig>;

/** Below this size a second thread waits longer for the first than it helps. */
const SMALLEST_FOR_THREADS = 100_000_000;
/** Node, the native library and its buffers. */
const BASE_MEMORY_MB = 512;

export const llamaAdapter: EngineAdapter = {
  kind: 'llama',
  parseConfig: (value) => parseEngineConfig(llamaConfig, value),
  endpoint: ({ deploymentId, model }, { runDir }) => childEndpoint('llama', model, runDir, deploymentId),
  child({ deploymentId, model, config }) {
    const {
      parameters,
      sizeBytes,
      cacheBytesPerToken,
      vocabularyTokens: _,
      embeddingWidth: __,
      ...options
    } = parseEngineConfig(llamaConfig, config);
    return {
      deploymentId,
      model,
      kind: 'llama',
      memoryLimitMb: memoryLimitMb({ sizeBytes, cacheBytesPerToken }, options.contextTokens * options.slots),
      options: { ...options, threads: threadsFor(parameters, availableParallelism()) },
    };
  },
  probe: probeChild,
  load: loadOfChild,
};

/** Spinning threads of two engines on all cores starve each other and everything else: one core stays free. */
export function threadsFor(parameters: number, cores: number): number {
  return parameters < SMALLEST_FOR_THREADS ? 1 : Math.max(1, cores - 1);
}

/** Weights and cache half as large again as computed, plus the base: above that something leaks. */
export function memoryLimitMb(
  facts: Pick<LlamaConfig, 'sizeBytes' | 'cacheBytesPerToken'>,
  cachedTokens: number,
): number {
  const bytes = facts.sizeBytes + facts.cacheBytesPerToken * cachedTokens;
  return Math.ceil(BASE_MEMORY_MB + (bytes * 1.5) / 2 ** 20);
}
