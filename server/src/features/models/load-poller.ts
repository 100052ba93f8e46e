import { KulningError } from '@kulning/sdk';

import type { EngineAdapter, EngineEndpoint, EngineKind } from '../../core/engine/engine.ts';
import type { LoadBoard } from '../../core/engine/load-signal.ts';

/** An engine that takes longer to say how busy it is will be asked again soon. */
const TIMEOUT_MS = 1_000;

/** Asks every engine once, however many deployments share it; what does not answer counts as a miss. */
export async function pollLoads(
  engines: Readonly<Record<EngineKind, Pick<EngineAdapter, 'load'>>>,
  endpoints: ReadonlyMap<string, EngineEndpoint>,
  board: LoadBoard,
  signal: AbortSignal,
): Promise<void> {
  board.keepOnly(new Set(endpoints.keys()));
  const shared = Map.groupBy(endpoints, ([, { kind, origin }]) => JSON.stringify([kind, origin]));
  await Promise.all(
    [...shared.values()].map(async (group) => {
      const [, endpoint] = group[0] ?? [];
      if (endpoint === undefined) return;
      const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const load = await engines[endpoint.kind].load(endpoint, within).catch((cause: unknown) => {
        if (cause instanceof KulningError) return undefined; // A miss; whoever needs the reason probes.
        throw cause;
      });
      for (const [id] of group) {
        if (load === undefined) board.missed(id);
        else board.heard(id, load);
      }
    }),
  );
}
