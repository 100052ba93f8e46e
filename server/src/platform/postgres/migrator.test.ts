import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { array, assert, integer, property, uniqueArray } from 'fast-check';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { silentLogger } from '../log/logger.ts';
import { type AppliedMigration, type Migration, planMigrations } from './migration-plan.ts';
import { appliedMigrations, assertSchema, migrate } from './migrator.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await testDatabase({ through: 0 });
  folder = await mkdtemp(join(tmpdir(), 'kln-migrations-'));
  await cp(
    join(import.meta.dirname, '../../../migrations/0001_platform.sql'),
    join(folder, '0001_platform.sql'),
  );
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const run = (release = '0.1.0') => migrate({ url: database.url, folder, release, log: silentLogger });
const names = async () => (await appliedMigrations(database.app.kysely)).map(({ name }) => name);

test('applies each file once, in order', async () => {
  await write('0002_second.sql', 'create table kulning.second (n int)');
  expect(await run()).toEqual(['0001_platform.sql', '0002_second.sql']);
  expect(await run()).toEqual([]);
  await write('0003_third.sql', 'create table kulning.third (n int)');
  expect(await run()).toEqual(['0003_third.sql']);
});

test('a file that fails leaves nothing of itself, and says which line', async () => {
  await write('0002_second.sql', 'create table kulning.second (n int);\n\nselect nowhere;');
  await expect(run()).rejects.toMatchObject({
    code: 'database.migration_failed',
    message: 'Migration 0002_second.sql:3: column "nowhere" does not exist',
  });
  expect(await names()).toEqual(['0001_platform.sql']);
  await write('0002_second.sql', 'create table kulning.second (n int)');
  expect(await run()).toEqual(['0002_second.sql']);
});

test('a failing file does not quote the data it met', async () => {
  await write(
    '0002_second.sql',
    `create table kulning.second (mail text); insert into kulning.second values ('solveig@example.org');`,
  );
  await run();
  await write('0003_third.sql', 'alter table kulning.second alter column mail type int using mail::int');
  const error = await run().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({
    code: 'database.migration_failed',
    message: 'Migration 0003_third.sql: SQLSTATE 22P02',
  });
  expect(String((error as Error).stack)).not.toContain('solveig');
});

test('migrators that start together do the work once', async () => {
  await write('0002_second.sql', 'create table kulning.second (n int)');
  const runs = await Promise.all([run(), run(), run()]);
  expect(runs.flat().toSorted()).toEqual(['0001_platform.sql', '0002_second.sql']);
});

test('data migrations see the rows of every organisation', async () => {
  await write(
    '0002_second.sql',
    `
    create table kulning.second (organisation_id text not null, n int);
    select kulning.protect_tenant_table('kulning.second');
    insert into kulning.second values ('org_a', 1), ('org_b', 2);`,
  );
  await run();
  await write('0003_third.sql', 'update kulning.second set n = n + 10');
  await run();
  const { rows } = await database.app.inInstance('test', (trx) =>
    sql`select n from kulning.second order by n`.execute(trx),
  );
  expect(rows).toEqual([{ n: 11 }, { n: 12 }]);
});

test('a file that was edited after it ran is refused, and so is one that comes late', async () => {
  await write('0003_third.sql', 'create table kulning.third (n int)');
  await run();
  await write('0002_second.sql', 'create table kulning.second (n int)');
  await expect(run()).rejects.toMatchObject({ code: 'database.schema_order' });
  await rm(join(folder, '0002_second.sql'));
  await write('0003_third.sql', 'create table kulning.third (n bigint)');
  await expect(run()).rejects.toMatchObject({ code: 'database.schema_changed' });
});

test('a process accepts a schema one minor version newer, and refuses older and much newer ones', async () => {
  await expect(assertSchema(database.app.kysely, '0.1.0', folder)).rejects.toMatchObject({
    code: 'database.schema_older',
  });
  await run();
  await assertSchema(database.app.kysely, '0.1.0', folder);
  await write('0002_second.sql', 'create table kulning.second (n int)');
  await run('0.2.4');
  await rm(join(folder, '0002_second.sql'));
  await assertSchema(database.app.kysely, '0.1.0', folder);
  expect(await run('0.1.0')).toEqual([]);
  await write('0002_second.sql', 'create table kulning.second (n int)');
  await write('0003_third.sql', 'create table kulning.third (n int)');
  await run('0.3.0');
  await rm(join(folder, '0002_second.sql'));
  await rm(join(folder, '0003_third.sql'));
  await expect(assertSchema(database.app.kysely, '0.1.0', folder)).rejects.toMatchObject({
    code: 'database.schema_newer',
  });
  await expect(run('0.1.0')).rejects.toMatchObject({ code: 'database.schema_newer' });
});

test('a login that may not make the roles is told the SQL that a DBA runs, and that SQL suffices', async () => {
  const admin = new URL(database.superuserUrl);
  const login = `lone_${admin.pathname.slice(3)}`;
  await asSuperuser(
    `create role ${login} login noinherit; grant connect on database ${admin.pathname.slice(1)} to ${login}`,
  );
  const url = database.url.replace('//kulning@', `//${login}@`);
  const error = await migrate({ url, folder, release: '0.1.0', log: silentLogger }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code: 'database.roles_missing' });
  const script = (error as { hint: string }).hint.split('\n\n')[1] ?? '';
  await asSuperuser(script);
  expect(await migrate({ url, folder, release: '0.1.0', log: silentLogger })).toEqual(['0001_platform.sql']);
  await asSuperuser(`drop owned by ${login}; drop role ${login}`);
});

async function asSuperuser(script: string): Promise<void> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(script);
  await client.end();
}

const migration = (version: number): Migration => ({
  version,
  name: `${version}`,
  sha256: `sha ${version}`,
  sql: '',
});
const applied = (version: number): AppliedMigration => ({ ...migration(version), release: '0.1.0' });

test('what is applied and what is planned are together what is known, from any prefix', () => {
  const versions = uniqueArray(integer({ min: 1, max: 9999 }), { maxLength: 20 }).map((list) =>
    list.toSorted((a, b) => a - b),
  );
  assert(
    property(versions, integer({ min: 0, max: 20 }), (list, cut) => {
      const known = list.map(migration);
      expect(planMigrations(known, list.slice(0, cut).map(applied).toReversed(), '0.1.0')).toEqual(
        known.slice(cut),
      );
    }),
  );
});

test('anything applied that is no prefix of what is known is refused', () => {
  const subset = array(integer({ min: 1, max: 12 }), { minLength: 1 }).map((list) =>
    [...new Set(list)].toSorted((a, b) => a - b),
  );
  const known = Array.from({ length: 12 }, (_, index) => migration(index + 1));
  assert(
    property(subset, (list) => {
      const isPrefix = list.every((version, index) => version === index + 1);
      const plan = () => planMigrations(known, list.map(applied), '0.1.0');
      if (isPrefix) expect(plan()).toHaveLength(12 - list.length);
      else expect(plan).toThrow('would come before');
    }),
  );
});
