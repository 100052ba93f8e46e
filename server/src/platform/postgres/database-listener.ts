import { setTimeout as sleep } from 'node:timers/promises';

import { Client, type ClientConfig } from 'pg';

import type { Logger } from '../log/logger.ts';
import { quoteIdentifier } from './database-roles.ts';
import { toSqlError } from './sql-error.ts';

export interface Listener {
  /** Milliseconds since 1970 at which the connection last proved to be alive. */
  lastHeardAt(): number;
  close(): Promise<void>;
}

interface ListenOptions {
  readonly connection: ClientConfig;
  readonly channel: string;
  readonly on: (payload: string) => void;
  readonly log: Logger;
}

/** A dead connection is found within twice this: a server that vanished sends no end. */
const heartbeatMs = 400;

/** See `Database.listen`. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const stop = new AbortController();
  let heardAt = 0;
  const heard = () => (heardAt = Date.now());

  const first = await connect(options, heard);
  const running = (async () => {
    await watch(first, heard, stop.signal);
    for (let attempt = 0; !stop.signal.aborted; attempt += 1) {
      await pause(Math.min(100 * 2 ** attempt, 2_000), stop.signal);
      if (stop.signal.aborted) return;
      const client = await connect(options, heard).catch((error: unknown) => {
        options.log.warn('database.listen_failed', {
          channel: options.channel,
          attempt,
          error: error instanceof Error ? error.name : typeof error,
        });
        return undefined;
      });
      if (client === undefined) continue;
      attempt = 0;
      options.on('');
      await watch(client, heard, stop.signal);
    }
  })();

  return {
    lastHeardAt: () => heardAt,
    async close() {
      stop.abort();
      await running;
    },
  };
}

async function connect({ connection, channel, on, log }: ListenOptions, heard: () => void): Promise<Client> {
  const client = new Client({ ...connection, query_timeout: heartbeatMs * 2 });
  client.on('error', (error) => log.warn('database.listener_lost', { channel, error: error.name }));
  client.on('notification', (message) => {
    heard();
    on(message.payload ?? '');
  });
  try {
    await client.connect();
    await client.query(`listen ${quoteIdentifier(channel)}`);
  } catch (error) {
    await discard(client);
    throw toSqlError(error);
  }
  heard();
  return client;
}

/** Resolves once the connection is dead, or `signal` says that nobody listens any more. */
async function watch(client: Client, heard: () => void, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      await pause(heartbeatMs, signal);
      if (signal.aborted) break;
      await client.query('select 1');
      heard();
    }
  } catch {
    // Dead, by whatever cause: the 'error' event above has logged it, and the caller connects again.
  } finally {
    await discard(client);
  }
}

/** Ends a connection that may be half dead: `end` waits for a farewell that might never come. */
async function discard(client: Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await Promise.race([ended, sleep(heartbeatMs, undefined, { ref: false })]);
}

/** Sleeps, or returns early when aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
