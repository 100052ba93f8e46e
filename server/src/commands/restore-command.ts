import { resolve } from 'node:path';

import { KulningError, type Language, type Localized, type Notice } from '@kulning/sdk';

import type { Config, LoadedConfig } from '../config.ts';
import { moveInstance, restoreBackup } from '../features/backup/index.ts';
import { replayErasures } from '../features/privacy/index.ts';
import { createProofWorker, openLogIdentity } from '../features/proof/index.ts';
import { openLocalBlobStore } from '../platform/blobs/local-blob-store.ts';
import { openFileKeystore } from '../platform/keystore/file-keystore.ts';
import { systemClock } from '../platform/id-source.ts';
import { createLogger } from '../platform/log/logger.ts';
import { openDatabase } from '../platform/postgres/database.ts';
import { startEmbeddedPostgres } from '../platform/postgres/embedded-server.ts';
import { release } from '../release.ts';
import { foldersOf, makeHome, takeHome } from '../up/home.ts';
import { commandWords as words } from './command-words.ts';

const log = createLogger(
  (line) => void process.stderr.write(line),
  () => systemClock.now(),
);

/** `kulning restore FOLDER`: brings a backup into an empty home, verified before anything changes, erasures replayed. */
export async function runRestore(
  { config }: LoadedConfig,
  args: readonly string[],
  language: Language,
): Promise<void> {
  const [folder] = args.filter((arg) => !arg.startsWith('--'));
  if (folder === undefined) throw usage(words.restoreUsage);
  // A backup without its keys is noise: better said now than after the restore.
  const keystore = await openFileKeystore(config.keys, { create: false });
  const report = await withDatabase(config, async (url) =>
    restoreBackup({
      folder: resolve(folder),
      url,
      blobs: await openLocalBlobStore(foldersOf(config.home).blobs),
      emptyFolders: [foldersOf(config.home).spool],
      release,
      log,
      replayErasures: async (trx) => (await replayErasures(trx, keystore)).erasures,
      restartLog: () => restartLog(config, url),
    }),
  );
  const { manifest, migrated, erasuresReplayed } = report;
  const lines = [
    words.restored(manifest.createdAt),
    words.erasuresReplayed(erasuresReplayed),
    words.migrationsApplied(migrated.length),
  ].map((line) => line[language]);
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(report)}\n` : `${lines.join('\n')}\n`);
}

/** The restored log may have gone on after the backup: its next heads are those of a new one. */
async function restartLog(config: Config, url: string): Promise<void> {
  const database = openDatabase({ url, role: 'sequencer', poolSize: 1, log });
  try {
    const identity = await openLogIdentity(config.keys);
    await createProofWorker({ database, identity, clock: systemClock, log }).restartLog();
  } finally {
    await database.close();
  }
}

/** `kulning move --to URL`: copies the database to another PostgreSQL, verifies the copy, and retires this one. */
export async function runMove(
  { config }: LoadedConfig,
  args: readonly string[],
  language: Language,
): Promise<void> {
  const to = args[args.indexOf('--to') + 1];
  if (!args.includes('--to') || to === undefined) throw usage(words.moveUsage);
  const { tables } = await withDatabase(config, (from) => moveInstance({ from, to, release, log }));
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  for (const line of [words.moved(tables.length, rows), words.fromNowOn(to)])
    process.stdout.write(`${line[language]}\n`);
}

/** The database of this home, which nothing else may be using. */
async function withDatabase<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  if (config.database.url !== undefined) return work(config.database.url);
  const folders = makeHome(config.home);
  const giveBack = takeHome(folders.run, systemClock.now());
  try {
    const server = await startEmbeddedPostgres({ home: config.home, log });
    try {
      return await work(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    giveBack();
  }
}

const usage = (text: Localized<Notice>) => new KulningError({ code: 'usage.missing', status: 400, text });
