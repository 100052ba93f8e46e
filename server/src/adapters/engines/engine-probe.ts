import { z } from 'zod';

import type { EngineEndpoint, EngineProbe } from '../../core/engine/engine.ts';
import { getFromEngine } from './engine-client.ts';

const known = z.union([z.boolean(), z.literal('unknown')]);

/** What a child of ours, or another Kulning, says of itself at `/health`. */
export const ownCapabilities = z.object({
  chat: known,
  completions: known,
  embeddings: known,
  rerank: known,
  fim: known,
  responses: known,
  tools: z.enum(['native', 'grammar', 'none', 'unknown']),
  jsonSchema: known,
  nineCharacterIds: z.boolean().optional(),
  lora: known,
  contextTokens: z.int().optional(),
});

const health = z.looseObject({ model: z.string(), slots: z.int(), capabilities: ownCapabilities });

/** Asks a child of ours for its health. @throws KulningError `engine.unreachable` */
export async function probeChild(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineProbe> {
  const startedAt = performance.now();
  const reply = await getFromEngine(endpoint, '/health', signal);
  const latencyMs = Math.round(performance.now() - startedAt);
  const { model, slots, capabilities } = health.parse(JSON.parse(reply.text));
  const { contextTokens, ...able } = capabilities;
  const context = contextTokens === undefined ? {} : { contextTokens };
  return {
    latencyMs,
    models: [{ id: model, ...context }],
    capabilities: { ...able, ...context, server: 'Kulning', slots },
  };
}
