import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { KulningError } from '@kulning/sdk';
import type { Client } from 'pg';

import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { type AnyTransaction, openDatabase } from '../../platform/postgres/database.ts';
import { inTransaction, withClient } from '../../platform/postgres/database-client.ts';
import { ensureDatabaseRoles } from '../../platform/postgres/database-roles-check.ts';
import { planMigrations } from '../../platform/postgres/migration-plan.ts';
import { migrate, readMigrations } from '../../platform/postgres/migrator.ts';
import { markSchema } from '../../platform/postgres/schema-mark.ts';
import { type BackupManifest, blobFile, damaged, tableFile, verifyBackup } from './backup-manifest.ts';
import { copyIn, emptyTables, restoreSequences } from './backup-store.ts';
import { backupWords } from './backup-words.ts';
import { claimTarget, readTarget, type TargetState } from './restore-target.ts';

export interface RestoreBackupOptions {
  /** The backup. */
  readonly folder: string;
  readonly url: string;
  readonly blobs: BlobStore;
  /** Folders of the home that must hold nothing: the spool of another life would be shipped into this one. */
  readonly emptyFolders: readonly string[];
  readonly release: string;
  readonly log: Logger;
  /** From the privacy slice: erases again what the restored ledger says was erased. @returns how many erasures */
  readonly replayErasures: (trx: AnyTransaction) => Promise<number>;
  /**
   * From the proof slice: leaves the restored log as it is and opens the next. The old one may have gone on after the
   * backup, and a second head of a size that was signed already would fork it.
   */
  readonly restartLog: () => Promise<unknown>;
  readonly migrationsFolder?: string;
}

export interface RestoreReport {
  readonly manifest: BackupManifest;
  /** Files applied to bring the backup to this release. */
  readonly migrated: readonly string[];
  readonly erasuresReplayed: number;
}

/**
 * Brings a backup into an empty home and database. Every byte of it is verified before anything changes. Until the
 * last step the schema is marked: a crash leaves a database that nothing serves and that the same command restores.
 * @throws KulningError `backup.damaged`, `backup.newer`, `restore.not_empty`, and those of the database
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoreReport> {
  const { folder, url, release, log, migrationsFolder } = options;
  const manifest = await verifyBackup(folder);
  await refuseForeignSchema(manifest, release, migrationsFolder);
  await ensureDatabaseRoles(url);
  await withClient(url, 'migrator', async (client) => {
    const state = await readTarget(client);
    await refuseUsed(options, state, manifest);
    await claimTarget(client);
  });

  await restoreBlobs(options, manifest);
  const migrating = {
    url,
    log,
    release,
    restoring: true,
    ...(migrationsFolder !== undefined && { folder: migrationsFolder }),
  };
  await migrate({ ...migrating, through: manifest.schema.at(-1)?.version ?? 0 });
  await withClient(url, 'migrator', (client) =>
    inTransaction(client, 'begin', () => loadTables(client, folder, manifest)),
  );
  const migrated = await migrate(migrating);
  const erasuresReplayed = await replay(options);
  await options.restartLog();
  await withClient(url, 'migrator', (client) => markSchema(client, null));
  log.info('backup.restored', {
    tables: manifest.tables.length,
    blobs: manifest.blobs.length,
    erasuresReplayed,
  });
  return { manifest, migrated, erasuresReplayed };
}

async function loadTables(client: Client, folder: string, manifest: BackupManifest): Promise<void> {
  await emptyTables(client, manifest.tables);
  for (const table of manifest.tables) {
    const rows = await copyIn(client, table, (sink) =>
      pipeline(createReadStream(tableFile(folder, table.name)), createGunzip(), sink),
    );
    if (rows !== table.rows) throw damaged(`table ${table.name}`);
  }
  await restoreSequences(client, manifest.sequences);
}

async function restoreBlobs(
  { folder, blobs }: RestoreBackupOptions,
  manifest: BackupManifest,
): Promise<void> {
  for (const { digest } of manifest.blobs) {
    const stored = await blobs.put(createReadStream(blobFile(folder, digest)));
    if (stored.digest !== digest) throw damaged(`blob ${digest}`);
  }
}

async function replay({ url, log, replayErasures }: RestoreBackupOptions): Promise<number> {
  const database = openDatabase({ url, role: 'app', poolSize: 1, log, statementTimeoutMs: 0 });
  try {
    return await database.inInstance('replay erasures after a restore', replayErasures);
  } finally {
    await database.close();
  }
}

/** The backup must be of this release's past: its migrations are the first of ours, unchanged. */
async function refuseForeignSchema(
  manifest: BackupManifest,
  release: string,
  migrationsFolder?: string,
): Promise<void> {
  const known = await readMigrations(migrationsFolder);
  planMigrations(known, manifest.schema, release);
  if (manifest.schema.length <= known.length) return;
  throw new KulningError({
    code: 'backup.newer',
    status: 422,
    text: backupWords.newer(manifest.release, release),
  });
}

async function refuseUsed(
  { blobs, emptyFolders }: RestoreBackupOptions,
  state: TargetState,
  manifest: BackupManifest,
): Promise<void> {
  const used: string[] = [];
  for (const folder of emptyFolders)
    if ((await readdir(folder).catch(() => [])).length > 0) used.push(folder);
  const ours = new Set(state === 'restoring' ? manifest.blobs.map(({ digest }) => digest) : []);
  for await (const { digest } of blobs.list()) {
    if (ours.has(digest)) continue;
    used.push(blobs.location);
    break;
  }
  if (used.length === 0 && state !== 'used') return;
  throw new KulningError({
    code: 'restore.not_empty',
    status: 409,
    text: state === 'used' ? backupWords.databaseNotEmpty : backupWords.foldersNotEmpty(used.join(', ')),
  });
}
