import { sql, type ColumnType, type Generated, type Transaction } from 'kysely';

import type { Localized, ModelLicence } from '@kulning/sdk';

import type { EngineCapabilities, EngineKind, EnginePhase } from '../../core/engine/engine.ts';
import { keepWords, keptWords } from '../../platform/kept-words.ts';
import type { Deployment, Model, ModelVersion } from './model.ts';
import type { PulledAddition, PullPhase, PullProblem } from './pull-store.ts';

type Json<T> = ColumnType<T, string, string>;

export interface ModelsTables {
  'kulning.model': {
    row_id: Generated<bigint>;
    id: string;
    name: string;
    origin: Model['origin'];
    created_at: ColumnType<Date, Date, never>;
    removed_at: ColumnType<Date | null, undefined, Date>;
  };
  'kulning.model_version': {
    row_id: Generated<bigint>;
    id: string;
    model_id: string;
    digest: string | null;
    format: ModelVersion['format'];
    architecture: string | null;
    parameters: ColumnType<bigint | null, number | null, never>;
    size_bytes: ColumnType<bigint | null, number | null, never>;
    context_tokens: number | null;
    licence: Json<ModelLicence>;
    card: Json<Readonly<Record<string, unknown>>>;
    created_at: ColumnType<Date, Date, never>;
  };
  'kulning.deployment': {
    row_id: Generated<bigint>;
    id: string;
    model_version_id: string;
    site_id: string;
    engine_kind: EngineKind;
    engine_config: Json<unknown>;
    sealed_key: string | null;
    desired: Deployment['desired'];
    created_at: ColumnType<Date, Date, never>;
  };
  'kulning.engine_state': {
    deployment_id: string;
    phase: EnginePhase;
    reason: string | null;
    restarts: number;
    since: Date;
    capabilities: Json<EngineCapabilities | null>;
  };
  'kulning.model_pull': {
    row_id: Generated<bigint>;
    id: string;
    url: string;
    addition: Json<PulledAddition>;
    sealed_key: string | null;
    phase: PullPhase;
    validator: ColumnType<string | null, undefined, string | null>;
    total_bytes: ColumnType<bigint | null, undefined, number | null>;
    digest: ColumnType<string | null, undefined, string>;
    model_id: ColumnType<string | null, undefined, string>;
    problem: ColumnType<PullProblem | null, undefined, string | null>;
    created_at: ColumnType<Date, Date, never>;
    ended_at: ColumnType<Date | null, undefined, Date | null>;
  };
}

export type ModelsTransaction = Transaction<ModelsTables>;

export interface HeardState {
  readonly deploymentId: string;
  readonly phase: EnginePhase;
  readonly reason: Localized<string> | null;
  readonly restarts: number;
  readonly since: Date;
  /** As it said when it was last ready. */
  readonly capabilities: EngineCapabilities | null;
}

/** Tells the gateways. Called first, it also makes changes of models happen one after the other. */
export async function bumpModels(trx: ModelsTransaction): Promise<void> {
  await sql`select kulning.bump('models')`.execute(trx);
}

/** Models that were not removed, by name. */
export async function readModels(trx: ModelsTransaction): Promise<Model[]> {
  const rows = await trx
    .selectFrom('kulning.model')
    .select(['id', 'name', 'origin', 'created_at'])
    .where('removed_at', 'is', null)
    .orderBy('name')
    .execute();
  return rows.map(({ id, name, origin, created_at }) => ({ id, name, origin, createdAt: created_at }));
}

/** Oldest first, those of removed models included. */
export async function readVersions(trx: ModelsTransaction): Promise<ModelVersion[]> {
  const rows = await trx.selectFrom('kulning.model_version').selectAll().orderBy('row_id').execute();
  return rows.map((row) => ({
    id: row.id,
    modelId: row.model_id,
    digest: row.digest,
    format: row.format,
    architecture: row.architecture,
    parameters: row.parameters === null ? null : Number(row.parameters),
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    contextTokens: row.context_tokens,
    licence: row.licence,
    card: row.card,
    createdAt: row.created_at,
  }));
}

/** Oldest first. */
export async function readDeployments(trx: ModelsTransaction): Promise<Deployment[]> {
  const rows = await trx
    .selectFrom('kulning.deployment as d')
    .innerJoin('kulning.model_version as v', 'v.id', 'd.model_version_id')
    .innerJoin('kulning.model as m', 'm.id', 'v.model_id')
    .select(['d.id', 'm.id as model_id', 'm.name', 'v.id as version_id', 'd.site_id', 'd.engine_kind'])
    .select(['d.engine_config', 'd.sealed_key', 'd.desired', 'd.created_at'])
    .orderBy('d.row_id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    modelId: row.model_id,
    model: row.name,
    versionId: row.version_id,
    siteId: row.site_id,
    engineKind: row.engine_kind,
    engineConfig: row.engine_config,
    sealedKey: row.sealed_key,
    desired: row.desired,
    createdAt: row.created_at,
  }));
}

