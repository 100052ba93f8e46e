import { z } from 'zod';

import type { EngineEndpoint, EngineProbe } from '../../core/engine/engine.ts';
import { readLoad, type EngineLoad } from '../../core/engine/load-signal.ts';
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

const childLoad = z.looseObject({ running: z.int(), queued: z.int() });
const health = z.looseObject({ model: z.string(), slots: z.int(), capabilities: ownCapabilities });

/** What a child of ours says at `/health`. @throws KulningError `engine.unreachable` */
export async function loadOfChild(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineLoad> {
  const reply = await getFromEngine(endpoint, '/health', signal);
  const { running, queued } = childLoad.parse(JSON.parse(reply.text));
  return { running, queued };
}

/** What a server says at `/metrics`, if it does. @throws KulningError `engine.unreachable` */
export async function loadOfServer(
  endpoint: EngineEndpoint,
  signal: AbortSignal,
): Promise<EngineLoad | undefined> {
  const reply = await getFromEngine(endpoint, '/metrics', signal);
  return reply.status === 200 ? readLoad(reply.text) : undefined;
}

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
