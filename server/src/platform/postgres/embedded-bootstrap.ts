import { Client } from 'pg';

import { databaseSql, rolesSql } from './database-roles.ts';

/** The user that Kulning's processes log in as, and the name of their database. */
const login = 'kulning';

/** A URL that `pg` and libpq read alike; the host of the authority is only there because a URL needs one. */
export function embeddedUrl(socketDirectory: string, user = login, database = login): string {
  return `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(socketDirectory)}`;
}

/** Makes the login, the roles and the database; repeated at each start, so that a crash in between is mended. */
export async function bootstrap(maintenanceUrl: string, databaseUrl: string): Promise<void> {
  await withClient(maintenanceUrl, async (client) => {
    // Two supervisors may be here at once.
    await client.query('select pg_advisory_lock(721070)');
    await client.query(
      `do $$ begin create role ${login} login noinherit; exception when duplicate_object then null; end $$`,
    );
    for (const statement of rolesSql(login)) await client.query(statement);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [login]);
    if (rowCount === 0) await client.query(`create database ${login}`);
    await withClient(databaseUrl, async (inside) => {
      for (const statement of databaseSql(login, login)) await inside.query(statement);
    });
  });
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
