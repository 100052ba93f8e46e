import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { restoreBackup, verifyBackup } from '../src/features/backup/index.ts';
import { readLedgerHeads, readTables } from '../src/features/backup/backup-store.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { withClient } from '../src/platform/postgres/database-client.ts';
import { assertSchema } from '../src/platform/postgres/migrator.ts';
import { release } from '../src/release.ts';
import { testDatabase } from './database.ts';

/** Backups of instances that earlier releases made (tools/keep-home.ts). This release must bring each up to date. */
const homes = join(import.meta.dirname, 'homes');
const kept = (await readdir(homes)).toSorted();

test('the home of the first release is kept', () => {
  expect(kept).toContain('0.1.0');
});

test.each(kept)(
  'the kept home of %s is restored, brought up to date, and holds what it held',
  async (name) => {
    const backup = join(homes, name, 'backup');
    const database = await testDatabase({ through: 0 });
    const blobs = await mkdtemp(join(tmpdir(), 'kln-kept-'));
    const restored = await restoreBackup({
      folder: backup,
      url: database.url,
      blobs: await openLocalBlobStore(blobs),
      emptyFolders: [],
      release,
      log: silentLogger,
      replayErasures: async () => 0,
    });
    await assertSchema(database.app.kysely, release);
    const manifest = await verifyBackup(backup);
    expect(restored.manifest).toEqual(manifest);
    await withClient(database.url, 'migrator', async (client) => {
      await client.query(`select set_config('kulning.instance', 'on', false)`);
      const present = (await readTables(client)).map((table) => table.name);
      for (const table of manifest.tables.filter((entry) => present.includes(entry.name))) {
        const { rowCount } = await client.query(`select from kulning."${table.name}"`);
        expect(`${table.name}: ${rowCount}`).toBe(`${table.name}: ${table.rows}`);
      }
      expect(await readLedgerHeads(client)).toEqual(manifest.ledger);
    });
    expect(manifest.ledger.some(({ treeSize }) => treeSize > 1)).toBe(true);
    await database.close();
    await rm(blobs, { recursive: true });
  },
);
