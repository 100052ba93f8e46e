import { KulningError } from '@kulning/sdk';
import { Client, DatabaseError } from 'pg';

import { databaseRoles, databaseSql, rolesSql } from './database-roles.ts';
import { databaseWords } from './database-words.ts';
import { toSqlError } from './sql-error.ts';

/** The names of the three roles, whether the login may take each, and what the database permits. */
const survey = `
  select current_user as login, current_database() as database,
    current_setting('server_version_num')::integer as version,
    (select count(*) from pg_roles r where r.rolname = any ($1) and pg_has_role(current_user, r.oid, 'member'))::integer as held,
    exists (select from pg_roles r where r.rolname = 'kulning_migrator'
      and has_database_privilege(r.oid, current_database(), 'create')) as may_create`;

interface Survey {
  readonly login: string;
  readonly database: string;
  readonly version: number;
  readonly held: number;
  readonly may_create: boolean;
}

const oldestVersion = 150_000;

/**
 * Makes the three roles when the login may (and `make` is not false), and otherwise says what a DBA has to run.
 * @throws KulningError `database.too_old`, `database.roles_missing`, or the failure to connect
 */
export async function ensureDatabaseRoles(url: string, { make = true } = {}): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'kulning setup',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // Each query below rejects by itself.
  try {
    await client.connect();
    const {
      rows: [found],
    } = await client.query<Survey>(survey, [databaseRoles.map((role) => `kulning_${role}`)]);
    if (found === undefined) throw new TypeError('the survey gives one row');
    if (found.version < oldestVersion) throw tooOld(found.version);
    if (found.held === databaseRoles.length && found.may_create) return;
    if (!make) throw rolesMissing(found);
    await makeRoles(client, found);
  } catch (error) {
    throw toSqlError(error);
  } finally {
    await client.end();
  }
}

async function makeRoles(client: Client, found: Survey): Promise<void> {
  try {
    await client.query('begin');
    for (const statement of statementsFor(found)) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error instanceof DatabaseError ? rolesMissing(found, toSqlError(error)) : error;
  }
}

const statementsFor = ({ login, database }: Survey) => [...rolesSql(login), ...databaseSql(database, login)];

function rolesMissing(found: Survey, cause?: unknown): KulningError {
  const script = statementsFor(found)
    .map((statement) => `${statement};`)
    .join('\n');
  return new KulningError({
    code: 'database.roles_missing',
    status: 503,
    text: databaseWords.rolesMissing(found.login, found.database, script),
    cause,
  });
}

function tooOld(version: number): KulningError {
  return new KulningError({
    code: 'database.too_old',
    status: 503,
    text: databaseWords.tooOld(Math.floor(version / 10_000)),
  });
}
