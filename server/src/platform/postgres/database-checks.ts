import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';
import { sql } from 'kysely';

import type { Logger } from '../log/logger.ts';
import { type Database, openDatabase } from './database.ts';
import { ensureDatabaseRoles } from './database-roles-check.ts';
import { findEmbeddedBinaries } from './embedded-binaries.ts';
import { embeddedUrl } from './embedded-bootstrap.ts';
import { chooseEmbeddedUser } from './embedded-user.ts';
import { assertSchema } from './migrator.ts';
import { socketDirectory } from './socket-directory.ts';

export interface DatabaseCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string;
}

interface DatabaseCheckOptions {
  readonly home: string;
  /** KULNING_DATABASE_URL; undefined for the embedded server. */
  readonly url: string | undefined;
  readonly release: string;
  readonly log: Logger;
}

/** For `kulning doctor`: starts nothing, and changes nothing but to make the folder of the socket. */
export async function databaseChecks(options: DatabaseCheckOptions): Promise<readonly DatabaseCheck[]> {
  if (options.url !== undefined) return serverChecks(options.url, options);
  const { home } = options;
  const sockets = await socketDirectory(join(home, 'run', 'postgres'), '.s.PGSQL.5432.lock').catch(
    toKulningError,
  );
  const socketCheck =
    sockets instanceof KulningError
      ? failed('database socket', sockets)
      : passed('database socket', `in ${sockets}`);
  const before = [
    await binaryCheck(),
    await userCheck(home),
    ...folderChecks(join(home, 'postgres')),
    socketCheck,
  ];
  if (sockets instanceof KulningError) return before;
  if (!existsSync(join(sockets, '.s.PGSQL.5432')))
    return [...before, passed('database server', 'not running; `kulning up` starts it')];
  return [...before, ...(await serverChecks(embeddedUrl(sockets), options))];
}

async function binaryCheck(): Promise<DatabaseCheck> {
  const found = await findEmbeddedBinaries().catch(toKulningError);
  return found instanceof KulningError
    ? failed('database program', found)
    : passed('database program', `PostgreSQL ${found.majorVersion}, embedded`);
}

async function userCheck(home: string): Promise<DatabaseCheck> {
  const user = await chooseEmbeddedUser({ folders: [join(home, 'postgres')] }).catch(toKulningError);
  if (user instanceof KulningError) return failed('database user', user);
  const asNobody =
    user.ids === undefined ? 'as nobody, in a user namespace of its own' : `as uid ${user.ids.uid}`;
  return passed(
    'database user',
    user.prefix.length === 0 && user.ids === undefined ? 'as the user who starts Kulning' : asNobody,
  );
}

const leastFreeBytes = 1024 ** 3;

function folderChecks(folder: string): DatabaseCheck[] {
  if (!existsSync(folder)) return [passed('database folder', `${folder} (made at the first start)`)];
  const mode = statSync(folder).mode & 0o777;
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  return [
    {
      name: 'database folder',
      ok: mode === 0o700,
      detail: `${folder} (${mode.toString(8)})`,
      remedy: `chmod 700 ${folder}: whoever reaches the socket is the database's administrator.`,
    },
    {
      name: 'database disk',
      ok: freeBytes > leastFreeBytes,
      detail: `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`,
      remedy: 'Free at least 1 GiB on the disk of KULNING_HOME: PostgreSQL stops when it is full.',
    },
  ];
}

interface ServerFacts {
  readonly version: string;
  readonly now: Date;
  readonly login: string;
  readonly superuser: boolean;
  readonly statements: string;
  readonly parameters: string;
}

async function serverChecks(url: string, { release, log }: DatabaseCheckOptions): Promise<DatabaseCheck[]> {
  const roles = await ensureDatabaseRoles(url, { make: false }).catch(toKulningError);
  if (roles instanceof KulningError)
    return [failed(roles.code === 'database.roles_missing' ? 'database roles' : 'database server', roles)];
  const database = openDatabase({ url, role: 'app', poolSize: 1, log });
  try {
    return [...(await factChecks(database)), await schemaCheck(database, release)];
  } catch (error) {
    return [failed('database server', toKulningError(error))];
  } finally {
    await database.close();
  }
}

/** More than this, and times in receipts and in rows contradict each other. */
const mostSkewMs = 2_000;

async function factChecks(database: Database): Promise<DatabaseCheck[]> {
  const {
    rows: [facts],
  } = await sql<ServerFacts>`
    select current_setting('server_version') as version, clock_timestamp() as now, session_user as login,
      (select rolsuper or rolbypassrls from pg_roles where rolname = session_user) as superuser,
      current_setting('log_statement') as statements, current_setting('log_parameter_max_length') as parameters`.execute(
    database.kysely,
  );
  if (facts === undefined) throw new TypeError('the facts are one row');
  const skewMs = Math.abs(facts.now.getTime() - Date.now());
  const quiet = facts.statements === 'none' || facts.parameters === '0';
  return [
    passed('database server', `PostgreSQL ${facts.version} answers`),
    {
      name: 'database login',
      ok: !facts.superuser,
      detail: facts.superuser ? `${facts.login} is a superuser` : facts.login,
      remedy:
        'Let Kulning log in as a user with the three roles only: docs/operations/postgresql.md has the SQL.',
    },
    {
      name: 'database clock',
      ok: skewMs < mostSkewMs,
      detail: `${skewMs} ms apart`,
      remedy: 'Set the clocks of both machines by NTP.',
    },
    {
      name: 'database log',
      ok: quiet,
      detail: quiet ? 'holds no parameters' : `log_statement is ${facts.statements}`,
      remedy:
        'Set log_statement = none, or log_parameter_max_length = 0: identifiers must not reach the server log.',
    },
  ];
}

async function schemaCheck(database: Database, release: string): Promise<DatabaseCheck> {
  const refused = await assertSchema(database.kysely, release).then(() => undefined, toKulningError);
  return refused === undefined
    ? passed('database schema', `of ${release}`)
    : failed('database schema', refused);
}

const passed = (name: string, detail: string): DatabaseCheck => ({ name, ok: true, detail, remedy: '' });

function failed(name: string, error: KulningError): DatabaseCheck {
  return {
    name,
    ok: false,
    detail: error.message,
    remedy: error.hint ?? 'The log in KULNING_HOME/log says more.',
  };
}

function toKulningError(error: unknown): KulningError {
  if (error instanceof KulningError) return error;
  return new KulningError({
    code: 'database.failed',
    status: 500,
    message: error instanceof Error ? error.message : 'failed',
    cause: error,
  });
}
