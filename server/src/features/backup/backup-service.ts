import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type Backup, KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import { syncPath } from './backup-files.ts';
import { type BackupManifest, readManifest } from './backup-manifest.ts';
import { createBackup, removeAbandoned } from './backup-writer.ts';

export interface BackupDeps {
  /** As `KULNING_DATABASE_URL`: a backup needs the migrator role, which no pool of a serving process has. */
  readonly url: string;
  readonly blobs: BlobStore;
  /** Where backups asked for by API go; a caller names no path. */
  readonly folder: string;
  /** Days after which a backup is removed, but never the newest; undefined keeps all. */
  readonly keepDays?: number | undefined;
  readonly release: string;
  readonly clock: Clock;
}

export interface BackupService {
  create(): Promise<Backup>;
  /** Newest first. */
  list(): Promise<readonly Backup[]>;
  /** Removes what has expired, and what a killed process left. @returns the names of expired backups */
  tidy(): Promise<readonly string[]>;
}

const dayMs = 86_400_000;
/** The database may lie on the same disk: a backup must not be what fills it. */
const keepFreeBytes = 256 * 2 ** 20;

export function createBackupService(deps: BackupDeps): BackupService {
  const { url, blobs, folder, keepDays, release, clock } = deps;
  const describe = (name: string, manifest: BackupManifest) => describeBackup(name, manifest, keepDays);
  const list = async () => {
    const names = (await namesIn(folder)).filter((name) => isName(name)).toReversed();
    const manifests = await Promise.all(
      names.map(async (name) => ({ name, manifest: await manifestOf(join(folder, name)) })),
    );
    return manifests.flatMap(({ name, manifest }) =>
      manifest === undefined ? [] : [describe(name, manifest)],
    );
  };
  return {
    list,
    async create() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const now = clock.now();
      const name = nameOf(now);
      const target = join(folder, name);
      return describe(name, await createBackup({ url, blobs, target, release, now, keepFreeBytes }));
    },
    async tidy() {
      await removeAbandoned(folder, isName);
      for (const name of await namesIn(folder))
        if (name.endsWith(removed)) await rm(join(folder, name), { recursive: true });
      const [, ...older] = await list();
      const expired = older.filter(
        ({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= clock.now(),
      );
      for (const { name } of expired) await removeBackup(folder, name);
      return expired.map(({ name }) => name);
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.toSorted();
}

const removed = '.removed';

/** Gone as a whole or not at all: renamed first, so that no crash leaves half of one in the list. */
async function removeBackup(folder: string, name: string): Promise<void> {
  await rename(join(folder, name), join(folder, `${name}${removed}`));
  await syncPath(folder);
  await rm(join(folder, `${name}${removed}`), { recursive: true });
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

function describeBackup(
  name: string,
  { createdAt, release, tables, blobs, ledger }: BackupManifest,
  keepDays: number | undefined,
): Backup {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    name,
    createdAt,
    expiresAt:
      keepDays === undefined ? null : new Date(Date.parse(createdAt) + keepDays * dayMs).toISOString(),
    version: release,
    bytes: sum([...tables, ...blobs].map(({ bytes }) => bytes)),
    rows: sum(tables.map(({ rows }) => rows)),
    blobs: blobs.length,
    ledger,
  };
}
