import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { Client } from 'pg';
import { inject } from 'vitest';

import { silentLogger } from '../src/platform/log/logger.ts';
import { type Database, openDatabase } from '../src/platform/postgres/database.ts';
import { databaseSql, type DatabaseRole } from '../src/platform/postgres/database-roles.ts';
import { embeddedUrl } from '../src/platform/postgres/embedded-bootstrap.ts';
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded-server.ts';
import { migrate } from '../src/platform/postgres/migrator.ts';

export interface TestDatabase {
  readonly app: Database;
  readonly sequencer: Database;
  readonly migrator: Database;
  /** As `KULNING_DATABASE_URL`; for processes that a test starts. */
  readonly url: string;
  /** To look behind the scenes: no row-level security holds for it. */
  readonly superuserUrl: string;
  /** Closes the pools and drops the database. */
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** The last migration to apply: to test the next one on data, or 0 for an empty database. Default: all. */
  readonly through?: number;
}

/** A fresh migrated database in the run's cluster. Takes about 90 ms, the first one two seconds. */
export async function testDatabase({ through }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const superuserUrl = await cluster();
  const name = `t_${randomBytes(8).toString('hex')}`;
  const template = through === 0 ? 'template0' : await migratedTemplate(superuserUrl, through);
  await statement(superuserUrl, `create database ${name} template ${template} strategy file_copy`);
  for (const sql of databaseSql(name, 'kulning')) await statement(inDatabase(superuserUrl, name), sql);

  const url = inDatabase(superuserUrl, name, 'kulning');
  const open = (role: DatabaseRole) => openDatabase({ url, role, poolSize: 8, log: silentLogger });
  const pools = { app: open('app'), sequencer: open('sequencer'), migrator: open('migrator') };
  return {
    ...pools,
    url,
    superuserUrl: inDatabase(superuserUrl, name),
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.close()));
      await statement(superuserUrl, `drop database ${name} with (force)`);
    },
  };
}

/**
 * The workers of a run share its cluster: whoever first needs it starts it, and global-setup.ts stops it.
 * @returns the URL of its superuser
 */
async function cluster(): Promise<string> {
  const home = inject('clusterHome');
  const superuserUrl = embeddedUrl(join(home, 'run', 'postgres'), 'postgres', 'postgres');
  if (
    await statement(superuserUrl, 'select 1').then(
      () => true,
      () => false,
    )
  )
    return superuserUrl;
  const server = await startEmbeddedPostgres({
    home,
    log: silentLogger,
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' },
  });
  await server.detach();
  return server.superuserUrl;
}

/** Made once a run, under a lock. One that could not be migrated is not kept, so each test that needs it says why. */
async function migratedTemplate(superuserUrl: string, through?: number): Promise<string> {
  const name = `kulning_template_${through ?? 'all'}`;
  await withClient(superuserUrl, async (client) => {
    await client.query('select pg_advisory_lock(721072)');
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    const draft = `${name}_draft`;
    await client.query(`drop database if exists ${draft} with (force)`);
    await client.query(`create database ${draft} template template0 strategy file_copy`);
    for (const sql of databaseSql(draft, 'kulning')) await statement(inDatabase(superuserUrl, draft), sql);
    const url = inDatabase(superuserUrl, draft, 'kulning');
    await migrate({ url, log: silentLogger, release: '0.1.0', ...(through !== undefined && { through }) });
    await client.query(`alter database ${draft} rename to ${name}`);
  });
  return name;
}

function inDatabase(superuserUrl: string, database: string, user = 'postgres'): string {
  const host = new URL(superuserUrl).searchParams.get('host');
  if (host === null) throw new TypeError('the embedded server is reached through its socket');
  return embeddedUrl(host, user, database);
}

async function statement(url: string, sql: string): Promise<void> {
  await withClient(url, (client) => client.query(sql));
}

async function withClient(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
