import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { testDatabase } from '../../../test/database.ts';
import { release } from '../../release.ts';
import { silentLogger } from '../log/logger.ts';
import { databaseChecks } from './database-checks.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kln-checks-'));
});
afterEach(() => rm(home, { recursive: true }));

const check = (url?: string) => databaseChecks({ home, url, release, log: silentLogger });
const wrong = async (url?: string) => (await check(url)).filter(({ ok }) => !ok);

test('a home that was never started is in order', async () => {
  const checks = await check();
  expect(checks.map(({ name }) => name)).toEqual([
    'database program',
    'database user',
    'database folder',
    'database socket',
    'database server',
  ]);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
});

test('a folder that others may enter is named, with the command that closes it', async () => {
  await mkdir(join(home, 'postgres'));
  await chmod(join(home, 'postgres'), 0o755);
  expect(await wrong()).toMatchObject([
    { name: 'database folder', remedy: { en: expect.stringContaining('chmod 700') } },
  ]);
});

test('a server of the released schema is in order, and one that is empty is not', async () => {
  const [whole, empty] = [await testDatabase(), await testDatabase({ through: 0 })];
  expect(await wrong(whole.url)).toEqual([]);
  expect(await wrong(empty.url)).toMatchObject([
    { name: 'database schema', detail: { fr: expect.stringContaining('0001_platform.sql') } },
  ]);
  await Promise.all([whole.close(), empty.close()]);
});

test('a server that is not there, and a login that may too much, are told apart', async () => {
  const database = await testDatabase();
  expect(await wrong(database.superuserUrl)).toMatchObject([
    { name: 'database login', detail: { sv: 'postgres är superanvändare' } },
  ]);
  expect(await wrong('postgresql://kulning@localhost/kulning?host=%2Fnowhere')).toMatchObject([
    { name: 'database server', detail: { en: 'The database does not answer.' } },
  ]);
  await database.close();
});