export async function readEngineStates(trx: ModelsTransaction): Promise<Map<string, HeardState>> {
  const rows = await trx
    .selectFrom('kulning.engine_state')
    .select(['deployment_id', 'phase', 'reason', 'restarts', 'since', 'capabilities'])
    .execute();
  return new Map(
    rows.map(({ deployment_id: deploymentId, reason, ...state }) => [
      deploymentId,
      { deploymentId, reason: reason === null ? null : keptWords(reason), ...state },
    ]),
  );
}

export async function insertModel(trx: ModelsTransaction, model: Model): Promise<void> {
  const { id, name, origin, createdAt } = model;
  await trx.insertInto('kulning.model').values({ id, name, origin, created_at: createdAt }).execute();
}

/** Whether a shipped model of this name was ever here, removed or not. */
export async function shippedModelId(
  trx: ModelsTransaction,
  name: string,
): Promise<{ id: string; removed: boolean } | undefined> {
  const row = await trx
    .selectFrom('kulning.model')
    .select(['id', 'removed_at'])
    .where('name', '=', name)
    .where('origin', '=', 'shipped')
    .orderBy('row_id', 'desc')
    .executeTakeFirst();
  return row && { id: row.id, removed: row.removed_at !== null };
}

export async function markRemoved(trx: ModelsTransaction, modelId: string, at: Date): Promise<void> {
  await trx.updateTable('kulning.model').set({ removed_at: at }).where('id', '=', modelId).execute();
}

export async function insertVersion(trx: ModelsTransaction, version: ModelVersion): Promise<void> {
  await trx
    .insertInto('kulning.model_version')
    .values({
      id: version.id,
      model_id: version.modelId,
      digest: version.digest,
      format: version.format,
      architecture: version.architecture,
      parameters: version.parameters,
      size_bytes: version.sizeBytes,
      context_tokens: version.contextTokens,
      licence: JSON.stringify(version.licence),
      card: JSON.stringify(version.card),
      created_at: version.createdAt,
    })
    .execute();
}

export async function insertDeployment(
  trx: ModelsTransaction,
  deployment: Omit<Deployment, 'model' | 'modelId'>,
): Promise<void> {
  await trx
    .insertInto('kulning.deployment')
    .values({
      id: deployment.id,
      model_version_id: deployment.versionId,
      site_id: deployment.siteId,
      engine_kind: deployment.engineKind,
      engine_config: JSON.stringify(deployment.engineConfig),
      sealed_key: deployment.sealedKey,
      desired: deployment.desired,
      created_at: deployment.createdAt,
    })
    .execute();
}

export async function setDesired(
  trx: ModelsTransaction,
  deploymentId: string,
  desired: Deployment['desired'],
): Promise<void> {
  await trx.updateTable('kulning.deployment').set({ desired }).where('id', '=', deploymentId).execute();
}

export async function setEngineConfig(
  trx: ModelsTransaction,
  deploymentId: string,
  config: object,
): Promise<void> {
  await trx
    .updateTable('kulning.deployment')
    .set({ engine_config: JSON.stringify(config) })
    .where('id', '=', deploymentId)
    .execute();
}

export async function deleteDeployments(trx: ModelsTransaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.deleteFrom('kulning.deployment').where('id', 'in', ids).execute();
}

/** What was heard replaces what was known; a deployment that is gone by now is left out. */
export async function saveEngineState(trx: ModelsTransaction, state: HeardState): Promise<void> {
  const { deploymentId, phase, restarts, since } = state;
  const reason = state.reason && keepWords(state.reason);
  const capabilities = state.capabilities && JSON.stringify(state.capabilities);
  await sql`
    insert into kulning.engine_state (deployment_id, phase, reason, restarts, since, capabilities)
    select id, ${phase}, ${reason}, ${restarts}, ${since}, ${capabilities}::jsonb
    from kulning.deployment where id = ${deploymentId}
    on conflict (deployment_id) do update set
      phase = excluded.phase, reason = excluded.reason, restarts = excluded.restarts, since = excluded.since,
      capabilities = coalesce(excluded.capabilities, engine_state.capabilities)
  `.execute(trx);
}

export async function forgetEngineState(trx: ModelsTransaction, deploymentId: string): Promise<void> {
  await trx.deleteFrom('kulning.engine_state').where('deployment_id', '=', deploymentId).execute();
}
