import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { asSaid, inEachLanguage, KulningError, type Localized } from '@kulning/sdk';
import { sql } from 'kysely';

import type { Check } from '../check.ts';
import type { Logger } from '../log/logger.ts';
import { databaseCheckTitles, databaseCheckWords as words } from './database-check-words.ts';
import { type Database, openDatabase } from './database.ts';
import { databaseWords } from './database-words.ts';
import { ensureDatabaseRoles } from './database-roles-check.ts';
import { findEmbeddedBinaries } from './embedded-binaries.ts';
import { embeddedUrl } from './embedded-bootstrap.ts';
import { chooseEmbeddedUser } from './embedded-user.ts';
import { assertSchema } from './migrator.ts';
import { socketDirectory } from './socket-directory.ts';

interface DatabaseCheckOptions {
  readonly home: string;
  /** KULNING_DATABASE_URL; undefined for the embedded server. */
  readonly url: string | undefined;
  readonly release: string;
  readonly log: Logger;
}

/** For `kulning doctor`: starts nothing, and changes nothing but to make the folder of the socket. */
export async function databaseChecks(options: DatabaseCheckOptions): Promise<readonly Check[]> {
  if (options.url !== undefined) return serverChecks(options.url, options);
  const { home } = options;
  const sockets = await socketDirectory(join(home, 'run', 'postgres'), '.s.PGSQL.5432.lock').catch(
    toKulningError,
  );
  const socketCheck =
    sockets instanceof KulningError ? failed('socket', sockets) : passed('socket', words.inFolder(sockets));
  const before = [
    await binaryCheck(),
    await userCheck(home),
    ...folderChecks(join(home, 'postgres')),
    socketCheck,
  ];
  if (sockets instanceof KulningError) return before;
  if (!existsSync(join(sockets, '.s.PGSQL.5432'))) return [...before, passed('server', words.notRunning)];
  return [...before, ...(await serverChecks(embeddedUrl(sockets), options))];
}

async function binaryCheck(): Promise<Check> {
  const found = await findEmbeddedBinaries().catch(toKulningError);
  return found instanceof KulningError
    ? failed('program', found)
    : passed('program', words.embedded(found.majorVersion));
}

async function userCheck(home: string): Promise<Check> {
  const user = await chooseEmbeddedUser({ folders: [join(home, 'postgres')] }).catch(toKulningError);
  if (user instanceof KulningError) return failed('user', user);
  if (user.ids !== undefined) return passed('user', words.asUid(user.ids.uid));
  return passed('user', user.prefix.length === 0 ? words.asStarter : words.asNobody);
}

const leastFreeBytes = 1024 ** 3;

function folderChecks(folder: string): Check[] {
  if (!existsSync(folder)) return [passed('folder', words.madeAtStart(folder))];
  const mode = statSync(folder).mode & 0o777;
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  return [
    check('folder', mode === 0o700, asSaid(`${folder} (${mode.toString(8)})`), words.closeFolder(folder)),
    check('disk', freeBytes > leastFreeBytes, words.free((freeBytes / 1024 ** 3).toFixed(1)), words.freeDisk),
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

async function serverChecks(url: string, { release, log }: DatabaseCheckOptions): Promise<Check[]> {
  const roles = await ensureDatabaseRoles(url, { make: false }).catch(toKulningError);
  if (roles instanceof KulningError)
    return [failed(roles.code === 'database.roles_missing' ? 'roles' : 'server', roles)];
  const database = openDatabase({ url, role: 'app', poolSize: 1, log });
  try {
    return [...(await factChecks(database)), await schemaCheck(database, release)];
  } catch (error) {
    return [failed('server', toKulningError(error))];
  } finally {
    await database.close();
  }
}

/** More than this, and times in receipts and in rows contradict each other. */
const mostSkewMs = 2_000;

async function factChecks(database: Database): Promise<Check[]> {
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
    passed('server', words.answers(facts.version)),
    check(
      'login',
      !facts.superuser,
      facts.superuser ? words.superuser(facts.login) : asSaid(facts.login),
      words.ordinaryLogin,
    ),
    check('clock', skewMs < mostSkewMs, words.apart(skewMs), words.setClocks),
    check('log', quiet, quiet ? words.noParameters : words.logsStatements(facts.statements), words.quietLog),
  ];
}

async function schemaCheck(database: Database, release: string): Promise<Check> {
  const refused = await assertSchema(database.kysely, release).then(() => undefined, toKulningError);
  return refused === undefined ? passed('schema', words.ofRelease(release)) : failed('schema', refused);
}

type CheckName = keyof typeof databaseCheckTitles;

const check = (
  name: CheckName,
  ok: boolean,
  detail: Localized<string>,
  remedy: Localized<string>,
): Check => ({
  name: `database ${name}`,
  title: databaseCheckTitles[name],
  ok,
  detail,
  remedy,
});

const passed = (name: CheckName, detail: Localized<string>): Check => ({
  name: `database ${name}`,
  title: databaseCheckTitles[name],
  ok: true,
  detail,
});

const failed = (name: CheckName, { text }: KulningError): Check =>
  check(
    name,
    false,
    inEachLanguage((language) => text[language].message),
    inEachLanguage((language) => text[language].hint ?? words.seeLog[language]),
  );

function toKulningError(error: unknown): KulningError {
  if (error instanceof KulningError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new KulningError({
    code: 'database.failed',
    status: 500,
    text: databaseWords.failed(reason),
    cause: error,
  });
}
