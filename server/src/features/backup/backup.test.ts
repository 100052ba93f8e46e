import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  array,
  assert,
  asyncProperty,
  jsonValue,
  nat,
  option,
  property,
  record,
  string,
  uint8Array,
  uniqueArray,
} from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { silentLogger } from '../../platform/log/logger.ts';
import { withClient } from '../../platform/postgres/database-client.ts';
import { assertSchema, migrate } from '../../platform/postgres/migrator.ts';
import { readManifest, verifyBackup } from './backup-manifest.ts';
import {
  backUp,
  fingerprint,
  flipByte,
  insertRows,
  putBlob,
  restore,
  startTrial,
  type Trial,
  type TrialRow,
} from '../../../test/backup-trial.ts';
import { createBackupFeature } from './index.ts';
import { readTarget } from './restore-target.ts';
import { inDependencyOrder } from './table-order.ts';

let trial: Trial;
beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.close());

const rowOf = (body: string): TrialRow => ({ body, raw: null, document: {}, words: [] });
const targetState = () => withClient(trial.target.url, 'migrator', readTarget);
const backupFolder = () => join(trial.folder, 'backup');

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

test('what is restored equals what was backed up, whatever the rows hold', async () => {
  const text = string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''));
  const rows = array(
    record({
      body: option(text),
      raw: option(uint8Array({ maxLength: 20 })),
      document: jsonValue({ stringUnit: 'grapheme' }),
      words: array(text, { maxLength: 3 }),
    }),
    { minLength: 100, maxLength: 100 },
  );
  await assert(
    asyncProperty(rows, async (list) => insertRows(trial, list as TrialRow[])),
    { numRuns: 2, endOnFailure: true },
  );
  await insertRows(trial, [rowOf('\\.'), rowOf('\\N'), rowOf('a\tb\\\nc\r\n'), rowOf('')]);
  const digest = await putBlob(trial.sourceBlobs, 'ciphertext');

  const manifest = await backUp(trial);
  const report = await restore(trial);

  expect(await fingerprint(trial.target.url)).toEqual(await fingerprint(trial.source.url));
  expect(manifest.tables.find(({ name }) => name === 'trial_parent')?.rows).toBe(205);
  expect(report).toMatchObject({ migrated: [], erasuresReplayed: 0 });
  expect(await trial.targetBlobs.stat(digest)).toMatchObject({ bytes: 10 });
  await assertSchema(trial.target.app.kysely, '0.1.0', trial.migrations);
});

test('identities go on where they were, and row-level security holds', async () => {
  await insertRows(trial, [rowOf('first')]);
  await backUp(trial);
  await restore(trial);
  const insert = (organisation: string) =>
    trial.target.app.inOrganisation(organisation, (trx) =>
      sql<{ id: bigint }>`insert into trial_parent (organisation_id) values ('org_b') returning id`.execute(
        trx,
      ),
    );
  expect((await insert('org_b')).rows).toEqual([{ id: 3n }]);
  await expect(insert('org_a')).rejects.toMatchObject({ code: 'database.denied' });
});

test('a backup taken while the instance writes is of one moment', async () => {
  const stop = new AbortController();
  const writing = (async () => {
    while (!stop.signal.aborted) await insertRows(trial, [rowOf('x')]);
  })();
  await sleep(100);
  const manifest = await backUp(trial);
  stop.abort();
  await writing;
  const rows = Object.fromEntries(manifest.tables.map(({ name, rows: count }) => [name, count]));
  // The trigger writes one child for each parent, in the same transaction.
  expect(rows['trial_parent']).toBeGreaterThan(2);
  expect(rows['trial_child']).toBe(rows['trial_parent']);
  await restore(trial);
});

