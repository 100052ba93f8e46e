import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { KulningError } from '@kulning/sdk';
import { Client, DatabaseError } from 'pg';

import type { Logger } from '../log/logger.ts';
import { findEmbeddedBinaries, linkLibraries } from './embedded-binaries.ts';
import { bootstrap, embeddedUrl } from './embedded-bootstrap.ts';
import { ensureCluster, findPostmaster, removeForeignLocks, superuser } from './embedded-cluster.ts';
import { boundServerLog, lastWords, openServerLog, serverLogSize } from './embedded-log.ts';
import { databaseWords } from './database-words.ts';
import { chooseEmbeddedUser, giveFolder } from './embedded-user.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import { socketDirectory } from './socket-directory.ts';

export interface EmbeddedPostgres {
  /** For `openDatabase` and the migrator; logs in as a user who may take the three roles and nothing else. */
  readonly url: string;
  /** For doctor and tests: the cluster's superuser. */
  readonly superuserUrl: string;
  /** False for a guest: another living supervisor started the server and will stop it. */
  isOwner(): Promise<boolean>;
  /** Stops the server if this supervisor owns it; waits until it is down. */
  stop(): Promise<void>;
  /** Leaves the server running and watches it no more; `stopEmbeddedPostgres` stops it later. */
  detach(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** KULNING_HOME: data in `postgres/`, the socket in `run/postgres/`, the log in `log/`. */
  readonly home: string;
  readonly log: Logger;
  /** More server settings; tests turn syncing off, nothing else should. */
  readonly settings?: Readonly<Record<string, string>>;
  /** See `chooseEmbeddedUser`. */
  readonly unshare?: string;
  /** How long a start may take, recovery after a crash included. Default 60 000. */
  readonly startTimeoutMs?: number;
}

/**
 * Settings that safety rests on, so they stand on the command line and win over postgresql.conf. Those of the log
 * see to it that no statement, parameter or value of a row is ever written to it: messages of level ERROR and
 * WARNING quote values, those of LOG and FATAL do not, and their details are left out.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
  jit: 'off',
};

/** Starts the server of `home`, or attaches to the one that runs, and keeps it running until `stop`. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await prepare(options);
  const supervisor = new Supervisor(server, options.log, options.startTimeoutMs ?? 60_000);
  await supervisor.start();
  return {
    url: embeddedUrl(server.sockets),
    superuserUrl: server.superuserUrl,
    isOwner: () => isOwner(server.ownerFile),
    stop: () => supervisor.stop(),
    detach: () => supervisor.detach(),
  };
}

/**
 * The server that runs on `home`, for a process that did not start it.
 * @throws KulningError `database.not_running`
 */
export async function embeddedServerOf(home: string): Promise<string> {
  const sockets = await socketDirectory(join(home, 'run', 'postgres'), '.s.PGSQL.5432.lock');
  if (existsSync(join(sockets, '.s.PGSQL.5432'))) return embeddedUrl(sockets);
  throw new KulningError({ code: 'database.not_running', status: 503, text: databaseWords.notRunning(home) });
}

/** Stops the server that runs on `home`, whoever started it; for `kulning down`. */
export async function stopEmbeddedPostgres(home: string): Promise<boolean> {
  const { majorVersion } = await findEmbeddedBinaries();
  return stopPostmaster(join(home, 'postgres', majorVersion));
}

type Server = Awaited<ReturnType<typeof prepare>>;

async function prepare({ home, unshare, settings: more }: EmbeddedPostgresOptions) {
  const [folder, socketFolder] = [join(home, 'postgres'), join(home, 'run', 'postgres')];
  for (const path of [folder, socketFolder]) await mkdir(path, { recursive: true, mode: 0o700 });
  const binaries = await findEmbeddedBinaries();
  const user = await chooseEmbeddedUser({
    folders: [folder, socketFolder, binaries.postgres],
    ...(unshare !== undefined && { unshare }),
  });
  for (const path of [folder, socketFolder]) await giveFolder(path, user);
  await chmod(folder, 0o700);
  const sockets = await socketDirectory(socketFolder, '.s.PGSQL.5432.lock');
  const env = {
    LD_LIBRARY_PATH: await linkLibraries(binaries, join(folder, 'lib')),
    PATH: process.env['PATH'],
    TZ: 'UTC',
  };
  // Made just now, perhaps; the rest of the folder has its owner already.
  await giveFolder(join(folder, 'lib'), user);
  const dataDirectory = await ensureCluster({ folder, binaries, user, env });
  const flags = Object.entries({ ...settings, unix_socket_directories: sockets, ...more }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );
  const command = [...user.prefix, binaries.postgres, '-D', dataDirectory, ...flags];
  return {
    command,
    env,
    user,
    dataDirectory,
    sockets,
    logFile: join(home, 'log', 'postgres.log'),
    ownerFile: join(folder, 'owner'),
    superuserUrl: embeddedUrl(sockets, superuser, 'postgres'),
  };
}

/** An open connection, and its end: watched from before it opened, for it may end before anybody looks. */
interface Watch {
  readonly client: Client;
  readonly ended: Promise<void>;
}

/** Holds one connection open: its end is the sign that the server went away, whoever's child it is. */
class Supervisor {
  readonly #server: Server;
  readonly #log: Logger;
  readonly #startTimeoutMs: number;
  #child: ChildProcess | undefined;
  #watch: Watch | undefined;
  #stopping = false;
  #recovery: Promise<void> = Promise.resolve();
  #housekeeping: NodeJS.Timeout | undefined;

