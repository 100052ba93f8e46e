import type { DeploymentView, EngineView, Language, ModelVersionView, ModelView } from '@kulning/sdk';

import type { EngineState } from '../../core/engine/engine.ts';
import { limitsOf } from './engine-views.ts';
import type { ModelsContext } from './model-context.ts';
import { toyInWords } from './model-words.ts';
import * as store from './model-store.ts';
import { engineLeaders, toyOf, useOf, type Deployment, type Model, type ModelVersion } from './model.ts';

interface Everything {
  readonly models: readonly Model[];
  readonly versions: readonly ModelVersion[];
  readonly deployments: readonly Deployment[];
  readonly states: ReadonlyMap<string, store.HeardState>;
}

/** One consistent look at the slice; there are tens of models, not thousands. */
export function readEverything({ database }: Pick<ModelsContext, 'database'>): Promise<Everything> {
  return database.inInstance('look at models', async (trx) => ({
    models: await store.readModels(trx),
    versions: await store.readVersions(trx),
    deployments: await store.readDeployments(trx),
    states: await store.readEngineStates(trx),
  }));
}

export function modelViews(all: Everything, language: Language): ModelView[] {
  return all.models.map((model) => {
    const versions = all.versions.filter(({ modelId }) => modelId === model.id);
    const latest = versions.at(-1);
    const toy = latest && toyOf(latest);
    return {
      id: model.id,
      name: model.name,
      origin: model.origin,
      toy: toy ? toyInWords(toy.parameters, model.origin === 'shipped', language) : null,
      versions: versions.toReversed().map(versionView),
      deployments: deploymentViews(all, language).filter(({ modelId }) => modelId === model.id),
      createdAt: model.createdAt.toISOString(),
    };
  });
}

function versionView({
  id,
  digest,
  format,
  architecture,
  parameters,
  sizeBytes,
  contextTokens,
  licence,
  card,
  createdAt,
}: ModelVersion): ModelVersionView {
  return {
    id,
    digest,
    format,
    architecture,
    parameters,
    sizeBytes,
    contextTokens,
    licence,
    card: { ...card },
    createdAt: createdAt.toISOString(),
  };
}

export function deploymentViews(
  { deployments, versions, states }: Everything,
  language: Language,
): DeploymentView[] {
  const versionOf = new Map(versions.map((version) => [version.id, version]));
  return deployments.map((deployment) => {
    const version = versionOf.get(deployment.versionId);
    const state = deployment.desired === 'running' ? states.get(deployment.id) : undefined;
    return {
      id: deployment.id,
      modelId: deployment.modelId,
      modelVersionId: deployment.versionId,
      model: deployment.model,
      siteId: deployment.siteId,
      desired: deployment.desired,
      engine: {
        kind: deployment.engineKind,
        source: sourceOf(deployment),
        ...limitsOf(deployment),
        serves: useOf(deployment).serves,
        lora: [...useOf(deployment).lora],
        toy: version === undefined ? null : toyOf(version),
      },
      phase: deployment.desired === 'paused' ? 'stopped' : (state?.phase ?? 'unknown'),
      capabilities: state?.capabilities ?? null,
      reason: state?.reason?.[language] ?? null,
      createdAt: deployment.createdAt.toISOString(),
    };
  });
}

/** Stored state, with memory and load where a host reports them; engines shared by several deployments show once each. */
export function engineViews(all: Everything, live: readonly EngineState[], language: Language): EngineView[] {
  const running = all.deployments.filter(({ desired }) => desired === 'running');
  const leaders = engineLeaders(running);
  const liveOf = new Map(live.map((state) => [state.deploymentId, state]));
  return running
    .filter(({ id }) => leaders.get(id) === id)
    .map(({ id, model, engineKind }) => {
      const stored = all.states.get(id);
      const now = liveOf.get(id);
      const sinceMs = now?.sinceMs ?? stored?.since.getTime();
      return {
        deploymentId: id,
        model,
        kind: engineKind,
        phase: now?.phase ?? stored?.phase ?? 'unknown',
        since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
        restarts: now?.restarts ?? stored?.restarts ?? 0,
        memoryMb: now?.memoryMb ?? null,
        running: now?.running ?? null,
        queued: now?.queued ?? null,
        reason: (now?.reason ?? stored?.reason)?.[language] ?? null,
      };
    });
}

function sourceOf({ engineConfig }: Deployment): string {
  const config = (engineConfig ?? {}) as {
    readonly modelPath?: string;
    readonly baseUrl?: string;
    readonly scriptPath?: string;
  };
  return config.baseUrl ?? config.modelPath ?? config.scriptPath ?? '';
}
