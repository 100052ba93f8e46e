import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import type { Logger } from '../log/logger.ts';
import { connectionOptions } from './database.ts';
import { toSqlError } from './sql-error.ts';

/** Work under way, from the moment a process leads until it no longer does. */
export interface Work {
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  readonly url: string;
  /** Which work; leaders of different names do not know of each other. */
  readonly name: string;
  /** Begins the work; called each time this process comes to lead. */
  readonly lead: () => Promise<Work>;
  readonly log: Logger;
  /** How often a process looks whether it can lead, or still leads. Default 500 ms. */
  readonly intervalMs?: number;
}

export interface Leadership {
  isLeader(): boolean;
  /** Stops the work if it is this process's, and only then lets another begin it. */
  close(): Promise<void>;
}

/** After a database that did not answer. */
const retryMs = 1_000;

/** The server drops a peer that vanished without a farewell (a machine that lost power) after six seconds. */
const keepalives = '-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3';

/**
 * Lets one process of many do a piece of work: the one whose connection holds the advisory lock. A process that dies
 * loses its connection, and the lock with it; another takes over within `intervalMs`. One that is cut off and lives on
 * finds out at its next look, so for a moment two may work: what is led must stay right then, only not be done twice
 * for nothing.
 */
export function contend(options: LeadershipOptions): Leadership {
  const { log, name, intervalMs = 500 } = options;
  const stopping = new AbortController();
  let leading = false;
  const term = async () => {
    const client = await connect(options.url, intervalMs);
    let work: Work | undefined;
    try {
      while (!stopping.signal.aborted) {
        if (work !== undefined) await client.query('select 1');
        else if (await tryLock(client, name)) {
          work = await options.lead();
          leading = true;
          log.info('leadership.taken', { work: name });
        }
        await pause(intervalMs, stopping.signal);
      }
    } finally {
      leading = false;
      await work?.stop();
      await discard(client);
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await term().catch((error: unknown) => log.error('leadership.lost', toSqlError(error), { work: name }));
      await pause(retryMs, stopping.signal);
    }
  })();
  return {
    isLeader: () => leading,
    async close() {
      stopping.abort();
      await running;
    },
  };
}

/** Does the work while no other process does work of that name; waits for its turn. */
export async function inTurn<T>(url: string, name: string, work: () => Promise<T>): Promise<T> {
  const client = new Client(connectionOptions({ url, role: 'app', statementTimeoutMs: 0 }));
  client.on('error', () => undefined); // The next query fails; the lock is gone with the connection.
  try {
    await client.connect();
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`kulning ${name}`]);
    return await work();
  } catch (error) {
    throw toSqlError(error);
  } finally {
    await discard(client);
  }
}

async function connect(url: string, intervalMs: number): Promise<Client> {
  const connection = connectionOptions({ url, role: 'app' });
  const client = new Client({
    ...connection,
    options: `${connection.options ?? ''} ${keepalives}`,
    application_name: 'kulning leadership',
    query_timeout: Math.max(2_000, 2 * intervalMs),
  });
  // Its next query fails, and that failure is the one that is handled.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await discard(client);
    throw error;
  }
  return client;
}

async function tryLock(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
    [`kulning ${name}`],
  );
  return rows[0]?.mine === true;
}

/** Ends a connection that may be half dead: `end` waits for a farewell that might never come. */
async function discard(client: Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await Promise.race([ended, sleep(1_000, undefined, { ref: false })]);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // Aborted early, which is what `signal` is for.
}
