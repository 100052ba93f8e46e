import {
  deploymentsOperations,
  type DeploymentView,
  enginesOperations,
  type Language,
  modelCatalogueOperations,
  modelPullOperations,
  modelsOperations,
} from '@kulning/sdk';

import { route, type Route } from '../../platform/http/route.ts';
import { catalogued, licenceAllows, licenceTerms } from './catalogue.ts';
import type { ModelsContext } from './model-context.ts';
import { fileFit } from './model-file-source.ts';
import { engineMemory } from './model-fit.ts';
import { addModel, removeModel, setDesired, unknownDeployment } from './model-service.ts';
import { deploymentViews, engineViews, modelViews, readEverything } from './model-views.ts';
import type { ModelPulls } from './pull-service.ts';
import { unknownModel } from './model.ts';

/** A parameter, in the files that most people take (Q4_K_M), with scales. */
const USUAL_BITS = 4.5;

export function modelRoutes(context: ModelsContext): Route[] {
  const find = async (idOrName: string, language: Language) => {
    const views = modelViews(await readEverything(context), language);
    return (
      views.find(({ id, name }) => id === idOrName || name === idOrName) ??
      unknownModel(
        idOrName,
        views.map(({ name }) => name),
      )
    );
  };
  const findDeployment = async (deploymentId: string, language: Language): Promise<DeploymentView> => {
    const views = deploymentViews(await readEverything(context), language);
    const found = views.find(({ id }) => id === deploymentId);
    if (found === undefined) throw unknownDeployment(deploymentId);
    return found;
  };
  const wanting = (desired: 'running' | 'paused') => async (deploymentId: string, language: Language) => {
    await setDesired(context, deploymentId, desired);
    return findDeployment(deploymentId, language);
  };
  const pause = wanting('paused');
  const resume = wanting('running');
  return [
    route(modelsOperations.list, async (_, { caller }) => ({
      items: modelViews(await readEverything(context), caller.language),
    })),
    route(modelsOperations.get, ({ params }, { caller }) => find(params.modelId, caller.language)),
    route(modelsOperations.add, async ({ body }, { caller, signal }) =>
      find(await addModel(context, body, signal, { organisationId: caller.organisationId }), caller.language),
    ),
    route(modelCatalogueOperations.catalogue, async (_, { caller }) => ({
      machine: await engineMemory(context),
      items: await catalogueOf(context, caller.organisationId),
    })),
    route(modelCatalogueOperations.fit, ({ body }, { caller }) => fileFit(context, body, caller.language)),
    route(modelsOperations.remove, ({ params }) => removeModel(context, params.modelId)),
    route(deploymentsOperations.list, async (_, { caller }) => ({
      items: deploymentViews(await readEverything(context), caller.language),
    })),
    route(deploymentsOperations.get, ({ params }, { caller }) =>
      findDeployment(params.deploymentId, caller.language),
    ),
    route(deploymentsOperations.pause, ({ params }, { caller }) =>
      pause(params.deploymentId, caller.language),
    ),
    route(deploymentsOperations.resume, ({ params }, { caller }) =>
      resume(params.deploymentId, caller.language),
    ),
    route(enginesOperations.list, async (_, { caller }) => ({
      items: engineViews(await readEverything(context), context.liveStates(), caller.language),
    })),
  ];
}

/** What an organisation may use of the catalogue, and what runs here already. */
async function catalogueOf(context: ModelsContext, organisationId: string) {
  const revenue = await context.database.inInstance('revenue for a licence', (trx) =>
    context.revenueOf(trx, organisationId),
  );
  const { models } = await readEverything(context);
  const deployed = new Set(models.map(({ name }) => catalogued(context.catalogue, [name])?.id));
  return context.catalogue.map((model) => ({
    ...model,
    modelledBytes: model.parameters && Math.round(((model.parameters * USUAL_BITS) / 8) * 1.1),
    licenceAllows: licenceAllows(licenceTerms(model), revenue),
    deployed: deployed.has(model.id),
  }));
}

export function pullRoutes(pulls: ModelPulls): Route[] {
  return [
    route(modelPullOperations.pull, ({ body }, { caller }) =>
      pulls.start(body, caller.organisationId, caller.language),
    ),
    route(modelPullOperations.list, async (_, { caller }) => ({ items: await pulls.list(caller.language) })),
    route(modelPullOperations.get, ({ params }, { caller }) => pulls.get(params.pullId, caller.language)),
    route(modelPullOperations.cancel, ({ params }, { caller }) =>
      pulls.cancel(params.pullId, caller.language),
    ),
  ];
}