  constructor(server: Server, log: Logger, startTimeoutMs: number) {
    this.#server = server;
    this.#log = log;
    this.#startTimeoutMs = startTimeoutMs;
  }

  async start(): Promise<void> {
    this.#watch = await this.#ensureRunning();
    await bootstrap(this.#server.superuserUrl, embeddedUrl(this.#server.sockets, superuser));
    void this.#guard(this.#watch);
    const bound = () =>
      void boundServerLog(this.#server.logFile).catch((error: unknown) =>
        this.#log.error('database.log_unbounded', error),
      );
    this.#housekeeping = setInterval(bound, 60_000).unref();
  }

  async detach(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#housekeeping);
    await this.#recovery;
    await this.#watch?.client.end();
  }

  async stop(): Promise<void> {
    await this.detach();
    if (await isOwner(this.#server.ownerFile)) await stopPostmaster(this.#server.dataDirectory);
  }

  async #guard({ ended }: Watch): Promise<void> {
    await ended;
    if (this.#stopping) return;
    this.#log.warn('database.server_lost');
    this.#recovery = this.#recover();
  }

  async #recover(): Promise<void> {
    while (!this.#stopping) {
      try {
        this.#watch = await this.#ensureRunning();
        void this.#guard(this.#watch);
        this.#log.info('database.server_back');
        return;
      } catch (error) {
        this.#log.error('database.server_still_down', error);
        await sleep(1_000);
      }
    }
  }

  /** A server that answers, started if need be; orphans of a crashed one may hold it off for a while. */
  async #ensureRunning(): Promise<Watch> {
    const deadline = Date.now() + this.#startTimeoutMs;
    const logStart = await serverLogSize(this.#server.logFile);
    let pauseMs = 20;
    while (Date.now() < deadline && !this.#stopping) {
      const answer = await this.#probe();
      if (answer !== 'absent' && answer !== 'starting') {
        await claimOwnership(this.#server.ownerFile);
        return answer;
      }
      if (answer === 'absent' && this.#child === undefined) await this.#spawn();
      await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 1.5, 500);
    }
    const reason = await lastWords(this.#server.logFile, logStart).catch(() => undefined);
    throw new KulningError({
      code: 'database.start_failed',
      status: 503,
      text: databaseWords.startFailed(reason ?? '', this.#server.logFile),
      retryable: true,
    });
  }

  async #probe(): Promise<Watch | 'absent' | 'starting'> {
    const client = new Client({
      connectionString: this.#server.superuserUrl,
      application_name: 'kulning supervisor',
      connectionTimeoutMillis: 5_000,
    });
    // Repeated as 'end', which is what the guard waits for.
    client.on('error', (error) => this.#log.debug('database.watch_error', { error: error.name }));
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    try {
      await client.connect();
      return { client, ended };
    } catch (error) {
      await client.end().catch(() => undefined);
      return error instanceof DatabaseError || !isAbsence(error) ? 'starting' : 'absent';
    }
  }

  async #spawn(): Promise<void> {
    const {
      command: [program = '', ...args],
      dataDirectory,
      sockets,
      logFile,
      env,
      user,
    } = this.#server;
    await removeForeignLocks(dataDirectory, sockets);
    const output = await openServerLog(logFile);
    try {
      // Its own process group: Ctrl-C in a terminal must not reach it before Kulning has drained.
      const child = spawn(program, args, {
        cwd: dataDirectory,
        env,
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
        ...user.ids,
      });
      this.#child = child;
      const gone = () => (this.#child = undefined);
      child.once('exit', gone).once('error', gone).unref();
    } finally {
      await output.close();
    }
  }
}

/** Nobody listens on the socket: no file, or one that a dead server left. */
function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

/** The server belongs to the last supervisor that lives: one that attaches after a crash takes it over. */
async function claimOwnership(ownerFile: string): Promise<void> {
  const owner = await readFile(ownerFile, 'utf8').catch(() => '');
  if (isAlive(owner)) return;
  const draft = `${ownerFile}.${process.pid}`;
  await writeFile(draft, ownIdentity(), { mode: 0o600 });
  await rename(draft, ownerFile);
}

async function isOwner(ownerFile: string): Promise<boolean> {
  return (await readFile(ownerFile, 'utf8').catch(() => '')) === ownIdentity();
}

/** Fast shutdown: open transactions are rolled back. After half a minute, immediate: the next start recovers from the log. */
async function stopPostmaster(dataDirectory: string): Promise<boolean> {
  const pid = await findPostmaster(dataDirectory);
  if (pid === undefined) return false;
  process.kill(pid, 'SIGINT');
  const impatient = Date.now() + 30_000;
  for (let asked = false; (await findPostmaster(dataDirectory)) === pid; await sleep(20)) {
    if (asked || Date.now() < impatient) continue;
    asked = true;
    process.kill(pid, 'SIGQUIT');
  }
  return true;
}
