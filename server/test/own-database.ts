import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger } from '../src/platform/log/logger.ts';
import { type Database, openDatabase } from '../src/platform/postgres/database.ts';
import type { DatabaseRole } from '../src/platform/postgres/database-roles.ts';
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded-server.ts';
import { migrate } from '../src/platform/postgres/migrator.ts';
import { release } from '../src/release.ts';

export interface OwnDatabase {
  /** Also holds what the program under measurement keeps beside its database. */
  readonly home: string;
  readonly url: string;
  open(role: DatabaseRole): Database;
  /** Closes the pools, stops the server and removes the folder. */
  close(): Promise<void>;
}

/** A PostgreSQL of its own as the product runs it (fsync on), migrated and empty: for benchmarks and proofs outside vitest. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const home = mkdtempSync(join(tmpdir(), 'kulning-own-'));
  const server = await startEmbeddedPostgres({ home, log: silentLogger });
  await migrate({ url: server.url, log: silentLogger, release });
  const pools: Database[] = [];
  return {
    home,
    url: server.url,
    open(role) {
      const pool = openDatabase({ url: server.url, role, poolSize: 4, log: silentLogger });
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await server.stop();
      rmSync(home, { recursive: true });
    },
  };
}
