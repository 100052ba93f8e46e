import { z } from 'zod';

import type { EngineEndpoint, EngineProbe } from '../../core/engine/engine.ts';
import { getFromEngine } from './engine-client.ts';

const health = z.looseObject({
  model: z.string(),
  slots: z.int(),
  capabilities: z.object({
    tools: z.enum(['native', 'template', 'trained', 'none', 'unknown']),
    jsonSchema: z.union([z.boolean(), z.literal('unknown')]),
    contextTokens: z.int(),
  }),
});

/** Asks a child of ours for its health. @throws KulningError `engine.unreachable` */
export async function probeChild(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineProbe> {
  const startedAt = performance.now();
  const reply = await getFromEngine(endpoint, '/health', signal);
  const latencyMs = Math.round(performance.now() - startedAt);
  const { model, slots, capabilities } = health.parse(JSON.parse(reply.text));
  return {
    latencyMs,
    models: [{ id: model, contextTokens: capabilities.contextTokens }],
    server: 'Kulning',
    capabilities: { ...capabilities, slots },
  };
}
