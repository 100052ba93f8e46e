import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { KulningError, type Localized, type ModelAddition, type Notice } from '@kulning/sdk';

import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { requireRights } from './catalogue.ts';
import { changing, type ModelsContext, type SiteReference } from './model-context.ts';
import { modelErrorWords } from './model-error-words.ts';
import { examineSource, kindOf, type ExaminedSource, type SourceKind } from './model-source.ts';
import * as store from './model-store.ts';
import { pathOf, unknownModel, type Deployment, type Model, type ModelVersion } from './model.ts';

interface AdditionExtras {
  /** Who deploys it, and so needs rights in it. */
  readonly organisationId?: string;
  /** More for the model's card. */
  readonly card?: Readonly<Record<string, unknown>>;
  /** What else happens in the transaction that adds it. */
  readonly also?: (trx: store.ModelsTransaction, modelId: string) => Promise<void>;
}

/**
 * Refuses what can be refused at once, then looks at the source, which may take minutes, then stores all of it in one
 * transaction.
 * @returns the model's id
 */
export async function addModel(
  context: ModelsContext,
  addition: ModelAddition,
  signal: AbortSignal,
  { organisationId, card = {}, also }: AdditionExtras = {},
): Promise<string> {
  const place = async (trx: store.ModelsTransaction, name: string | undefined) => {
    if (name !== undefined) await requireFreeName(trx, name);
    return siteFor(await context.sites(trx), addition.siteId, kindOf(addition.source));
  };
  await context.database.inInstance('before adding a model', (trx) => place(trx, addition.name));
  const source = await examineSource(context, addition, signal);
  const version = { ...source.version, card: { ...source.version.card, ...card } };
  return changing(context, 'add a model', async (trx, at) => {
    const site = await place(trx, source.name);
    if (organisationId !== undefined)
      requireRights(source.name, version.licence, await context.revenueOf(trx, organisationId));
    const model: Model = { id: context.ids.next('model'), name: source.name, origin: 'added', createdAt: at };
    await store.insertModel(trx, model);
    await addVersion(context, trx, at, model, { ...source, version }, [site.id], addition.apiKey);
    await also?.(trx, model.id);
    return model.id;
  });
}

/** A new version of a model and its deployments, with one ledger entry. */
export async function addVersion(
  context: ModelsContext,
  trx: store.ModelsTransaction,
  at: Date,
  model: Model,
  source: Omit<ExaminedSource, 'name'>,
  siteIds: readonly string[],
  apiKey?: string,
): Promise<void> {
  const version: ModelVersion = {
    ...source.version,
    id: context.ids.next('version'),
    modelId: model.id,
    createdAt: at,
  };
  await store.insertVersion(trx, version);
  const deployments: string[] = [];
  // Of a server of our own, the key is made here and never leaves this machine.
  const key = source.engineKind === 'llama-server' ? randomBytes(24).toString('base64url') : apiKey;
  for (const siteId of siteIds) {
    const id = context.ids.next('deployment');
    await store.insertDeployment(trx, {
      id,
      versionId: version.id,
      siteId,
      engineKind: source.engineKind,
      engineConfig: source.engineConfig,
      sealedKey: key === undefined ? null : await context.secrets.seal(id, key),
      desired: 'running',
      createdAt: at,
    });
    deployments.push(id);
  }
  await noteChange(context, trx, at, 'model.added', {
    model: model.id,
    name: model.name,
    version: version.id,
    digest: version.digest,
    licence: version.licence.id,
    engine: source.engineKind,
    sites: siteIds,
    deployments,
  });
}

/**
 * A file that Kulning fetched goes with the last model that is made of it; a file of the operator's stays.
 * @throws KulningError `model.unknown` with the nearest names
 */
