import type { EngineEndpoint, EngineSpec } from '../../core/engine/engine.ts';
import { energyMethod, modelledWattHours } from '../../core/engine/model-energy.ts';
import type { DeploymentFacts, Figure } from '../../core/placement/facts.ts';
import { catalogued } from './catalogue.ts';
import type { ModelsContext, SecretBox } from './model-context.ts';
import * as store from './model-store.ts';
import { engineLeaders, toyOf, useOf, type Deployment } from './model.ts';

/** What placement decides by: every deployment of this instance, paused ones as not ready. */
export async function deploymentFacts(
  { catalogue }: Pick<ModelsContext, 'catalogue'>,
  trx: store.ModelsTransaction,
): Promise<DeploymentFacts[]> {
  const versions = new Map((await store.readVersions(trx)).map((version) => [version.id, version]));
  const states = await store.readEngineStates(trx);
  return (await store.readDeployments(trx)).flatMap((deployment) => {
    const version = versions.get(deployment.versionId);
    if (version === undefined) return [];
    const { id, nonCommercial, revenueCapEurPerMonth } = version.licence;
    const toy = toyOf(version);
    const { contextTokens, slots } = limitsOf(deployment);
    const state = states.get(deployment.id);
    const energy = energyOf(catalogue, deployment);
    const adapters = useOf(deployment).lora.map(({ digest, scale }) => ({ digest, scale }));
    return {
      id: deployment.id,
      model: deployment.model,
      modelVersion: version.id,
      ...(version.digest !== null && { digest: version.digest }),
      licence: {
        id,
        ...(nonCommercial !== undefined && { nonCommercial }),
        ...(revenueCapEurPerMonth !== undefined && { revenueCapEurPerMonth }),
      },
      siteId: deployment.siteId,
      engine: { id: deployment.id, kind: deployment.engineKind, ...(toy !== null && { toy }) },
      ...(adapters.length > 0 && { adapters }),
      ...(contextTokens !== null && { contextTokens }),
      ...(slots !== null && { slots }),
      ...(energy !== undefined && { wattHoursPerThousandTokens: energy }),
      ...(state?.capabilities && { capabilities: state.capabilities }),
      ready: deployment.desired === 'running' && state?.phase === 'ready',
    };
  });
}

/**
 * Modelled, of a known model on a server that is somebody's: those run on GPUs. What this machine draws for a model
 * nobody has measured, so it stays unknown.
 */
function energyOf(
  catalogue: ModelsContext['catalogue'],
  { engineKind, engineConfig, model }: Deployment,
): Figure | undefined {
  if (engineKind !== 'openai-http') return undefined;
  const { engineModel } = engineConfig as { readonly engineModel?: string };
  const known = catalogued(catalogue, [engineModel, model]);
  if (known === undefined || known.parameters === null) return undefined;
  const value = modelledWattHours({ parameters: known.parameters, activeParameters: known.activeParameters });
  return value === undefined
    ? undefined
    : { value, tier: 'T0', source: energyMethod, provenance: 'modelled' };
}

/** Where dispatch sends the bytes of each running deployment; opens the keys of remote servers. */
export async function engineEndpoints(
  { engines, secrets, runDir }: ModelsContext,
  trx: store.ModelsTransaction,
): Promise<Map<string, EngineEndpoint>> {
  const endpoints = new Map<string, EngineEndpoint>();
  const running = (await store.readDeployments(trx)).filter(isRunning);
  const states = await store.readEngineStates(trx);
  const leaders = engineLeaders(running);
  for (const { id, model, engineKind, engineConfig } of running) {
    const leader = running.find((one) => one.id === leaders.get(id));
    const deployment = { deploymentId: leader?.id ?? id, model, config: engineConfig };
    const place = { runDir, ...(leader && (await openSecret(secrets, leader))) };
    const capabilities = states.get(id)?.capabilities;
    endpoints.set(id, {
      ...engines[engineKind].endpoint(deployment, place),
      ...(capabilities && { capabilities }),
    });
  }
  return endpoints;
}

/** The children that this machine should run, for the engine host. */
export async function desiredEngines(
  context: ModelsContext,
  trx: store.ModelsTransaction,
): Promise<EngineSpec[]> {
  const here = new Set((await context.sites(trx)).filter((site) => site.onThisMachine).map(({ id }) => id));
  const running = (await store.readDeployments(trx)).filter((one) => isRunning(one) && here.has(one.siteId));
  const leaders = engineLeaders(running);
  const { engines, secrets, llamaServer } = context;
  const specs: EngineSpec[] = [];
  for (const deployment of running) {
    const { id, model, engineKind, engineConfig } = deployment;
    if (leaders.get(id) !== id) continue;
    const place = {
      ...(await openSecret(secrets, deployment)),
      ...(llamaServer !== undefined && { llamaServer }),
    };
    const spec = engines[engineKind].child({ deploymentId: id, model, config: engineConfig }, place);
    if (spec) specs.push(spec);
  }
  return specs;
}

async function openSecret(
  secrets: SecretBox,
  { id, sealedKey }: Deployment,
): Promise<{ readonly secret?: string }> {
  return sealedKey === null ? {} : { secret: await secrets.open(id, sealedKey) };
}

export function limitsOf({ engineConfig }: Deployment): {
  contextTokens: number | null;
  slots: number | null;
} {
  const config = (engineConfig ?? {}) as { readonly contextTokens?: number; readonly slots?: number };
  return { contextTokens: config.contextTokens ?? null, slots: config.slots ?? null };
}

export const isRunning = ({ desired }: Deployment): boolean => desired === 'running';
