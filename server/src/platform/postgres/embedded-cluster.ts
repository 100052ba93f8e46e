import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { KulningError } from '@kulning/sdk';

import { databaseWords } from './database-words.ts';
import type { EmbeddedBinaries } from './embedded-binaries.ts';
import { type EmbeddedUser, giveFolder } from './embedded-user.ts';
import { isAlive, ownIdentity } from './process-identity.ts';

/** The bootstrap user of the embedded cluster; only the supervisor logs in as it. */
export const superuser = 'postgres';

interface ClusterOptions {
  /** `<home>/postgres`; it belongs to the user already. */
  readonly folder: string;
  readonly binaries: EmbeddedBinaries;
  readonly user: EmbeddedUser;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Makes the data directory, or finds it. It comes into being whole, by a rename: a crash in the middle leaves only
 * a `.init-…` folder, which the next start removes.
 * @returns the data directory
 */
export async function ensureCluster({ folder, binaries, user, env }: ClusterOptions): Promise<string> {
  await removeBrokenInits(folder);
  const dataDirectory = join(folder, binaries.majorVersion);
  if (await exists(join(dataDirectory, 'PG_VERSION'))) return dataDirectory;
  await refuseOtherMajor(folder, binaries.majorVersion);

  const fresh = join(folder, `.init-${ownIdentity()}-${randomBytes(4).toString('hex')}`);
  await mkdir(fresh, { mode: 0o700 });
  await giveFolder(fresh, user);
  await runInitdb(binaries, user, env, fresh);
  try {
    await rename(fresh, dataDirectory);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another supervisor was first: its cluster is as good.
    if (!(await exists(join(dataDirectory, 'PG_VERSION')))) throw error;
  }
  await syncFolder(folder);
  return dataDirectory;
}

async function runInitdb(
  binaries: EmbeddedBinaries,
  user: EmbeddedUser,
  env: NodeJS.ProcessEnv,
  target: string,
): Promise<void> {
  // Built-in C.UTF-8 sorts the same on every machine, so indexes survive a change of libc.
  const args = [
    `--pgdata=${target}`,
    `--username=${superuser}`,
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--auth-local=trust',
    '--auth-host=reject',
  ];
  const [command, ...before] = [...user.prefix, binaries.initdb];
  try {
    await promisify(execFile)(command, [...before, ...args], {
      env,
      cwd: target,
      timeout: 120_000,
      ...user.ids,
    });
  } catch (cause) {
    await rm(target, { recursive: true, force: true });
    const said =
      cause instanceof Error && 'stderr' in cause
        ? String(cause.stderr).trim().split('\n').at(-1)
        : undefined;
    throw new KulningError({
      code: 'database.init_failed',
      status: 500,
      text: databaseWords.initFailed(said ?? ''),
      cause,
    });
  }
}

/** The process that serves this data directory, if one lives. Its pid file alone proves nothing: pids are reused. */
export async function findPostmaster(dataDirectory: string): Promise<number | undefined> {
  const pid = await readPid(join(dataDirectory, 'postmaster.pid'));
  return pid !== undefined && (await servesDirectory(pid, dataDirectory)) ? pid : undefined;
}

/**
 * Removes lock files whose pid now belongs to another program, as happens after a reboot of a container; PostgreSQL
 * itself removes those whose pid is free. Orphans of a crashed server still keep it from starting, by its shared memory.
 */
export async function removeForeignLocks(dataDirectory: string, socketDirectory: string): Promise<void> {
  for (const lock of [join(dataDirectory, 'postmaster.pid'), join(socketDirectory, '.s.PGSQL.5432.lock')]) {
    const pid = await readPid(lock);
    if (pid !== undefined && !(await servesDirectory(pid, dataDirectory))) await rm(lock, { force: true });
  }
}

async function readPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Math.abs(Number.parseInt(text, 10));
  return pid > 0 ? pid : undefined;
}

/** Every PostgreSQL process has its data directory as working directory. */
async function servesDirectory(pid: number, dataDirectory: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return cwd !== undefined && cwd === (await realpath(dataDirectory));
}

async function removeBrokenInits(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const identity = /^\.init-(\d+-\d+)-/.exec(name)?.[1];
    if (identity === undefined || isAlive(identity)) continue;
    // The initdb of a killed supervisor may still be writing there; then the next start removes it.
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
  }
}

async function refuseOtherMajor(folder: string, wanted: string): Promise<void> {
  const other = (await readdir(folder)).find((name) => /^\d+$/.test(name) && name !== wanted);
  if (other === undefined) return;
  throw new KulningError({
    code: 'database.other_major',
    status: 500,
    text: databaseWords.otherMajor(folder, other, wanted),
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
