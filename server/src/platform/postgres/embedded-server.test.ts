import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { silentLogger } from '../log/logger.ts';
import { findPostmaster } from './embedded-cluster.ts';
import { boundServerLog } from './embedded-log.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopEmbeddedPostgres } from './embedded-server.ts';

let seed: string;
let home: string;

beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), 'kln-server-'));
  await (await startEmbeddedPostgres({ home: seed, log: silentLogger })).stop();
});
afterAll(() => rm(seed, { recursive: true, force: true }));

/** A home that was started once; the tests of the first start empty it. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kln-server-'));
  await cp(join(seed, 'postgres', '18'), join(home, 'postgres', '18'), { recursive: true });
});
const emptyHome = () => rm(join(home, 'postgres'), { recursive: true });
afterEach(async () => {
  await stopEmbeddedPostgres(home);
  await rm(home, { recursive: true, force: true });
});

const start = (more: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}) =>
  startEmbeddedPostgres({ home, log: silentLogger, ...more });
const dataDirectory = () => join(home, 'postgres', '18');

async function postmaster(): Promise<number> {
  const pid = await findPostmaster(dataDirectory());
  if (pid === undefined) throw new Error('no server runs');
  return pid;
}

async function query<R extends object = Record<string, unknown>>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<R[]> {
  const client = new Client({ connectionString: url });
  // A server that is killed breaks the connection twice: the query fails, and this event tells it again.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Asks again until the server answers: after a kill it is gone or in recovery for a while. */
