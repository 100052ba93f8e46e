import type { ModelPullRequest } from '@kulning/sdk';
import type { Selectable } from 'kysely';

import type { ModelsTables, ModelsTransaction } from './model-store.ts';

export type PullPhase = 'waiting' | 'running' | 'checking' | 'done' | 'failed' | 'cancelled';

/** What shall become of the file: the request without its source and secrets. */
export type PulledAddition = Omit<ModelPullRequest, 'source' | 'token'> & { readonly organisationId: string };

export interface PullProblem {
  readonly code: string;
  readonly text: Readonly<Record<'en' | 'fr' | 'sv', { readonly message: string; readonly hint?: string }>>;
}

export interface ModelPull {
  readonly id: string;
  readonly url: string;
  readonly addition: PulledAddition;
  /** `{ url, token? }`: an address may hold a secret in its query. */
  readonly sealedSource: string | null;
  readonly phase: PullPhase;
  readonly validator: string | null;
  readonly totalBytes: number | null;
  readonly digest: string | null;
  readonly modelId: string | null;
  readonly problem: PullProblem | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** Newest first. */
export async function readPulls(trx: ModelsTransaction): Promise<ModelPull[]> {
  const rows = await trx.selectFrom('kulning.model_pull').selectAll().orderBy('row_id', 'desc').execute();
  return rows.map(pullOf);
}

function pullOf(row: Selectable<ModelsTables['kulning.model_pull']>): ModelPull {
  return {
    id: row.id,
    url: row.url,
    addition: row.addition,
    sealedSource: row.sealed_key,
    phase: row.phase,
    validator: row.validator,
    totalBytes: row.total_bytes === null ? null : Number(row.total_bytes),
    digest: row.digest,
    modelId: row.model_id,
    problem: row.problem,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}

export async function insertPull(
  trx: ModelsTransaction,
  pull: Pick<ModelPull, 'id' | 'url' | 'addition' | 'sealedSource' | 'createdAt'>,
): Promise<void> {
  await trx
    .insertInto('kulning.model_pull')
    .values({
      id: pull.id,
      url: pull.url,
      addition: JSON.stringify(pull.addition),
      sealed_key: pull.sealedSource,
      phase: 'waiting',
      created_at: pull.createdAt,
    })
    .execute();
}

export interface PullChange {
  readonly phase?: PullPhase;
  readonly addition?: PulledAddition;
  readonly sealedSource?: string | null;
  readonly validator?: string | null;
  readonly totalBytes?: number | null;
  readonly digest?: string;
  readonly modelId?: string;
  readonly problem?: PullProblem | null;
  readonly endedAt?: Date | null;
}

/**
 * @param from phases that it may be in: one that was cancelled meanwhile stays so
 * @returns whether it was in one of them
 */
export async function changePull(
  trx: ModelsTransaction,
  id: string,
  from: readonly PullPhase[],
  change: PullChange,
): Promise<boolean> {
  const { phase, addition, sealedSource, validator, totalBytes, digest, modelId, problem, endedAt } = change;
  const { numUpdatedRows } = await trx
    .updateTable('kulning.model_pull')
    .set({
      ...(phase !== undefined && { phase }),
      ...(addition !== undefined && { addition: JSON.stringify(addition) }),
      ...(sealedSource !== undefined && { sealed_key: sealedSource }),
      ...(validator !== undefined && { validator }),
      ...(totalBytes !== undefined && { total_bytes: totalBytes }),
      ...(digest !== undefined && { digest }),
      ...(modelId !== undefined && { model_id: modelId }),
      ...(problem !== undefined && { problem: problem === null ? null : JSON.stringify(problem) }),
      ...(endedAt !== undefined && { ended_at: endedAt }),
    })
    .where('id', '=', id)
    .where('phase', 'in', [...from])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
