import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import { restoreBackup } from '../src/features/backup/backup-restore.ts';
import { createBackup } from '../src/features/backup/backup-writer.ts';
import { replayErasures } from '../src/features/privacy/index.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { testDatabase } from './database.ts';
import { testSequencer } from './privacy-harness.ts';
import { canaries, privacyStage, type PrivacyStage, rawRows, recordRow } from './privacy-stage.ts';

describe('the residue of an erased person', { timeout: 240_000 }, () => {
  const postgresFolder = join(inject('clusterHome'), 'postgres');
  let stage: PrivacyStage;

  beforeEach(async () => {
    stage = await privacyStage({ postgresFolder });
  });

  afterEach(() => stage.close());

  it('leaves not a byte of her in data files, WAL, log, spool, blobs or a restored old backup, and the key of that backup is gone', async () => {
    await stage.seed();
    const backup = join(stage.folders.root, 'backup');
    await createBackup({
      url: stage.database.url,
      blobs: stage.blobs,
      target: backup,
      release: '0.1.0',
      now: 0,
    });
    const oldRow = await recordRow(stage.database, 'call_sole');
    const { erasureId } = await stage.erase();
    const { steps } = await stage.completed(erasureId);
    expect(steps.find(({ store }) => store === 'postgres-files')).toMatchObject({ readBack: 'gone' });

    const restored = await testDatabase({ through: 0 });
    try {
      const restoredBlobs = await openLocalBlobStore(join(stage.folders.root, 'restored-blobs'));
      let replay: unknown;
      await restoreBackup({
        folder: backup,
        url: restored.url,
        blobs: restoredBlobs,
        emptyFolders: [],
        release: '0.1.0',
        log: silentLogger,
        restartLog: () => testSequencer(restored.sequencer, restored.app).restartLog(),
        replayErasures: async (trx) => {
          replay = await replayErasures(trx, stage.keystore);
          return 1;
        },
      });
      expect(replay).toEqual({ erasures: 1, deleted: 4, unreadable: 31 });
      expect(
        await rawRows(
          restored,
          "select id from vault_record where id in ('call_sole', 'call_named', 'call_large', 'call_shared')",
        ),
      ).toEqual([]);
      await rawRows(stage.database, 'checkpoint');
      const places = [postgresFolder, join(inject('clusterHome'), 'log'), stage.folders.root];
      expect(await byteScan(places, canaries)).toEqual([]);
      await expect(stage.content.open(oldRow!)).rejects.toMatchObject({ code: 'vault.key_destroyed' });
    } finally {
      await restored.close();
    }
  });

  it('the byte scan finds what is in clear: it is not blind', async () => {
    await rawRows(stage.database, "create table leak as select 'canary-in-clear-5512' as body");
    await rawRows(stage.database, 'checkpoint');
    const hits = await byteScan([postgresFolder], ['canary-in-clear-5512']);
    expect(hits.some((path) => path.includes('/base/'))).toBe(true);
    expect(hits.some((path) => path.includes('/pg_wal/'))).toBe(true);
  });
});

/** Every file under the folders, compressed ones unpacked; the cluster is shared, so this reads other tests' too. */
async function byteScan(folders: readonly string[], texts: readonly string[]): Promise<string[]> {
  const patterns = texts.map((text) => Buffer.from(text));
  const hits: string[] = [];
  let files = 0;
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      files++;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path).catch(() => Buffer.alloc(0)); // a file of the server that has gone meanwhile
      const plain = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      if (patterns.some((pattern) => plain.includes(pattern))) hits.push(path);
    }
  }
  expect(files).toBeGreaterThan(0);
  return hits;
}
