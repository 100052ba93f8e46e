import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { silentLogger } from '../log/logger.ts';
import { findPostmaster } from './embedded-cluster.ts';
import { startEmbeddedPostgres, stopEmbeddedPostgres } from './embedded-server.ts';

const nobody = 65_534;
let home: string;

beforeEach(async () => {
  if (process.geteuid?.() !== 0) throw new Error('these tests change users: run `sudo npm run test:system`');
  home = await mkdtemp(join(tmpdir(), 'kln-user-'));
});
afterEach(async () => {
  await stopEmbeddedPostgres(home);
  await rm(home, { recursive: true, force: true });
});

const withoutNamespaces = () =>
  startEmbeddedPostgres({ home, log: silentLogger, unshare: '/nonexistent/unshare' });
const dataDirectory = () => join(home, 'postgres', '18');

async function uidOfServer(): Promise<number> {
  const pid = await findPostmaster(dataDirectory());
  return Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

async function count(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table if not exists counted (n int); insert into counted values (1)');
  const { rowCount } = await client.query('select n from counted');
  await client.end();
  return rowCount ?? 0;
}

test('where namespaces are forbidden, root is refused as long as nobody cannot reach the home, and told what to open', async () => {
  const refusal = await withoutNamespaces().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ code: 'database.needs_ordinary_user' });
  await chmod(home, 0o711);
  await chmod(join(home, 'run'), 0o711);
  const server = await withoutNamespaces();
  expect(await uidOfServer()).toBe(nobody);
  expect((await stat(dataDirectory())).uid).toBe(nobody);
  await server.stop();
});

test('data survives a change between both ways of not being root', async () => {
  const inNamespace = await startEmbeddedPostgres({ home, log: silentLogger });
  expect([await uidOfServer(), await count(inNamespace.superuserUrl)]).toEqual([0, 1]);
  await inNamespace.stop();
  await chmod(home, 0o711);
  await chmod(join(home, 'run'), 0o711);
  const asNobody = await withoutNamespaces();
  expect([await uidOfServer(), await count(asNobody.superuserUrl)]).toEqual([nobody, 2]);
  await asNobody.stop();
  const again = await startEmbeddedPostgres({ home, log: silentLogger });
  expect([await uidOfServer(), await count(again.superuserUrl)]).toEqual([0, 3]);
  await again.stop();
});

/** Starts and stops a server as an ordinary user, in a process of its own. */
async function startAsNobody(): Promise<string> {
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const script = `
    import { startEmbeddedPostgres } from ${module('embedded-server.ts')};
    import { silentLogger } from ${module('../log/logger.ts')};
    try {
      const server = await startEmbeddedPostgres({ home: ${JSON.stringify(home)}, log: silentLogger });
      console.log('started');
      await server.stop();
    } catch (error) {
      console.log(error.code, error.message);
    }`;
  const options = { uid: nobody, gid: nobody, cwd: '/' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    options,
  );
  return stdout.trim();
}

test('an ordinary user starts it as themselves', async () => {
  await chown(home, nobody, nobody);
  expect(await startAsNobody()).toBe('started');
});

test('a home that root started first is refused to an ordinary user, with the command that gives it to them', async () => {
  const server = await startEmbeddedPostgres({ home, log: silentLogger });
  await server.stop();
  await chmod(home, 0o777);
  await chmod(join(home, 'run'), 0o777);
  expect(await startAsNobody()).toBe(
    `database.wrong_owner ${join(home, 'postgres')} belongs to uid 0, and this process is uid ${nobody}.`,
  );
});
