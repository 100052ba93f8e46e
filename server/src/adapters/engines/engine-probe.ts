import { z } from 'zod';

import { engineCapabilities } from '@kulning/sdk';

import type { EngineEndpoint, EngineProbe } from '../../core/engine/engine.ts';
import { readLoad, type EngineLoad } from '../../core/engine/load-signal.ts';
import { getFromEngine } from './engine-client.ts';

/** What a child of ours, or another Kulning, says of itself at `/health`: what the API says of it, too. */
export const ownCapabilities = engineCapabilities.omit({ server: true, slots: true });

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
