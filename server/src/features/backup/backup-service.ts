import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type Backup, KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import { type BackupManifest, readManifest } from './backup-manifest.ts';
import { createBackup } from './backup-writer.ts';

export interface BackupDeps {
  /** As `KULNING_DATABASE_URL`: a backup needs the migrator role, which no pool of a serving process has. */
  readonly url: string;
  readonly blobs: BlobStore;
  /** Where backups asked for by API go; a caller names no path. */
  readonly folder: string;
  readonly release: string;
  readonly clock: Clock;
}

export interface BackupService {
  create(): Promise<Backup>;
  list(): Promise<readonly Backup[]>;
}

export function createBackupService({ url, blobs, folder, release, clock }: BackupDeps): BackupService {
  return {
    async create() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const now = clock.now();
      const name = nameOf(now);
      return describe(name, await createBackup({ url, blobs, target: join(folder, name), release, now }));
    },
    async list() {
      const names = (await readdir(folder).catch(() => []))
        .filter((name) => isName(name))
        .toSorted()
        .toReversed();
      const manifests = await Promise.all(
        names.map(async (name) => ({ name, manifest: await manifestOf(join(folder, name)) })),
      );
      return manifests.flatMap(({ name, manifest }) =>
        manifest === undefined ? [] : [describe(name, manifest)],
      );
    },
  };
}

/** `2026-11-22T130501.123Z`: sorts by time, and is a folder's name on every system. */
const nameOf = (now: number) => new Date(now).toISOString().replaceAll(':', '');

const isName = (name: string) => /^\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}Z$/.test(name);

/** A folder that a person damaged is left out of the list; restoring it says what is wrong. */
async function manifestOf(folder: string): Promise<BackupManifest | undefined> {
  return readManifest(folder).catch((error: unknown) => {
    if (error instanceof KulningError) return undefined;
    throw error;
  });
}

function describe(name: string, { createdAt, release, tables, blobs, ledger }: BackupManifest): Backup {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    name,
    createdAt,
    version: release,
    bytes: sum([...tables, ...blobs].map(({ bytes }) => bytes)),
    rows: sum(tables.map(({ rows }) => rows)),
    blobs: blobs.length,
    ledger,
  };
}