test('no key and no word of a blob is in a backup, and nobody else may read it', async () => {
  await backUp(trial);
  expect((await stat(backupFolder())).mode & 0o777).toBe(0o700);
  expect((await readdir(backupFolder())).toSorted()).toEqual([
    'backup.json',
    'backup.json.sha256',
    'blobs',
    'tables',
  ]);
  for (const path of await filesUnder(backupFolder())) expect((await stat(path)).mode & 0o077).toBe(0);
});

test('any flipped bit is refused, and nothing has changed', async () => {
  await insertRows(trial, [rowOf('one'), rowOf('two')]);
  await putBlob(trial.sourceBlobs, 'ciphertext');
  await backUp(trial);
  await cp(backupFolder(), join(trial.folder, 'good'), { recursive: true });
  const paths = (await filesUnder(backupFolder())).map((path) => path.slice(backupFolder().length));
  await assert(
    asyncProperty(nat({ max: paths.length - 1 }), nat({ max: 1_000_000 }), async (which, at) => {
      await flipByte(join(backupFolder(), paths[which]!), at);
      await expect(restore(trial)).rejects.toMatchObject({ code: 'backup.damaged' });
      await cp(join(trial.folder, 'good'), backupFolder(), { recursive: true, force: true });
    }),
    { numRuns: 60 },
  );
  expect(await targetState()).toBe('empty');
  expect(await filesUnder(join(trial.folder, 'target-blobs'))).toEqual([]);
  await restore(trial);
});

test('a file that is missing or cut short is refused, by its name', async () => {
  await putBlob(trial.sourceBlobs, 'ciphertext');
  await backUp(trial);
  const table = join(backupFolder(), 'tables', 'trial_parent.copy.gz');
  const whole = await readFile(table);
  await truncate(table, whole.length - 1);
  await expect(restore(trial)).rejects.toMatchObject({
    code: 'backup.damaged',
    message: expect.stringContaining('table trial_parent'),
  });
  await rm(table);
  await expect(restore(trial)).rejects.toMatchObject({
    code: 'backup.damaged',
    message: expect.stringContaining('table trial_parent'),
  });
  await writeFile(table, whole);
  await rm(join(backupFolder(), 'blobs'), { recursive: true });
  await expect(restore(trial)).rejects.toMatchObject({
    code: 'backup.damaged',
    message: expect.stringContaining('blob sha256-'),
  });
  await rm(join(backupFolder(), 'backup.json'));
  await expect(restore(trial)).rejects.toMatchObject({ code: 'backup.not_found' });
  expect(await targetState()).toBe('empty');
});

test('a restore over anything is refused, and it is left as it was', async () => {
  await backUp(trial);
  await putBlob(trial.targetBlobs, 'of another life');
  await expect(restore(trial)).rejects.toMatchObject({ code: 'restore.not_empty' });
  const spool = join(trial.folder, 'spool');
  await mkdir(spool);
  await writeFile(join(spool, 'segment'), 'frames');
  await expect(restore(trial, { blobs: trial.sourceBlobs, emptyFolders: [spool] })).rejects.toMatchObject({
    code: 'restore.not_empty',
    message: expect.stringContaining(spool),
  });
  expect(await targetState()).toBe('empty');

  const before = await fingerprint(trial.source.url);
  await expect(restore(trial, { url: trial.source.url })).rejects.toMatchObject({
    code: 'restore.not_empty',
    message: expect.stringContaining('the database'),
  });
  expect(await fingerprint(trial.source.url)).toEqual(before);
});

test('a backup never overwrites, and one that failed leaves nothing', async () => {
  await backUp(trial);
  await expect(backUp(trial)).rejects.toMatchObject({ code: 'backup.exists' });
  const broken = {
    ...trial.sourceBlobs,
    list: () => {
      throw new Error('the disk is gone');
    },
  };
  await expect(backUp({ ...trial, sourceBlobs: broken }, 'second')).rejects.toThrow('the disk is gone');
  const full = {
    ...trial.sourceBlobs,
    list: () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    },
  };
  await expect(backUp({ ...trial, sourceBlobs: full }, 'second')).rejects.toMatchObject({
    code: 'backup.disk_full',
    status: 507,
  });
  // The disk has room for it, and not for what else lies there.
  await expect(backUp(trial, 'second', { keepFreeBytes: 2 ** 60 })).rejects.toMatchObject({
    code: 'backup.disk_full',
  });
  expect((await readdir(trial.folder)).filter((name) => name.startsWith('second'))).toEqual([]);
});

