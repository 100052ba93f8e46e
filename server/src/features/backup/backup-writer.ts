import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { KulningError } from '@kulning/sdk';
import type { Client } from 'pg';

import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import { openLocalBlobStore } from '../../platform/blobs/local-blob-store.ts';
import { inTransaction, withClient } from '../../platform/postgres/database-client.ts';
import { isAlive, ownIdentity } from '../../platform/postgres/process-identity.ts';
import { syncPath } from './backup-files.ts';
import { type BackupManifest, blobFolder, tableFile, writeManifest } from './backup-manifest.ts';
import {
  copyOut,
  readInstanceId,
  readLedgerHeads,
  readMigrationRows,
  readSequences,
  readTables,
  type TableShape,
} from './backup-store.ts';
import { backupWords } from './backup-words.ts';

export interface CreateBackupOptions {
  readonly url: string;
  readonly blobs: BlobStore;
  /** The folder that the backup becomes; it must not exist. */
  readonly target: string;
  readonly release: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Bytes that it leaves free on the disk; what else lies there must go on. Default 0. */
  readonly keepFreeBytes?: number;
}

/**
 * Copies database and blobs, while the instance serves, into a folder that appears whole or not at all. The database
 * is as of one moment. Keys are not in it: without the folder KULNING_KEYS its content stays unreadable.
 * @throws KulningError `backup.exists`, `backup.disk_full`
 */
export async function createBackup(options: CreateBackupOptions): Promise<BackupManifest> {
  const target = resolve(options.target);
  await refuseExisting(target);
  await removeAbandoned(dirname(target), (name) => name === basename(target));
  const draft = `${target}${partial}${ownIdentity()}`;
  const space = freeSpace(dirname(target), options.keepFreeBytes ?? 0);
  try {
    await mkdir(join(draft, 'tables'), { recursive: true, mode: 0o700 });
    const database = await withClient(options.url, 'migrator', (client) =>
      inTransaction(client, 'begin isolation level repeatable read read only', () =>
        copyDatabase(client, draft, space),
      ),
    );
    // After the database: a blob is stored before the row that names it, and blobs do not change.
    const blobs = await copyBlobs(options.blobs, draft, space);
    const { createdAt, release } = {
      createdAt: new Date(options.now).toISOString(),
      release: options.release,
    };
    const manifest: BackupManifest = { format: 'kulning.backup/v1', createdAt, release, ...database, blobs };
    await writeManifest(draft, manifest);
    for (const folder of [join(draft, 'tables'), draft]) await syncPath(folder);
    await rename(draft, target);
    await syncPath(dirname(target));
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw isDiskFull(error) ? diskFull(target, error) : error;
  }
}

async function copyDatabase(client: Client, draft: string, space: FreeSpace) {
  const shapes = await readTables(client);
  const tables: BackupManifest['tables'] = [];
  for (const shape of shapes)
    tables.push(await copyTable(client, shape, tableFile(draft, shape.name), space));
  return {
    instanceId: await readInstanceId(client),
    schema: await readMigrationRows(client),
    ledger: await readLedgerHeads(client),
    tables,
    // Sequences stand outside transactions: read after the rows, they are never behind them.
    sequences: await readSequences(client),
  };
}

async function copyTable(
  client: Client,
  shape: TableShape,
  path: string,
  space: FreeSpace,
): Promise<BackupManifest['tables'][number]> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      await space.take(chunk.length);
      yield chunk;
    }
  };
  let rows = 0;
  // In COPY's text format a line feed ends a row and stands nowhere else.
  const countRows = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1;
      done(null, chunk);
    },
  });
  await pipeline(
    copyOut(client, shape),
    countRows,
    createGzip({ level: 6 }),
    measure,
    createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }),
  );
  return { name: shape.name, columns: [...shape.columns], rows, bytes, sha256: hash.digest('hex') };
}

async function copyBlobs(
  source: BlobStore,
  draft: string,
  space: FreeSpace,
): Promise<BackupManifest['blobs']> {
  const store = await openLocalBlobStore(blobFolder(draft));
  const copied: BackupManifest['blobs'] = [];
  for await (const { digest } of source.list()) {
    try {
      const stored = await store.put(source.read(digest));
      await space.take(stored.bytes);
      if (stored.digest !== digest) throw blobDamaged(digest);
      copied.push({ digest, bytes: stored.bytes });
    } catch (error) {
      // Erased since it was listed: then it must not be in the backup.
      if (!(error instanceof KulningError && error.code === 'blob.not_found')) throw error;
    }
  }
  return copied;
}

async function refuseExisting(target: string): Promise<void> {
  const entries = await readdir(target).catch(() => undefined);
  if (entries === undefined) return;
  throw new KulningError({
    code: 'backup.exists',
    status: 409,
    text: backupWords.exists(target),
  });
}

/** What backups of these names left in the folder when they were killed. */
export async function removeAbandoned(folder: string, isBackup: (name: string) => boolean): Promise<void> {
  for (const entry of await readdir(folder).catch(() => [])) {
    const [name = '', writer] = entry.split(partial);
    if (writer !== undefined && isBackup(name) && !isAlive(writer))
      await rm(join(folder, entry), { recursive: true, force: true });
  }
}

/** Between a backup's name and who writes it, until it is whole. */
const partial = '.partial-';
/** How much is written between two looks at the disk. */
const lookEveryBytes = 8 * 2 ** 20;

interface FreeSpace {
  /** Notes bytes written. @throws ENOSPC once less than what must stay free is left */
  take(bytes: number): Promise<void>;
}

function freeSpace(folder: string, keepFreeBytes: number): FreeSpace {
  let unseen = lookEveryBytes;
  return {
    async take(bytes) {
      unseen += bytes;
      if (unseen < lookEveryBytes) return;
      unseen = 0;
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < keepFreeBytes)
        throw Object.assign(new Error('no space to spare'), { code: 'ENOSPC' });
    },
  };
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function diskFull(target: string, cause: unknown): KulningError {
  return new KulningError({
    code: 'backup.disk_full',
    status: 507,
    text: backupWords.diskFull(dirname(target)),
    retryable: true,
    cause,
  });
}

function blobDamaged(digest: string): KulningError {
  return new KulningError({
    code: 'backup.blob_damaged',
    status: 500,
    text: backupWords.blobDamaged(digest),
  });
}
