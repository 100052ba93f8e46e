import { Kysely, type QueryExecutorProvider, sql, type Transaction } from 'kysely';
import { type ClientConfig, Pool, TypeOverrides, types } from 'pg';

import { KulningError } from '@kulning/sdk';

import type { Logger } from '../log/logger.ts';
import { type Listener, listen } from './database-listener.ts';
import type { DatabaseRole } from './database-roles.ts';
import { databaseWords } from './database-words.ts';
import { createScrubbingDialect } from './scrubbing-dialect.ts';

/** No tables: what a database is before a slice says which tables it works on. */
type None = object;

/** Any open transaction, whatever tables it is typed for: what one slice hands to another. */
export type AnyTransaction = QueryExecutorProvider & { readonly isTransaction: true };

/**
 * One pool of connections, bound to one role. `int8` comes back as `bigint`, `timestamptz` as `Date`, `numeric` as
 * `string`. Failures are `SqlError`s and quote no value.
 */
export interface Database<Tables = None> {
  /** Outside any organisation: sees tables of the instance, and no row of a tenant's table. */
  readonly kysely: Kysely<Tables>;
  /** The same pool, typed for a slice's own tables. */
  withTables<T>(): Database<T>;
  /** One transaction in which the tables of organisations hold the rows of this one only. */
  inOrganisation<T>(organisationId: string, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * One transaction across organisations, for background work and login. `reason` says why; it is constant text and
   * shows as the connection's application name.
   */
  inInstance<T>(reason: string, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * Hears a channel on its own connection, which is made again whenever it dies. After each reconnection `on` is
   * called with the empty string: anything may have been missed. Rejects when the first connection fails.
   */
  listen(channel: string, on: (payload: string) => void): Promise<Listener>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly role: DatabaseRole;
  readonly poolSize: number;
  readonly log: Logger;
  /** Milliseconds a statement may take; 0 is without limit. Default 30 000, and 0 for the migrator. */
  readonly statementTimeoutMs?: number;
}

/** Opens no connection yet; the first query does. */
export function openDatabase(options: DatabaseOptions): Database {
  const connection = connectionOptions(options);
  const pool = new Pool({ ...connection, max: options.poolSize, idleTimeoutMillis: 30_000 });
  // An idle connection that dies leaves the pool by itself; without a listener it would end the process.
  pool.on('error', (error) =>
    options.log.warn('database.idle_connection_lost', { role: options.role, error: error.name }),
  );
  // So would one that dies at work: its query fails besides, and that failure is the one that is handled.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<None>({ dialect: createScrubbingDialect(pool) });

  const database: Database = {
    kysely,
    withTables: <T>() => database as unknown as Database<T>,
    inOrganisation(organisationId, work) {
      if (organisationId === '')
        throw new KulningError({
          code: 'database.no_organisation',
          status: 500,
          text: databaseWords.noOrganisation,
        });
      return kysely.transaction().execute(async (trx) => {
        await sql`select set_config('kulning.organisation', ${organisationId}, true)`.execute(trx);
        return work(trx);
      });
    },
    inInstance: (reason, work) =>
      kysely.transaction().execute(async (trx) => {
        await sql`select set_config('kulning.instance', 'on', true), set_config('application_name', ${`kulning ${options.role}: ${reason}`}, true)`.execute(
          trx,
        );
        return work(trx);
      }),
    listen: (channel, on) => listen({ connection, channel, on, log: options.log }),
    close: () => kysely.destroy(),
  };
  return database;
}

/** Types a transaction that another slice opened for one's own tables. */
export function tablesOf<Tables>(trx: AnyTransaction): Transaction<Tables> {
  return trx as unknown as Transaction<Tables>;
}

/**
 * The role is a start-up option and not a `SET ROLE` statement: it costs no round trip, and `RESET ROLE` leads back
 * to it. The login itself inherits nothing (database-roles.ts).
 */
export function connectionOptions({
  url,
  role,
  statementTimeoutMs,
}: Pick<DatabaseOptions, 'url' | 'role' | 'statementTimeoutMs'>): ClientConfig {
  const timeoutMs = statementTimeoutMs ?? (role === 'migrator' ? 0 : 30_000);
  const parsers = new TypeOverrides();
  parsers.setTypeParser(types.builtins.INT8, BigInt);
  const settings = {
    role: `kulning_${role}`,
    search_path: 'kulning,pg_temp',
    statement_timeout: timeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    timezone: 'UTC',
  };
  return {
    connectionString: url,
    application_name: `kulning ${role}`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types: parsers,
  };
}
