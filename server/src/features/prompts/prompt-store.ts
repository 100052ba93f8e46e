import { sql, type Transaction } from 'kysely';

import type { SealedRecord } from '../../platform/vault/vault.ts';
import type { PromptTables } from './prompt-tables.ts';

export type PromptTransaction = Transaction<PromptTables>;

export interface VersionRow {
  readonly version: number;
  readonly recordId: string;
  readonly digest: string;
  readonly createdAt: Date;
}

/** A template with all that is known of it but its texts. */
export interface PromptRow {
  readonly organisationId: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** The newest first. */
  readonly versions: readonly VersionRow[];
  readonly labels: ReadonlyMap<string, number>;
}

/** Of one organisation, by name; of all where none is given. */
export async function promptRows(trx: PromptTransaction, organisationId?: string): Promise<PromptRow[]> {
  const all = trx.selectFrom('kulning.prompt').selectAll().orderBy('name');
  const prompts = await (
    organisationId === undefined ? all : all.where('organisation_id', '=', organisationId)
  ).execute();
  if (prompts.length === 0) return [];
  const ids = prompts.map(({ id }) => id);
  const versions = await trx
    .selectFrom('kulning.prompt_version')
    .selectAll()
    .where('prompt_id', 'in', ids)
    .orderBy('version', 'desc')
    .execute();
  const labels = await trx
    .selectFrom('kulning.prompt_label')
    .selectAll()
    .where('prompt_id', 'in', ids)
    .orderBy('label')
    .execute();
  const versionsOf = Map.groupBy(versions, ({ prompt_id: id }) => id);
  const labelsOf = Map.groupBy(labels, ({ prompt_id: id }) => id);
  return prompts.map(({ organisation_id, id, name, created_at }) => ({
    organisationId: organisation_id,
    id,
    name,
    createdAt: created_at,
    versions: (versionsOf.get(id) ?? []).map((row) => ({
      version: row.version,
      recordId: row.record_id,
      digest: row.digest,
      createdAt: row.created_at,
    })),
    labels: new Map((labelsOf.get(id) ?? []).map(({ label, version }) => [label, version])),
  }));
}

export const insertPrompt = (
  trx: PromptTransaction,
  row: { organisationId: string; id: string; name: string; createdAt: Date },
) =>
  trx
    .insertInto('kulning.prompt')
    .values({ organisation_id: row.organisationId, id: row.id, name: row.name, created_at: row.createdAt })
    .execute();

export const insertVersion = (
  trx: PromptTransaction,
  row: VersionRow & { organisationId: string; promptId: string },
) =>
  trx
    .insertInto('kulning.prompt_version')
    .values({
      organisation_id: row.organisationId,
      prompt_id: row.promptId,
      version: row.version,
      record_id: row.recordId,
      digest: row.digest,
      created_at: row.createdAt,
    })
    .execute();

/** Two who add a version at once get two numbers. */
export const lockPrompt = (trx: PromptTransaction, promptId: string) =>
  trx.selectFrom('kulning.prompt').select('id').where('id', '=', promptId).forUpdate().execute();

export const putLabel = (
  trx: PromptTransaction,
  row: { organisationId: string; promptId: string; label: string; version: number },
) =>
  trx
    .insertInto('kulning.prompt_label')
    .values({
      organisation_id: row.organisationId,
      prompt_id: row.promptId,
      label: row.label,
      version: row.version,
    })
    .onConflict((conflict) =>
      conflict.columns(['organisation_id', 'prompt_id', 'label']).doUpdateSet({ version: row.version }),
    )
    .execute();

export const deleteLabel = (
  trx: PromptTransaction,
  organisationId: string,
  promptId: string,
  label: string,
) =>
  trx
    .deleteFrom('kulning.prompt_label')
    .where('organisation_id', '=', organisationId)
    .where('prompt_id', '=', promptId)
    .where('label', '=', label)
    .execute();

/** The texts go first, and their keys with them; versions and labels follow. */
export async function deletePrompt(trx: PromptTransaction, { organisationId, id, versions }: PromptRow) {
  const recordIds = versions.map(({ recordId }) => recordId);
  await trx
    .deleteFrom('kulning.vault_record')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', sql<string>`any(${recordIds}::text[])`)
    .execute();
  await trx
    .deleteFrom('kulning.prompt')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

export async function sealedText(
  trx: PromptTransaction,
  organisationId: string,
  recordId: string,
): Promise<SealedRecord | undefined> {
  const row = await trx
    .selectFrom('kulning.vault_record')
    .select(['epoch', 'wrapped_key', 'nonce', 'ciphertext'])
    .where('organisation_id', '=', organisationId)
    .where('id', '=', recordId)
    .executeTakeFirst();
  if (!row?.nonce || !row.ciphertext) return undefined;
  return { epoch: row.epoch, wrappedKey: row.wrapped_key, nonce: row.nonce, ciphertext: row.ciphertext };
}

/** Gateways read their snapshot anew. */
export const bumpPrompts = (trx: PromptTransaction) => sql`select kulning.bump('content')`.execute(trx);
