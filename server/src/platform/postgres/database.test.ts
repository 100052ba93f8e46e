import { setTimeout as sleep } from 'node:timers/promises';

import { assert, asyncProperty, stringMatching } from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { silentLogger } from '../log/logger.ts';
import { openDatabase } from './database.ts';
import { SqlError, violates } from './sql-error.ts';

interface NoteTables {
  note: { id: bigint; organisation_id: string; body: string };
}

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ through: 1 });
  await sql`
    create table kulning.note (
      id bigint generated always as identity constraint note_pkey primary key,
      organisation_id text not null,
      body text not null constraint note_body_key unique constraint note_body_short check (length(body) < 100)
    )`.execute(database.migrator.kysely);
  await sql`select kulning.protect_tenant_table('kulning.note')`.execute(database.migrator.kysely);
});
afterAll(() => database.close());

const insertNote = (organisation: string, owner: string, body: string) =>
  database.app.inOrganisation(organisation, (trx) =>
    sql`insert into note (organisation_id, body) values (${owner}, ${body})`.execute(trx),
  );

async function failure(work: Promise<unknown>): Promise<SqlError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(SqlError);
  return error as SqlError;
}

test('each pool acts as its role, and RESET ROLE leads nowhere else', async () => {
  for (const role of ['app', 'sequencer', 'migrator'] as const) {
    await database[role].kysely.connection().execute(async (connection) => {
      await sql`reset role`.execute(connection);
      const { rows } = await sql<{ current_user: string }>`select current_user`.execute(connection);
      expect(rows).toEqual([{ current_user: `kulning_${role}` }]);
    });
  }
});

test('a transaction sees the rows of its organisation, and one across organisations sees all', async () => {
  await insertNote('org_a', 'org_a', 'of a');
  await insertNote('org_b', 'org_b', 'of b');
  const notes = database.app.withTables<NoteTables>();
  const bodies = (rows: readonly { body: string }[]) => rows.map(({ body }) => body).toSorted();

  const inA = await notes.inOrganisation('org_a', (trx) => trx.selectFrom('note').select('body').execute());
  const everywhere = await notes.inInstance('test', (trx) => trx.selectFrom('note').select('body').execute());
  const outside = await notes.kysely.selectFrom('note').select('body').execute();

  expect([bodies(inA), bodies(everywhere), bodies(outside)]).toEqual([['of a'], ['of a', 'of b'], []]);
});

