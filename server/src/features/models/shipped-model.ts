import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import { KulningError } from '@kulning/sdk';

import type { ModelFileFacts } from '../../core/engine/model-file.ts';
import { changing, type ModelsContext } from './model-context.ts';
import { modelErrorWords } from './model-error-words.ts';
import { addVersion, noteChange } from './model-service.ts';
import * as store from './model-store.ts';
import { licenceOf, pathOf, type Deployment, type Model, type ModelVersion } from './model.ts';

export interface ShippedModel {
  readonly name: string;
  /** The GGUF file. */
  readonly path: string;
  /** Its card, as its makers wrote it. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** Enough for the sample mails of a whole company to be sent at once. */
const SETTINGS = { temperature: 0, slots: 4, queueLimit: 64, knowsTools: true };

interface Known {
  readonly model: { readonly id: string; readonly removed: boolean } | undefined;
  readonly digest: string | null | undefined;
  readonly deployments: readonly Deployment[];
}

/**
 * At each start of a control process. The first time, the model that comes with Kulning is deployed on this machine
 * and on the sites it stands in for; a new release brings a new version, which takes over; a moved folder is
 * followed; a model that somebody removed stays removed. When nothing changed, only the file's digest is computed.
 * @throws KulningError `model.file_missing` or `model.file_broken` for a damaged copy: here, and not at the first call
 */
export async function registerShippedModel(
  context: ModelsContext,
  shipped: ShippedModel,
  signal: AbortSignal,
): Promise<void> {
  const known = await context.database.inInstance('look for the shipped model', (trx) =>
    readKnown(trx, shipped),
  );
  if (known.model?.removed === true) return;
  const unchanged = known.digest !== undefined && known.digest === (await digestOf(shipped.path, signal));
  if (unchanged && known.deployments.every((deployment) => pathOf(deployment) === shipped.path)) return;
  const facts = unchanged ? undefined : await context.inspectModelFile(shipped.path, signal);
  await changing(context, 'register the shipped model', async (trx, at) => {
    const now = await readKnown(trx, shipped);
    if (now.model?.removed === true || now.digest === facts?.digest) return;
    if (facts === undefined) await followFile(context, trx, at, shipped, now.deployments);
    else await takeIn(context, trx, at, shipped, now, facts);
  });
}

async function readKnown(trx: store.ModelsTransaction, { name }: ShippedModel): Promise<Known> {
  const model = await store.shippedModelId(trx, name);
  if (model === undefined) return { model, digest: undefined, deployments: [] };
  const versions = (await store.readVersions(trx)).filter(({ modelId }) => modelId === model.id);
  const deployments = (await store.readDeployments(trx)).filter(({ modelId }) => modelId === model.id);
  return { model, digest: versions.at(-1)?.digest, deployments };
}

/** The same weights in another place. */
async function followFile(
  context: ModelsContext,
  trx: store.ModelsTransaction,
  at: Date,
  { path }: ShippedModel,
  deployments: readonly Deployment[],
): Promise<void> {
  for (const { id, modelId, siteId, engineConfig } of deployments) {
    await store.setEngineConfig(trx, id, { ...(engineConfig as object), modelPath: path });
    await noteChange(context, trx, at, 'deployment.changed', {
      deployment: id,
      model: modelId,
      site: siteId,
    });
  }
}

async function takeIn(
  context: ModelsContext,
  trx: store.ModelsTransaction,
  at: Date,
  shipped: ShippedModel,
  known: Known,
  facts: ModelFileFacts,
): Promise<void> {
  const { digest, architecture, parameters, sizeBytes, contextTokens } = facts;
  const { cacheBytesPerToken, vocabularyTokens, embeddingWidth } = facts;
  const model = await modelOf(context, trx, at, shipped.name, known);
  await store.deleteDeployments(
    trx,
    known.deployments.map(({ id }) => id),
  );
  const siteIds = (await context.sites(trx)).filter(({ onThisMachine }) => onThisMachine).map(({ id }) => id);
  const version: Omit<ModelVersion, 'id' | 'modelId' | 'createdAt'> = {
    digest,
    format: 'gguf',
    architecture,
    parameters,
    sizeBytes,
    contextTokens,
    licence: licenceOf(undefined, facts),
    card: shipped.card,
  };
  const engineConfig = context.engines.llama.parseConfig({
    modelPath: shipped.path,
    contextTokens,
    parameters,
    sizeBytes,
    cacheBytesPerToken,
    vocabularyTokens,
    embeddingWidth,
    ...SETTINGS,
  });
  await addVersion(context, trx, at, model, { version, engineKind: 'llama', engineConfig }, siteIds);
}

async function modelOf(
  context: ModelsContext,
  trx: store.ModelsTransaction,
  at: Date,
  name: string,
  known: Known,
): Promise<Model> {
  if (known.model !== undefined) return { id: known.model.id, name, origin: 'shipped', createdAt: at };
  const model: Model = { id: context.ids.next('model'), name, origin: 'shipped', createdAt: at };
  const taken = (await store.readModels(trx)).some((other) => other.name === name);
  if (taken) {
    throw new KulningError({
      code: 'model.name_taken',
      status: 409,
      text: modelErrorWords.shippedNameTaken(name),
    });
  }
  await store.insertModel(trx, model);
  return model;
}

/** Undefined for a file that cannot be read; taking it in then says why. */
async function digestOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return `sha256:${hash.digest('hex')}`;
}
