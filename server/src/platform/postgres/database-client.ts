import { Client } from 'pg';

import { connectionOptions } from './database.ts';
import type { DatabaseRole } from './database-roles.ts';
import { toSqlError } from './sql-error.ts';

/** One connection of the role, for what a pool cannot do (COPY, locks over many statements); closed afterwards. */
export async function withClient<T>(
  url: string,
  role: DatabaseRole,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(connectionOptions({ url, role }));
  client.on('error', () => undefined); // What is under way rejects by itself.
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toSqlError(error);
  } finally {
    await client.end();
  }
}

/** One transaction across organisations. It may be idle for long: the other end of a copy can be slow. */
export async function inTransaction<T>(client: Client, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    await client.query(
      `set local idle_in_transaction_session_timeout = 0; select set_config('kulning.instance', 'on', true)`,
    );
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // A dead connection has rolled back already.
    throw error;
  }
}