test('the scope ends with its transaction, also when the work fails', async () => {
  const single = openDatabase({ url: database.url, role: 'app', poolSize: 1, log: silentLogger });
  const scope = () =>
    sql<{
      scope: string | null;
      all: boolean;
    }>`select current_organisation() as scope, in_instance() as all`.execute(single.kysely);
  await single.inOrganisation('org_a', async () => undefined);
  await expect(single.inInstance('test', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect((await scope()).rows).toEqual([{ scope: null, all: false }]);
  await single.close();
});

test('a row for another organisation is refused', async () => {
  expect((await failure(insertNote('org_a', 'org_b', 'smuggled'))).code).toBe('database.denied');
  expect(() => database.app.inOrganisation('', async () => undefined)).toThrow('organisation');
});

test('int8 is a bigint and timestamptz a Date', async () => {
  const { rows } =
    await sql`select 9007199254740993::int8 as big, timestamptz '2026-01-02T03:04:05Z' as at`.execute(
      database.app.kysely,
    );
  expect(rows).toEqual([{ big: 9007199254740993n, at: new Date('2026-01-02T03:04:05Z') }]);
});

test('no failure quotes a value, whatever the value is', async () => {
  const provocations = (secret: string) => [
    () => insertNote('org_a', 'org_a', secret.padEnd(100, '.')),
    () => insertNote('org_a', 'org_b', secret),
    () => sql`select ${secret}::int`.execute(database.app.kysely),
    () => sql`select ${secret}::jsonb`.execute(database.app.kysely),
    () =>
      database.app.inOrganisation('org_a', async (trx) => {
        const insert = () =>
          sql`insert into note (organisation_id, body) values ('org_a', ${secret})`.execute(trx);
        await insert();
        await insert();
      }),
  ];
  const secrets = stringMatching(/^[a-zåäö]{12,40}$/).map((text) => `secret-${text}`);
  await assert(
    asyncProperty(secrets, async (secret) => {
      for (const provoke of provocations(secret)) {
        const error = await failure(provoke());
        const everything = [
          error.message,
          error.stack,
          JSON.stringify(error),
          JSON.stringify(Object.getOwnPropertyDescriptors(error)),
          String(error.cause),
        ].join('\n');
        expect(everything).not.toContain(secret);
      }
    }),
    { numRuns: 20 },
  );
});

test('a violated constraint is named, and the caller may branch on it', async () => {
  await insertNote('org_a', 'org_a', 'twice');
  const error = await failure(insertNote('org_a', 'org_a', 'twice'));
  expect(error).toMatchObject({
    code: 'database.duplicate',
    status: 409,
    table: 'note',
    constraint: 'note_body_key',
    sqlState: '23505',
  });
  expect(violates(error, 'note_body_key')).toBe(true);
  expect(violates(error, 'note_pkey')).toBe(false);
  expect(error.stack).toContain('database.test.ts');
});

test('a statement that takes too long is stopped', async () => {
  const hasty = openDatabase({
    url: database.url,
    role: 'app',
    poolSize: 1,
    log: silentLogger,
    statementTimeoutMs: 50,
  });
  expect(await failure(sql`select pg_sleep(10)`.execute(hasty.kysely))).toMatchObject({
    code: 'database.timeout',
    retryable: true,
  });
  await hasty.close();
});

test('a server that is not there is said to be unreachable, and trying again is advised', async () => {
  const url = `postgresql://kulning@localhost/kulning?host=${encodeURIComponent('/nowhere')}`;
  const nobody = openDatabase({ url, role: 'app', poolSize: 1, log: silentLogger });
  const expected = { code: 'database.unreachable', status: 503, retryable: true };
  expect(await failure(sql`select 1`.execute(nobody.kysely))).toMatchObject(expected);
  expect(await failure(nobody.listen('kulning_control', () => undefined))).toMatchObject(expected);
  await nobody.close();
});

test('a pool whose connections were all cut works again', async () => {
  await sql`select 1`.execute(database.app.kysely);
  await cutConnections('kulning app%');
  await expect
    .poll(() =>
      sql`select 1`.execute(database.app.kysely).then(
        () => 'answers',
        () => 'fails',
      ),
    )
    .toBe('answers');
});

test('a connection cut in the middle of a transaction fails that work alone', async () => {
  const work = database.app.inInstance('test', async (trx) => {
    await sql`select 1`.execute(trx);
    await cutConnections('kulning app: test');
    await sleep(100);
    await sql`select 1`.execute(trx);
  });
  expect(await failure(work)).toMatchObject({ code: 'database.unreachable', retryable: true });
  expect((await sql`select 1 as one`.execute(database.app.kysely)).rows).toEqual([{ one: 1 }]);
});

test('a bump raises the version with its transaction and tells who listens', async () => {
  const heard: string[] = [];
  const listener = await database.app.listen('kulning_control', (payload) => heard.push(payload));
  const bump = () =>
    database.app.inInstance('test', (trx) =>
      sql<{ version: bigint }>`select bump('sites') as version`.execute(trx),
    );
  await bump();
  await expect(
    database.app.inInstance('test', async (trx) => {
      await sql`select bump('sites')`.execute(trx);
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  const second = await bump();
  expect(second.rows).toEqual([{ version: 2n }]);
  await expect.poll(() => heard).toEqual(['sites 1', 'sites 2']);
  expect((await failure(sql`select bump('weather')`.execute(database.app.kysely))).code).toBe(
    'database.failed',
  );
  await listener.close();
});

test('a listener that lost its connection hears again, and is told that it missed something', async () => {
  const heard: string[] = [];
  const listener = await database.app.listen('kulning_control', (payload) => heard.push(payload));
  await cutConnections('kulning app');
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['']);
  await sql`select pg_notify('kulning_control', 'again')`.execute(database.app.kysely);
  await expect.poll(() => heard).toEqual(['', 'again']);
  const before = listener.lastHeardAt();
  await sleep(1_000);
  expect(listener.lastHeardAt()).toBeGreaterThan(before);
  await listener.close();
});

async function cutConnections(applicationName: string): Promise<void> {
  const superuser = openDatabase({
    url: database.superuserUrl,
    role: 'migrator',
    poolSize: 1,
    log: silentLogger,
  });
  await superuser.kysely.connection().execute(async (connection) => {
    await sql`set role none`.execute(connection);
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like ${applicationName}`.execute(connection);
  });
  await superuser.close();
}