async function patientQuery<R extends object>(url: string, text: string): Promise<R[]> {
  for (const deadline = Date.now() + 30_000; ; await sleep(50)) {
    try {
      return await query<R>(url, text);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Inserts one row after the other until `signal`, through crashes; returns those that were acknowledged. */
async function insertUntil(url: string, signal: AbortSignal): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let n = 0; !signal.aborted; n += 1) {
    await query(url, 'insert into counted values ($1)', [n]).then(
      () => acknowledged.push(n),
      () => sleep(10),
    );
  }
  return acknowledged;
}

/** A supervisor in a process of its own, stopped by the end of its standard input. */
async function startInProcess() {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-server.ts'))};
    import { silentLogger } from ${JSON.stringify(join(import.meta.dirname, '..', 'log', 'logger.ts'))};
    const server = await startEmbeddedPostgres({ home: ${JSON.stringify(home)}, log: silentLogger });
    console.log(await server.isOwner() ? 'owner' : 'guest');
    process.stdin.resume().on('end', async () => { await server.stop(); process.exit(0); });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  return {
    child,
    said: once(lines, 'line').then(([line]) => String(line)),
    async stop() {
      child.stdin.end();
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('serves on a socket in a private folder, and on no port', async () => {
  const server = await start();
  expect(await query(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
  for (const folder of ['postgres', 'postgres/18', 'run/postgres'])
    expect((await stat(join(home, folder))).mode & 0o777).toBe(0o700);
  const [settings] = await query(
    server.url,
    `select current_setting('fsync') as fsync, current_setting('data_checksums') as checksums, current_user as "user"`,
  );
  expect(settings).toEqual({ fsync: 'on', checksums: 'on', user: 'kulning' });
  await server.stop();
  expect(await findPostmaster(dataDirectory())).toBeUndefined();
  expect(await readdir(join(home, 'run', 'postgres'))).toEqual([]);
});

test('the server holds no privilege, whoever starts it', async () => {
  const server = await start();
  const status = await readFile(`/proc/${await postmaster()}/status`, 'utf8');
  expect(status).toMatch(/^CapEff:\s+0+$/m);
  const ids = (await readFile(`/proc/${await postmaster()}/uid_map`, 'utf8')).trim().split(/\s+/).map(Number);
  expect(ids[0]).toBe(process.geteuid?.() === 0 ? 65_534 : 0);
  await server.stop();
});

test('keeps data over a stop and a start', async () => {
  const first = await start();
  await query(first.superuserUrl, 'create table counted (n int)');
  await query(first.superuserUrl, 'insert into counted values (1)');
  await first.stop();
  const second = await start();
  expect(await query(second.superuserUrl, 'select n from counted')).toEqual([{ n: 1 }]);
  await second.stop();
});

test('comes back by itself after kill -9 of the server and of a backend, and no acknowledged row is lost', async () => {
  const server = await start();
  await query(server.superuserUrl, 'create table counted (n int)');
  const stop = new AbortController();
  const inserting = insertUntil(server.superuserUrl, stop.signal);
  const killed: number[] = [];
  for (const victim of ['postmaster', 'backend', 'postmaster', 'backend']) {
    await sleep(300);
    const pid = victim === 'postmaster' ? await postmaster() : await backendOf(server);
    process.kill(pid, 'SIGKILL');
    killed.push(pid);
    await patientQuery(server.url, 'select 1');
  }
  await sleep(300);
  stop.abort();
  const acknowledged = await inserting;
  const stored = new Set(
    (await patientQuery<{ n: number }>(server.superuserUrl, 'select n from counted')).map(({ n }) => n),
  );
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(killed).toHaveLength(4);
  await server.stop();
});

test('comes back also when the server is killed again while its supervisor still takes it over', async () => {
  const server = await start();
  // Taking over reads this file: a pipe makes it wait there.
  const ownerFile = join(home, 'postgres', 'owner');
  await rm(ownerFile);
  execFileSync('mkfifo', [ownerFile]);
  process.kill(await postmaster(), 'SIGKILL');
  const takingOver = await open(ownerFile, 'w');
  process.kill(await postmaster(), 'SIGKILL');
  await expect(query(server.url, 'select 1')).rejects.toThrow();
  await sleep(100);
  await takingOver.close();
  expect(await patientQuery(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

async function backendOf(server: EmbeddedPostgres): Promise<number> {
  const found = await patientQuery<{ pid: number }>(
    server.superuserUrl,
    `select pid from pg_stat_activity where application_name = 'kulning supervisor'`,
  );
  return found[0]?.pid ?? (await backendOf(server));
}

test('of two supervisors on one home the second is a guest, and leaves the server to the first', async () => {
  await emptyHome();
  const [one, two] = await Promise.all([startInProcess(), startInProcess()]);
  const roles = await Promise.all([one.said, two.said]);
  const [owner, guest] = roles[0] === 'owner' ? [one, two] : [two, one];
  expect(roles.toSorted()).toEqual(['guest', 'owner']);
  const pid = await postmaster();
  await guest.stop();
  expect(await findPostmaster(dataDirectory())).toBe(pid);
  await owner.stop();
  expect(await findPostmaster(dataDirectory())).toBeUndefined();
});

test('a supervisor takes over the server of one that was killed', async () => {
  const first = await startInProcess();
  expect(await first.said).toBe('owner');
  const pid = await postmaster();
  await first.kill();
  const second = await start();
  expect([await second.isOwner(), await postmaster()]).toEqual([true, pid]);
  await second.stop();
  expect(await findPostmaster(dataDirectory())).toBeUndefined();
});

test('lock files whose pid was given to another program do not keep the server from starting', async () => {
  const first = await start();
  const socketLock = join(home, 'run', 'postgres', '.s.PGSQL.5432.lock');
  const locks = await Promise.all(
    [join(dataDirectory(), 'postmaster.pid'), socketLock].map(async (path) => ({
      path,
      text: await readFile(path, 'utf8'),
    })),
  );
  await first.stop();
  for (const { path, text } of locks) await writeFile(path, text.replace(/^\d+/, String(process.pid)));
  const second = await start({ startTimeoutMs: 10_000 });
  await second.stop();
});

test('an init that was interrupted is cleared away and done again', async () => {
  await emptyHome();
  const broken = join(home, 'postgres', '.init-999999-1-abcd');
  await mkdir(join(broken, 'base'), { recursive: true });
  await writeFile(join(broken, 'PG_VERSION'), '18');
  const server = await start();
  expect((await readdir(join(home, 'postgres'))).filter((name) => name.startsWith('.init'))).toEqual([]);
  await server.stop();
});

test('a supervisor killed at any moment of the first start leaves a home that starts', async () => {
  await emptyHome();
  for (const afterMs of [250, 450, 700, 1_000]) {
    const first = await startInProcess();
    first.said.catch(() => undefined);
    await sleep(afterMs);
    await first.kill();
  }
  const server = await start();
  expect(await query(server.url, 'select current_user as "user"')).toEqual([{ user: 'kulning' }]);
  await server.stop();
});

test('data of another major version is refused and left alone', async () => {
  await emptyHome();
  await mkdir(join(home, 'postgres', '17'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'postgres', '17', 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toMatchObject({ code: 'database.other_major' });
  expect(await readdir(join(home, 'postgres', '17'))).toEqual(['PG_VERSION']);
});

test('a server that cannot start is reported with its own last words', async () => {
  const server = await start();
  await server.stop();
  await rm(join(dataDirectory(), 'global', 'pg_control'));
  await expect(start({ startTimeoutMs: 2_000 })).rejects.toMatchObject({
    code: 'database.start_failed',
    message: expect.stringContaining('pg_control'),
  });
});

test('a home too deep for a socket path is served through a short link, and not through one that a stranger changed', async () => {
  const deep = join(home, 'x'.repeat(100));
  await cp(join(seed, 'postgres', '18'), join(deep, 'postgres', '18'), { recursive: true });
  const server = await start({ home: deep });
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();

  const link = new URL(server.url).searchParams.get('host')!;
  await rm(link);
  await symlink(home, link);
  await expect(start({ home: deep })).rejects.toMatchObject({ code: 'home.path_too_long' });
  await rm(link);
});

test('no statement, parameter or value reaches the server log', async () => {
  const server = await start();
  const secret = 'solveig.andersson@example.org';
  await query(server.superuserUrl, 'create table person (mail text primary key, age int)');
  const provocations: [string, unknown[]][] = [
    [`select '${secret}'::int`, []],
    ['select $1::int', [secret]],
    [`select * from nowhere where mail = '${secret}'`, []],
    ['insert into person values ($1, 1), ($1, 2)', [secret]],
    [`do $$ begin raise warning '${secret}'; end $$`, []],
    [`select pg_terminate_backend(pg_backend_pid()), '${secret}'`, []],
  ];
  for (const [text, values] of provocations)
    await query(server.superuserUrl, text, values).catch(() => undefined);
  const slow = query(server.superuserUrl, `select pg_sleep(30), '${secret}'`).catch(() => undefined);
  await expect
    .poll(() =>
      query(server.superuserUrl, `select pid from pg_stat_activity where query like 'select pg_sleep%'`),
    )
    .toHaveLength(1);
  const [sleeper] = await query<{ pid: number }>(
    server.superuserUrl,
    `select pid from pg_stat_activity where query like 'select pg_sleep%'`,
  );
  process.kill(sleeper!.pid, 'SIGKILL');
  await slow;
  const log = () => readFile(join(home, 'log', 'postgres.log'), 'utf8');
  await expect.poll(log).toContain('terminated by signal 9');
  expect(await log()).not.toContain(secret);
  await server.stop();
});

test('the server log stays within its bounds, and the server goes on writing to it', async () => {
  const server = await start();
  const log = join(home, 'log', 'postgres.log');
  await boundServerLog(log);
  await expect(stat(`${log}.1`)).rejects.toMatchObject({ code: 'ENOENT' });
  await appendFile(log, 'x'.repeat(5 * 1024 * 1024));
  await boundServerLog(log);
  expect((await stat(log)).size).toBe(0);
  expect((await stat(`${log}.1`)).size).toBeGreaterThan(5 * 1024 * 1024);
  await server.stop();
  // Its last line is written while it goes, after the files that say that it is gone.
  await expect
    .poll(() => readFile(log, 'utf8'), { timeout: 5_000 })
    .toContain('database system is shut down');
});
