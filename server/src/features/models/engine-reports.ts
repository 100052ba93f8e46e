import { isDeepStrictEqual } from 'node:util';

import { inEachLanguage, KulningError, type Localized } from '@kulning/sdk';

import type { EngineProbe, EngineState } from '../../core/engine/engine.ts';
import { isRunning } from './engine-views.ts';
import type { ModelsContext } from './model-context.ts';
import * as store from './model-store.ts';
import { engineLeaders, type Deployment } from './model.ts';

const PROBE_TIMEOUT_MS = 5_000;

/**
 * What the engine host or a probe says, for every deployment that the engine serves. Only changes are written, and
 * gateways are told when one becomes ready or stops being so: load and memory change every second and are not kept.
 */
export async function reportEngines(
  { database }: Pick<ModelsContext, 'database'>,
  heard: readonly EngineState[],
): Promise<void> {
  await database.inInstance('report engines', async (trx) => {
    const known = await store.readEngineStates(trx);
    const leaders = engineLeaders((await store.readDeployments(trx)).filter(isRunning));
    const changed = expand(heard, leaders).filter((state) => differs(state, known.get(state.deploymentId)));
    if (changed.length === 0) return;
    await store.bumpModels(trx);
    for (const state of changed) await store.saveEngineState(trx, state);
  });
}

function expand(heard: readonly EngineState[], leaders: ReadonlyMap<string, string>): store.HeardState[] {
  const byLeader = new Map(heard.map((state) => [state.deploymentId, state]));
  return [...leaders].flatMap(([deploymentId, leader]) => {
    const state = byLeader.get(leader);
    if (state === undefined) return [];
    const { phase, restarts, sinceMs, reason = null, capabilities = null } = state;
    return { deploymentId, phase, restarts, reason, since: new Date(sinceMs), capabilities };
  });
}

function differs(state: store.HeardState, known: store.HeardState | undefined): boolean {
  return (
    known === undefined ||
    known.phase !== state.phase ||
    !isDeepStrictEqual(known.reason, state.reason) ||
    known.restarts !== state.restarts ||
    (state.capabilities !== null && !isDeepStrictEqual(known.capabilities, state.capabilities))
  );
}

/** Asks every remote server whether it still serves its model. One that does not answer is `unreachable`, with the reason. */
export async function checkRemoteEngines(context: ModelsContext, signal: AbortSignal): Promise<void> {
  const { database, clock } = context;
  const [deployments, known] = await database.inInstance('check remote engines', async (trx) => [
    (await store.readDeployments(trx)).filter((one) => isRunning(one) && one.engineKind === 'openai-http'),
    await store.readEngineStates(trx),
  ]);
  const states = await Promise.all(
    deployments.map(async (deployment): Promise<EngineState> => {
      const heard = await probe(context, deployment, signal);
      const phase = 'capabilities' in heard ? 'ready' : 'unreachable';
      const before = known.get(deployment.id);
      const sinceMs = before?.phase === phase ? before.since.getTime() : clock.now();
      const lost = before?.phase === 'ready' && phase === 'unreachable' ? 1 : 0;
      return {
        deploymentId: deployment.id,
        kind: deployment.engineKind,
        phase,
        sinceMs,
        restarts: (before?.restarts ?? 0) + lost,
        ...('capabilities' in heard ? { capabilities: heard.capabilities } : { reason: heard.reason }),
      };
    }),
  );
  signal.throwIfAborted();
  await reportEngines(context, states);
}

/** What it can do, or why it cannot serve. */
async function probe(
  { engines, secrets, runDir }: ModelsContext,
  { id, model, engineKind, engineConfig, sealedKey }: Deployment,
  signal: AbortSignal,
): Promise<Pick<EngineProbe, 'capabilities'> | { readonly reason: Localized<string> }> {
  try {
    const secret = sealedKey === null ? {} : { secret: await secrets.open(id, sealedKey) };
    const endpoint = engines[engineKind].endpoint(
      { deploymentId: id, model, config: engineConfig },
      { runDir, ...secret },
    );
    return await engines[engineKind].probe(
      endpoint,
      AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]),
    );
  } catch (error) {
    if (error instanceof KulningError)
      return { reason: inEachLanguage((language) => error.text[language].message) };
    throw error;
  }
}
