import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';
import { type Kysely, sql } from 'kysely';
import { Client, DatabaseError } from 'pg';

import type { Logger } from '../log/logger.ts';
import { databaseWords } from './database-words.ts';
import { connectionOptions } from './database.ts';
import { ensureDatabaseRoles } from './database-roles-check.ts';
import { type AppliedMigration, type Migration, planMigrations } from './migration-plan.ts';
import { refuseUnfit, schemaMark, type SchemaMark } from './schema-mark.ts';
import { toSqlError } from './sql-error.ts';

const releasedMigrations = join(import.meta.dirname, '..', '..', '..', 'migrations');

export interface MigrateOptions {
  readonly url: string;
  readonly log: Logger;
  /** The version of Kulning that runs. */
  readonly release: string;
  readonly folder?: string;
  /** The last file to apply; tests of the next one stop there. */
  readonly through?: number;
  /** Set by a restore, which alone may touch a schema that a restore has not finished. */
  readonly restoring?: boolean;
}

/**
 * Brings the schema to what this release knows. One migrator works at a time; each file is one transaction, so a
 * crash leaves a file applied or not.
 * @returns the names of the files applied now
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const { url, log, release, folder, through = Number.POSITIVE_INFINITY } = options;
  const known = (await readMigrations(folder)).filter(({ version }) => version <= through);
  await ensureDatabaseRoles(url);
  const client = new Client(connectionOptions({ url, role: 'migrator' }));
  client.on('error', (error) => log.warn('database.migrator_lost', { error: error.name }));
  try {
    await client.connect();
    await client.query('select pg_advisory_lock(721071)');
    if (options.restoring !== true) refuseUnfit((await client.query<SchemaMark>(schemaMark)).rows[0]);
    await client.query(bookkeeping);
    const { rows } = await client.query<AppliedMigration>(
      'select version, name, sha256, release from kulning.migration',
    );
    const pending = planMigrations(known, rows, release);
    for (const migration of pending) {
      await apply(client, migration, release);
      log.info('database.migrated', { migration: migration.name });
    }
    return pending.map(({ name }) => name);
  } catch (error) {
    throw toSqlError(error);
  } finally {
    await client.end();
  }
}

/**
 * For a process that does not migrate: refuses a schema that is older than it, or more than one minor version newer.
 * @throws KulningError `database.schema_older` and those of `planMigrations`
 */
export async function assertSchema<T>(kysely: Kysely<T>, release: string, folder?: string): Promise<void> {
  refuseUnfit((await sql.raw<SchemaMark>(schemaMark).execute(kysely)).rows[0]);
  const known = await readMigrations(folder);
  const [missing] = planMigrations(known, await appliedMigrations(kysely), release);
  if (missing === undefined) return;
  throw new KulningError({
    code: 'database.schema_older',
    status: 503,
    text: databaseWords.schemaOlder(missing.name),
    retryable: true,
  });
}

export async function appliedMigrations<T>(kysely: Kysely<T>): Promise<readonly AppliedMigration[]> {
  const present = await sql<{
    present: boolean;
  }>`select to_regclass('kulning.migration') is not null as present`.execute(kysely);
  if (present.rows[0]?.present !== true) return [];
  return (
    await sql<AppliedMigration>`select version, name, sha256, release from kulning.migration order by version`.execute(
      kysely,
    )
  ).rows;
}

export async function readMigrations(folder = releasedMigrations): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const migrations = await Promise.all(
    names.map(async (name) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
      if (!(version > 0)) throw new RangeError(`a migration is named 0001_noun.sql, not ${name}`);
      const text = await readFile(join(folder, name), 'utf8');
      return { version, name, sha256: createHash('sha256').update(text).digest('hex'), sql: text };
    }),
  );
  const twice = migrations.find(({ version }, index) => migrations[index - 1]?.version === version);
  if (twice !== undefined) throw new RangeError(`two migrations have the number ${twice.version}`);
  return migrations;
}

/** What has to be there before the first file. */
const bookkeeping = `
  create schema if not exists kulning;
  create table if not exists kulning.migration (
    version integer not null constraint migration_pkey primary key,
    name text not null,
    sha256 text not null,
    release text not null,
    applied_at timestamptz not null
  );`;

async function apply(client: Client, migration: Migration, release: string): Promise<void> {
  try {
    // Instance scope: the owner, too, sees rows of organisations only through the policies.
    await client.query(`begin; select set_config('kulning.instance', 'on', true)`);
    await client.query(
      'insert into kulning.migration (version, name, sha256, release, applied_at) values ($1, $2, $3, $4, now())',
      [migration.version, migration.name, migration.sha256, release],
    );
    await client.query(migration.sql);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error instanceof DatabaseError ? migrationFailed(migration, error) : error;
  }
}

/** Errors in the SQL itself (class 42) and those a file raises (P0001) speak of the schema; others may quote a row. */
function migrationFailed(migration: Migration, error: DatabaseError): KulningError {
  const state = error.code ?? '';
  const reason = state.startsWith('42') || state === 'P0001' ? error.message : `SQLSTATE ${state}`;
  const line = migration.sql.slice(0, Number(error.position ?? 0)).split('\n').length;
  const where = error.position === undefined ? migration.name : `${migration.name}:${line}`;
  return new KulningError({
    code: 'database.migration_failed',
    status: 500,
    text: databaseWords.migrationFailed(where, reason),
  });
}