test('an older backup is brought to the present schema', async () => {
  await insertRows(trial, [rowOf('old')]);
  await backUp(trial);
  await writeFile(
    join(trial.migrations, '9001_later.sql'),
    `alter table kulning.trial_parent add column note text; update kulning.trial_parent set note = 'from ' || body`,
  );
  expect((await restore(trial)).migrated).toEqual(['9001_later.sql']);
  const { rows } = await trial.target.app.inInstance('test', (trx) =>
    sql`select note from trial_parent where body = 'old'`.execute(trx),
  );
  expect(rows).toEqual([{ note: 'from old' }]);
});

test('a backup of a newer or a changed schema is refused before anything changes', async () => {
  await backUp(trial);
  await rm(join(trial.migrations, '9000_trial.sql'));
  await expect(restore(trial)).rejects.toMatchObject({ code: 'backup.newer' });
  await writeFile(join(trial.migrations, '9000_trial.sql'), 'select 1');
  await expect(restore(trial)).rejects.toMatchObject({ code: 'database.schema_changed' });
  expect(await targetState()).toBe('empty');
});

test('erasures are replayed before anything is served, and a restore is not done without them', async () => {
  await insertRows(trial, [rowOf('a person')]);
  await backUp(trial);
  await expect(
    restore(trial, { replayErasures: () => Promise.reject(new Error('no keys')) }),
  ).rejects.toThrow('no keys');
  expect(await targetState()).toBe('restoring');
  const refused = { code: 'database.restore_unfinished' };
  await expect(assertSchema(trial.target.app.kysely, '0.1.0', trial.migrations)).rejects.toMatchObject(
    refused,
  );
  await expect(
    migrate({ url: trial.target.url, folder: trial.migrations, release: '0.1.0', log: silentLogger }),
  ).rejects.toMatchObject(refused);

  const report = await restore(trial, {
    replayErasures: async (trx) =>
      Number((await sql`delete from trial_child where true`.execute(trx)).numAffectedRows),
  });
  expect(report.erasuresReplayed).toBe(2);
  await assertSchema(trial.target.app.kysely, '0.1.0', trial.migrations);
});

test('the log is restarted after the erasures and before anything is served', async () => {
  const steps: string[] = [];
  await backUp(trial);
  await restore(trial, {
    replayErasures: async () => steps.push('erasures'),
    restartLog: async () => steps.push(`log, ${await targetState()}`),
  });
  expect([...steps, await targetState()]).toEqual(['erasures', 'log, restoring', 'used']);
});

test(
  'a restore killed at any step leaves nothing that is served, and the same command restores',
  { timeout: 180_000 },
  async () => {
    await insertRows(
      trial,
      Array.from({ length: 300 }, (_, n) => rowOf(`row ${n}`)),
    );
    await putBlob(trial.sourceBlobs, 'ciphertext');
    await backUp(trial);
    const steps = ['blob', 'migration', 'load', 'load', 'erasures', 'log'] as const;
    for (const step of steps) {
      await killedRestore(step);
      expect(await targetState()).toBe('restoring');
      await expect(assertSchema(trial.target.app.kysely, '0.1.0', trial.migrations)).rejects.toMatchObject({
        code: 'database.restore_unfinished',
      });
    }
    await restore(trial);
    expect(await fingerprint(trial.target.url)).toEqual(await fingerprint(trial.source.url));
    await assertSchema(trial.target.app.kysely, '0.1.0', trial.migrations);
  },
);

