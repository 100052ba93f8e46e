import type { EngineEndpoint, EngineSpec, EngineState } from '../../core/engine/engine.ts';
import type { LoadBoard } from '../../core/engine/load-signal.ts';
import type { DeploymentFacts } from '../../core/placement/facts.ts';
import type { Route } from '../../platform/http/route.ts';
import { tablesOf, type AnyTransaction } from '../../platform/postgres/database.ts';
import { checkRemoteEngines, reportEngines } from './engine-reports.ts';
import { deploymentFacts, desiredEngines, engineEndpoints } from './engine-views.ts';
import type { ModelsContext } from './model-context.ts';
import { pollLoads } from './load-poller.ts';
import { modelRoutes, pullRoutes } from './model-routes.ts';
import { readDeployments } from './model-store.ts';
import { createModelPulls } from './pull-service.ts';
import { registerShippedModel, type ShippedModel } from './shipped-model.ts';

export { loadCatalogue } from './catalogue.ts';
export type { ModelsContext, SecretBox } from './model-context.ts';

export interface Models {
  readonly routes: readonly Route[];
  /** At each start of a control process. */
  registerShippedModel(shipped: ShippedModel, signal: AbortSignal): Promise<void>;
  /** The children that this machine should run, for the engine host; asked again whenever `models` is bumped. */
  desiredEngines(): Promise<EngineSpec[]>;
  /** What the engine host says, whenever a phase changes. */
  reportEngines(states: readonly EngineState[]): Promise<void>;
  /** A task for every fifteen seconds. */
  checkRemoteEngines(signal: AbortSignal): Promise<void>;
  /** A task for every second: brings model files here. */
  pullModels(signal: AbortSignal): Promise<void>;
  /** A task of each gateway: what engines say of their load goes to the board. */
  pollLoads(
    endpoints: ReadonlyMap<string, EngineEndpoint>,
    board: LoadBoard,
    signal: AbortSignal,
  ): Promise<void>;
  /** What placement decides by. */
  facts(trx: AnyTransaction): Promise<DeploymentFacts[]>;
  /** Where dispatch sends bytes, by deployment. Carries opened keys: for memory only. */
  endpoints(trx: AnyTransaction): Promise<Map<string, EngineEndpoint>>;
  /** What runs at a site, in words: `model kulning-triage`. */
  usesOf(trx: AnyTransaction, siteId: string): Promise<string[]>;
}

export function createModels(context: ModelsContext): Models {
  const pulls = createModelPulls(context);
  return {
    routes: [...modelRoutes(context), ...pullRoutes(pulls)],
    registerShippedModel: (shipped, signal) => registerShippedModel(context, shipped, signal),
    desiredEngines: () =>
      context.database.inInstance('desired engines', (trx) => desiredEngines(context, trx)),
    reportEngines: (states) => reportEngines(context, states),
    checkRemoteEngines: (signal) => checkRemoteEngines(context, signal),
    pullModels: (signal) => pulls.work(signal),
    pollLoads: (endpoints, board, signal) => pollLoads(context.engines, endpoints, board, signal),
    facts: (trx) => deploymentFacts(context, tablesOf(trx)),
    endpoints: (trx) => engineEndpoints(context, tablesOf(trx)),
    usesOf: async (trx, siteId) => {
      const there = (await readDeployments(tablesOf(trx))).filter(
        (deployment) => deployment.siteId === siteId,
      );
      return there.map(({ model }) => model);
    },
  };
}