export async function removeModel(context: ModelsContext, idOrName: string): Promise<{ removed: string }> {
  const { removed, orphans } = await changing(context, 'remove a model', async (trx, at) => {
    const models = await store.readModels(trx);
    const model = models.find(({ id, name }) => id === idOrName || name === idOrName);
    if (model === undefined)
      return unknownModel(
        idOrName,
        models.map(({ name }) => name),
      );
    const deployments = await store.readDeployments(trx);
    const [gone, staying] = [true, false].map((own) =>
      deployments.filter(({ modelId }) => (modelId === model.id) === own),
    ) as [Deployment[], Deployment[]];
    const ids = gone.map(({ id }) => id);
    await store.deleteDeployments(trx, ids);
    await store.markRemoved(trx, model.id, at);
    await noteChange(context, trx, at, 'model.removed', {
      model: model.id,
      name: model.name,
      deployments: ids,
    });
    const needed = new Set(staying.map(pathOf));
    const fetched = gone
      .map(pathOf)
      .filter((path) => path !== undefined && dirname(path) === context.pulling.folder && !needed.has(path));
    return { removed: model.name, orphans: new Set(fetched) };
  });
  for (const path of orphans) if (path !== undefined) await rm(path, { force: true });
  return { removed };
}

/** Doing it twice changes nothing and records nothing. @throws KulningError `deployment.unknown` */
export async function setDesired(
  context: ModelsContext,
  deploymentId: string,
  desired: Deployment['desired'],
): Promise<void> {
  await changing(context, 'pause or resume a deployment', async (trx, at) => {
    const deployment = (await store.readDeployments(trx)).find(({ id }) => id === deploymentId);
    if (deployment === undefined) throw unknownDeployment(deploymentId);
    if (deployment.desired === desired) return;
    await store.setDesired(trx, deploymentId, desired);
    if (desired === 'paused') await store.forgetEngineState(trx, deploymentId);
    const kind = desired === 'paused' ? 'deployment.paused' : 'deployment.resumed';
    await noteChange(context, trx, at, kind, {
      deployment: deploymentId,
      model: deployment.modelId,
      site: deployment.siteId,
    });
  });
}

export function unknownDeployment(deploymentId: string): KulningError {
  return new KulningError({
    code: 'deployment.unknown',
    status: 404,
    text: modelErrorWords.deploymentUnknown(deploymentId),
  });
}

async function requireFreeName(trx: store.ModelsTransaction, name: string): Promise<void> {
  if (name === '')
    throw new KulningError({
      code: 'model.name_needed',
      status: 400,
      text: modelErrorWords.nameNeeded,
      path: 'name',
    });
  const taken = (await store.readModels(trx)).some((model) => model.name === name);
  if (!taken) return;
  throw new KulningError({
    code: 'model.name_taken',
    status: 409,
    text: modelErrorWords.nameTaken(name),
    path: 'name',
  });
}

/**
 * Where an engine stands decides what may be sent to it, so it is never guessed: a file runs here, a server on
 * loopback is taken to be here, and of any other server a person must say it.
 */
function siteFor(
  sites: readonly SiteReference[],
  wanted: string | undefined,
  { isServer, elsewhere }: SourceKind,
): SiteReference {
  const site =
    wanted === undefined
      ? sites.find(({ isThisMachine }) => isThisMachine && !elsewhere)
      : sites.find(({ id, slug }) => id === wanted || slug === wanted);
  const problem = (code: string, text: Localized<Notice>) =>
    new KulningError({ code, status: 400, text, path: 'siteId' });
  const known = sites.map(({ slug }) => slug).join(', ');
  if (site === undefined && wanted === undefined)
    throw problem('model.site_needed', modelErrorWords.siteNeeded(known));
  if (site === undefined) throw problem('site.unknown', modelErrorWords.siteUnknown(wanted ?? '', known));
  if (!isServer && !site.onThisMachine)
    throw problem('model.site_elsewhere', modelErrorWords.siteElsewhere(site.slug));
  return site;
}

export async function noteChange(
  context: ModelsContext,
  trx: store.ModelsTransaction,
  at: Date,
  kind: string,
  body: LedgerEvent['body'],
): Promise<void> {
  await context.record(trx, { kind, at: at.toISOString(), organisation: null, body });
}