/** A restore in a process of its own that dies by SIGKILL at the step; within the load, at some moment. */
async function killedRestore(step: 'blob' | 'migration' | 'load' | 'erasures' | 'log'): Promise<void> {
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const script = `
    import { restoreBackup } from ${module('backup-restore.ts')};
    import { openLocalBlobStore } from ${module('../../platform/blobs/local-blob-store.ts')};
    import { silentLogger } from ${module('../../platform/log/logger.ts')};
    const die = () => process.kill(process.pid, 'SIGKILL');
    const step = ${JSON.stringify(step)};
    const blobs = await openLocalBlobStore(${JSON.stringify(join(trial.folder, 'target-blobs'))});
    await restoreBackup({
      folder: ${JSON.stringify(backupFolder())}, url: ${JSON.stringify(trial.target.url)}, emptyFolders: [], release: '0.1.0',
      blobs: step === 'blob' ? { ...blobs, put: die } : blobs,
      log: { ...silentLogger, info: (event, fields) => {
        if (step === 'migration' && fields.migration === '0001_platform.sql') die();
        if (step === 'load' && fields.migration === '9000_trial.sql') setTimeout(die, 5 + Math.random() * 30);
      } },
      replayErasures: async () => { if (step === 'erasures') die(); return 0; }, restartLog: die, migrationsFolder: ${JSON.stringify(trial.migrations)} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

test('a backup asked for by API gets a name of its own and is listed, a damaged one is not', async () => {
  const folder = join(trial.folder, 'backups');
  let now = Date.parse('2026-11-22T13:05:01.123Z');
  const { service } = createBackupFeature({
    url: trial.source.url,
    blobs: trial.sourceBlobs,
    folder,
    release: '0.1.0',
    clock: { now: () => now },
  });
  expect(await service.list()).toEqual([]);
  const first = await service.create();
  now += 1_000;
  const second = await service.create();
  expect(first.name).toBe('2026-11-22T130501.123Z');
  expect(await service.list()).toEqual([second, first]);
  await flipByte(join(folder, second.name, 'backup.json'), 40);
  expect(await service.list()).toEqual([first]);
});

test('what a killed backup left is cleared away by the next to the same place', async () => {
  await mkdir(join(trial.folder, 'backup.partial-999999-1'));
  await backUp(trial);
  expect((await readdir(trial.folder)).filter((name) => name.includes('partial'))).toEqual([]);
});

test('the manifest says what is in the backup', async () => {
  await backUp(trial);
  const manifest = await readManifest(backupFolder());
  expect(manifest).toMatchObject({
    format: 'kulning.backup/v1',
    createdAt: '1970-01-01T00:00:00.000Z',
    release: '0.1.0',
  });
  expect(manifest.schema.at(-1)?.name).toBe('9000_trial.sql');
  expect(await verifyBackup(backupFolder())).toEqual(manifest);
});

test('tables come after those they refer to, whatever the references', () => {
  const graphs = uniqueArray(string({ minLength: 1 }), { maxLength: 12 }).chain((names) =>
    array(record({ a: nat({ max: 11 }), b: nat({ max: 11 }) })).map((pairs) => ({
      names,
      // From the later to the earlier, so that there is no circle; the names themselves are in any order.
      references: pairs.flatMap(({ a, b }) =>
        names[a] !== undefined && names[b] !== undefined && a >= b ? [{ from: names[a], to: names[b] }] : [],
      ),
    })),
  );
  assert(
    property(graphs, ({ names, references }) => {
      const order = inDependencyOrder(names, references);
      expect(order.toSorted()).toEqual(names.toSorted());
      for (const { from, to } of references)
        if (from !== to) expect(order.indexOf(to)).toBeLessThan(order.indexOf(from));
    }),
  );
  expect(() =>
    inDependencyOrder(
      ['a', 'b'],
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ],
    ),
  ).toThrow('circle');
});
