import type { CacheSettings } from '@kulning/sdk';
import { sql, type Transaction } from 'kysely';

import type { SealedRecord } from '../../platform/vault/vault.ts';
import type { CacheTables } from './cache-tables.ts';

export type CacheTransaction = Transaction<CacheTables>;

export interface SettingRow extends CacheSettings {
  readonly organisationId: string;
  readonly generation: number;
}

/** Of one organisation, or of all. */
export async function settingRows(trx: CacheTransaction, organisationId?: string): Promise<SettingRow[]> {
  const all = trx.selectFrom('kulning.cache_setting').selectAll();
  const rows = await (
    organisationId === undefined ? all : all.where('organisation_id', '=', organisationId)
  ).execute();
  return rows.map((row) => ({
    organisationId: row.organisation_id,
    enabled: row.enabled,
    ttlSeconds: row.ttl_seconds,
    maxBytes: Number(row.max_bytes),
    anyTemperature: row.any_temperature,
    toolCalls: row.tool_calls,
    generation: row.generation,
  }));
}

export async function writeSettings(trx: CacheTransaction, row: SettingRow, changedAt: Date): Promise<void> {
  const values = {
    enabled: row.enabled,
    ttl_seconds: row.ttlSeconds,
    max_bytes: row.maxBytes,
    any_temperature: row.anyTemperature,
    tool_calls: row.toolCalls,
    generation: row.generation,
    changed_at: changedAt,
  };
  await trx
    .insertInto('kulning.cache_setting')
    .values({ organisation_id: row.organisationId, ...values })
    .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet(values))
    .execute();
  await sql`select kulning.bump('content')`.execute(trx);
}

/** Keys and ciphertexts go; entries follow. */
export const deleteAnswers = (trx: CacheTransaction, organisationId: string) =>
  trx
    .deleteFrom('kulning.vault_record')
    .where('organisation_id', '=', organisationId)
    .where('store', '=', 'cache')
    .execute();

export async function heldAnswers(trx: CacheTransaction, organisationId: string, now: Date) {
  const row = await trx
    .selectFrom('kulning.cache_entry')
    .select(({ fn }) => [fn.countAll<bigint>().as('entries'), fn.sum<string | null>('bytes').as('bytes')])
    .where('organisation_id', '=', organisationId)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return { entries: Number(row.entries), bytes: Number(row.bytes ?? 0) };
}

/** From the calls' own records, which hold how each was answered. */
export async function lookUps(trx: CacheTransaction, organisationId: string, since: Date) {
  const { rows } = await sql<{ hits: bigint; misses: bigint }>`
    select count(*) filter (where handling -> 'cache' ->> 'state' = 'hit') as hits,
      count(*) filter (where handling -> 'cache' ->> 'state' = 'miss') as misses
    from kulning.call where organisation_id = ${organisationId} and at >= ${since} and handling is not null
  `.execute(trx);
  return { hits: Number(rows[0]?.hits ?? 0), misses: Number(rows[0]?.misses ?? 0) };
}

export interface AnswerRow {
  readonly organisationId: string;
  readonly id: string;
  readonly key: string;
  readonly bytes: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Makes room for names whose answer has lapsed. @returns those of the given that nobody holds */
export async function freeKeys(
  trx: CacheTransaction,
  organisationId: string,
  keys: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const held = await trx
    .selectFrom('kulning.cache_entry')
    .select(['id', 'key', 'expires_at'])
    .where('organisation_id', '=', organisationId)
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  const lapsed = held.filter(({ expires_at }) => expires_at <= now).map(({ id }) => id);
  if (lapsed.length > 0)
    await trx
      .deleteFrom('kulning.vault_record')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', sql<string>`any(${lapsed}::text[])`)
      .execute();
  const taken = new Set(held.filter(({ expires_at }) => expires_at > now).map(({ key }) => key));
  return new Set(keys.filter((key) => !taken.has(key)));
}

export const insertAnswers = (trx: CacheTransaction, rows: readonly AnswerRow[]) =>
  trx
    .insertInto('kulning.cache_entry')
    .values(
      rows.map((row) => ({
        organisation_id: row.organisationId,
        id: row.id,
        key: row.key,
        bytes: row.bytes,
        created_at: row.createdAt,
        expires_at: row.expiresAt,
      })),
    )
    .execute();

/** Answers that came after a row, the oldest first: what other gateways kept. */
export async function answersSince(
  trx: CacheTransaction,
  organisationIds: readonly string[],
  after: bigint,
  now: Date,
  limit: number,
): Promise<(AnswerRow & { readonly rowId: bigint; readonly sealed: SealedRecord })[]> {
  const rows = await trx
    .selectFrom('kulning.cache_entry as entry')
    .innerJoin('kulning.vault_record as record', (join) =>
      join.onRef('record.id', '=', 'entry.id').onRef('record.organisation_id', '=', 'entry.organisation_id'),
    )
    .select([
      'entry.row_id',
      'entry.organisation_id',
      'entry.id',
      'entry.key',
      'entry.bytes',
      'entry.created_at',
    ])
    .select(['entry.expires_at', 'record.epoch', 'record.wrapped_key', 'record.nonce', 'record.ciphertext'])
    .where('entry.organisation_id', 'in', organisationIds)
    .where('entry.row_id', '>', after)
    .where('entry.expires_at', '>', now)
    .orderBy('entry.row_id')
    .limit(limit)
    .execute();
  return rows.flatMap((row) =>
    row.nonce && row.ciphertext
      ? [
          {
            rowId: row.row_id,
            organisationId: row.organisation_id,
            id: row.id,
            key: row.key,
            bytes: row.bytes,
            createdAt: row.created_at,
            expiresAt: row.expires_at,
            sealed: {
              epoch: row.epoch,
              wrappedKey: row.wrapped_key,
              nonce: row.nonce,
              ciphertext: row.ciphertext,
            },
          },
        ]
      : [],
  );
}
