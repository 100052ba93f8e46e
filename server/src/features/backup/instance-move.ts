import { pipeline } from 'node:stream/promises';

import { KulningError } from '@kulning/sdk';
import type { Client } from 'pg';

import type { Logger } from '../../platform/log/logger.ts';
import { inTransaction, withClient } from '../../platform/postgres/database-client.ts';
import { ensureDatabaseRoles } from '../../platform/postgres/database-roles-check.ts';
import { migrate } from '../../platform/postgres/migrator.ts';
import { markSchema } from '../../platform/postgres/schema-mark.ts';
import {
  checksum,
  copyIn,
  copyOut,
  emptyTables,
  endWrites,
  lockWrites,
  readMigrationRows,
  readSequences,
  readTables,
  restoreSequences,
  type TableShape,
} from './backup-store.ts';
import { backupWords } from './backup-words.ts';
import { claimTarget, readTarget } from './restore-target.ts';

export interface MoveInstanceOptions {
  readonly from: string;
  readonly to: string;
  readonly release: string;
  readonly log: Logger;
  readonly migrationsFolder?: string;
}

export interface MoveReport {
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
}

/**
 * Moves the database to another PostgreSQL. Reading goes on; writes wait, and once the copy is verified they are
 * refused for good on the old side, so nothing is acknowledged that the new side lacks. Blobs and spool stay: what
 * gateways have spooled meanwhile is shipped to the new side.
 * @throws KulningError `move.not_empty`, `move.differs`, and those of the database
 */
export async function moveInstance(options: MoveInstanceOptions): Promise<MoveReport> {
  const { from, to, log } = options;
  await ensureDatabaseRoles(to);
  return withClient(from, 'migrator', (source) =>
    withClient(to, 'migrator', async (target) => {
      if ((await readTarget(target)) === 'used') throw notEmpty();
      await claimTarget(target);
      const last = (await readMigrationRows(source)).at(-1)?.version ?? 0;
      await migrateTarget(options, last);
      const report = await inTransaction(source, 'begin', async () => {
        const tables = await readTables(source);
        await lockWrites(source, tables);
        const copied = await inTransaction(target, 'begin', () => copyAll(source, target, tables));
        await endWrites(source);
        await markSchema(source, 'moved');
        return copied;
      });
      log.info('instance.moved', { tables: report.tables.length });
      return report;
    }),
  );
}

function migrateTarget(
  { to, log, release, migrationsFolder }: MoveInstanceOptions,
  through: number,
): Promise<unknown> {
  return migrate({
    url: to,
    log,
    release,
    restoring: true,
    through,
    ...(migrationsFolder !== undefined && { folder: migrationsFolder }),
  });
}

async function copyAll(source: Client, target: Client, tables: readonly TableShape[]): Promise<MoveReport> {
  await emptyTables(target, tables);
  const report: { name: string; rows: number }[] = [];
  for (const table of tables) {
    const rows = await copyIn(target, table, (sink) => pipeline(copyOut(source, table), sink));
    const [before, after] = [await checksum(source, table), await checksum(target, table)];
    if (before !== after) throw differs(table.name, before, after);
    report.push({ name: table.name, rows });
  }
  await restoreSequences(target, await readSequences(source));
  await markSchema(target, null);
  return { tables: report };
}

function notEmpty(): KulningError {
  return new KulningError({
    code: 'move.not_empty',
    status: 409,
    text: backupWords.moveNotEmpty,
  });
}

function differs(table: string, before: string, after: string): KulningError {
  return new KulningError({
    code: 'move.differs',
    status: 500,
    text: backupWords.moveDiffers(table, before, after),
  });
}
