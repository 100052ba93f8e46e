import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Pool } from 'pg';

import { toSqlError } from './sql-error.ts';

/** Kysely on `pg`, where no failure leaves with a value that PostgreSQL quoted (see `SqlError`). */
export function createScrubbingDialect(pool: Pool): PostgresDialect {
  const dialect = new PostgresDialect({ pool });
  const createDriver = dialect.createDriver.bind(dialect);
  return Object.assign(dialect, { createDriver: () => scrubDriver(createDriver()) });
}

function scrubDriver(driver: Driver): Driver {
  /** The inner driver knows its own connections only. */
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const innerOf = (connection: DatabaseConnection): DatabaseConnection => {
    const found = inner.get(connection);
    if (found === undefined) throw new TypeError('a connection of another driver');
    return found;
  };
  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      const connection = await scrub(() => driver.acquireConnection(options));
      const scrubbed = scrubConnection(connection);
      inner.set(scrubbed, connection);
      return scrubbed;
    },
    beginTransaction: (connection, settings: TransactionSettings) =>
      scrub(() => driver.beginTransaction(innerOf(connection), settings)),
    commitTransaction: (connection) => scrub(() => driver.commitTransaction(innerOf(connection))),
    rollbackTransaction: (connection) => scrub(() => driver.rollbackTransaction(innerOf(connection))),
    savepoint: async (connection, name, compile) =>
      scrub(async () => driver.savepoint?.(innerOf(connection), name, compile)),
    rollbackToSavepoint: async (connection, name, compile) =>
      scrub(async () => driver.rollbackToSavepoint?.(innerOf(connection), name, compile)),
    releaseSavepoint: async (connection, name, compile) =>
      scrub(async () => driver.releaseSavepoint?.(innerOf(connection), name, compile)),
    releaseConnection: (connection, options) => driver.releaseConnection(innerOf(connection), options),
    destroy: (options) => driver.destroy(options),
  };
}

function scrubConnection(connection: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: <R>(query: CompiledQuery) => scrub(() => connection.executeQuery<R>(query)),
    async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
      try {
        yield* connection.streamQuery<R>(query, chunkSize);
      } catch (error) {
        throw toSqlError(error);
      }
    },
  };
}

async function scrub<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSqlError(error);
  }
}
