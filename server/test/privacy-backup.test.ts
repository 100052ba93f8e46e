import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { createRenewal, restoreBackup } from '../src/features/backup/index.ts';
import { type BackupService, createBackupService } from '../src/features/backup/backup-service.ts';
import { replayErasures } from '../src/features/privacy/index.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { release } from '../src/release.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { testSequencer } from './privacy-harness.ts';
import { askFor, canaries, privacyStage, type PrivacyStage, rawRows, recordRow } from './privacy-stage.ts';

const dayMs = 86_400_000;
let stage: PrivacyStage;
let service: BackupService;
let folder: string;
let clockShiftMs: number;
const restored: TestDatabase[] = [];

beforeEach(async () => {
  stage = await privacyStage();
  folder = join(stage.folders.root, 'backups');
  clockShiftMs = 0;
  const clock = { now: () => Date.now() + clockShiftMs };
  service = createBackupService({
    url: stage.database.url,
    blobs: stage.blobs,
    folder,
    keepDays: 30,
    release,
    clock,
  });
});
afterEach(async () => {
  await Promise.all(restored.splice(0).map((database) => database.close()));
  await stage.close();
});

const renewal = () =>
  createRenewal({
    service,
    lastErasureAt: () => stage.privacy.erasures.lastCompletedAt(),
    log: silentLogger,
  });

async function eraseAnna(): Promise<void> {
  const { erasureId } = await stage.erase();
  await stage.completed(erasureId);
}

async function restore(name: string): Promise<TestDatabase> {
  const target = await testDatabase({ through: 0 });
  restored.push(target);
  await restoreBackup({
    folder: join(folder, name),
    url: target.url,
    blobs: await openLocalBlobStore(join(stage.folders.root, `blobs of ${name}`)),
    emptyFolders: [],
    release,
    log: silentLogger,
    restartLog: () => testSequencer(target.sequencer, target.app).restartLog(),
    replayErasures: async (trx) => (await replayErasures(trx, stage.keystore)).erasures,
  });
  return target;
}

it(
  'after an erasure there is a new backup that opens, where the one before it has lost what others wrote too',
  { timeout: 180_000 },
  async () => {
    await stage.seed();
    const before = await service.create();
    const renew = renewal();
    await renew();
    expect(await service.list()).toEqual([before]);

    const { subjects } = stage.privacy;
    const preview = await subjects.preview({ ...askFor(), decisions: [], language: 'sv' });
    expect(preview.consequences).toEqual([
      expect.stringContaining('En ny säkerhetskopia görs direkt efteråt.'),
    ]);
    await eraseAnna();
    await renew();
    const [after, ...older] = await service.list();
    expect(older).toEqual([before]);
    await renew();
    await renewal()(); // of another process, which takes over
    expect(await service.list()).toHaveLength(2);

    const [old, fresh] = [await restore(before.name), await restore(after!.name)];
    const bobsOld = await recordRow(old, 'call_bob');
    await expect(stage.content.open(bobsOld!)).rejects.toMatchObject({ code: 'vault.key_destroyed' });
    const bobsFresh = await recordRow(fresh, 'call_bob');
    const opened = Buffer.from(await stage.content.open(bobsFresh!)).toString();
    expect(opened).toContain('asks about his invoice');
    expect(canaries.filter((text) => opened.includes(text))).toEqual([]);
    for (const database of [old, fresh])
      expect(
        await rawRows(
          database,
          "select id from vault_record where id in ('call_sole', 'call_named', 'call_large')",
        ),
      ).toEqual([]);
  },
);

it('where nobody makes backups none is made, and a wrong clock makes one for an erasure, not more', async () => {
  await stage.seed();
  await eraseAnna();
  const renew = renewal();
  await renew();
  expect(await service.list()).toEqual([]);

  clockShiftMs = -10 * dayMs;
  const wrong = await service.create();
  const again = renewal();
  for (let turn = 0; turn < 3; turn += 1) await again();
  expect((await service.list()).filter(({ name }) => name !== wrong.name)).toHaveLength(1);
});

it('backups expire, the newest never; what a killed process left goes too', async () => {
  clockShiftMs = -40 * dayMs;
  const oldest = await service.create();
  expect(oldest.expiresAt).toBe(new Date(Date.parse(oldest.createdAt) + 30 * dayMs).toISOString());
  clockShiftMs = 0;
  expect(await service.tidy()).toEqual([]);
  expect(await service.list()).toEqual([oldest]);

  const newest = await service.create();
  const strangers = ['a.partial-999999-1', 'notes'];
  const leftovers = [`${oldest.name}.partial-999999-1`, '2026-01-01T000000.000Z.removed'];
  for (const name of [...strangers, ...leftovers]) await mkdir(join(folder, name));
  expect(await service.tidy()).toEqual([oldest.name]);
  expect((await readdir(folder)).toSorted()).toEqual([...strangers, newest.name].toSorted());
});
