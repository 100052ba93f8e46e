import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  type Client,
  createClient,
  identityOperations,
  proofOperations,
  subjectsOperations,
} from '@kulning/sdk';
import { expect, onTestFinished, test } from 'vitest';

import { restoreBackup, verifyBackup } from '../src/features/backup/index.ts';
import { readLedgerHeads, readTables } from '../src/features/backup/backup-store.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { withClient } from '../src/platform/postgres/database-client.ts';
import { assertSchema } from '../src/platform/postgres/migrator.ts';
import { release } from '../src/release.ts';
import { testDatabase } from './database.ts';
import { ownerPassphrase, startInstance } from './instance.ts';

/** Backups of instances that earlier releases made (tools/keep-home.ts). This release must bring each up to date. */
const homes = join(import.meta.dirname, 'homes');
const kept = (await readdir(homes, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

/** Later migrations add rows of their own to these. */
const seeded = new Set(['control_version', 'migration']);

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
      restartLog: async () => undefined,
    });
    await assertSchema(database.app.kysely, release);
    const manifest = await verifyBackup(backup);
    expect(restored.manifest).toEqual(manifest);
    await withClient(database.url, 'migrator', async (client) => {
      await client.query(`select set_config('kulning.instance', 'on', false)`);
      const present = (await readTables(client)).map((table) => table.name);
      for (const table of manifest.tables.filter((entry) => present.includes(entry.name))) {
        const { rowCount } = await client.query(`select from kulning."${table.name}"`);
        if (seeded.has(table.name)) expect(rowCount).toBeGreaterThanOrEqual(table.rows);
        else expect(`${table.name}: ${rowCount}`).toBe(`${table.name}: ${table.rows}`);
      }
      expect(await readLedgerHeads(client)).toEqual(manifest.ledger);
    });
    expect(manifest.ledger.some(({ treeSize }) => treeSize > 1)).toBe(true);
    await database.close();
    await rm(blobs, { recursive: true });
  },
);

test(
  'a kept home serves again: its owner logs in, what was erased stays so, and its ledger goes on in a new log',
  { timeout: 180_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kulning-'));
    const [home, keys] = [join(folder, 'home'), join(folder, 'home-keys')];
    await cp(join(homes, '0.1.0', 'keys'), keys, { recursive: true });
    await closeToOthers(keys);
    const env = { PATH: process.env['PATH'], HOME: folder, KULNING_HOME: home, KULNING_KEYS: keys };
    const main = join(import.meta.dirname, '..', 'src', 'main.ts');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [main, 'restore', join(homes, '0.1.0', 'backup'), '--json'],
      { env, cwd: folder },
    );
    expect(JSON.parse(stdout)).toMatchObject({ erasuresReplayed: 1 });

    const instance = await startInstance({ on: { home, keys } });
    onTestFinished(async () => {
      await instance.stop();
      instance.remove();
    });
    const owner = await loginTo(instance.consoleUrl);
    const find = (mail: string) => owner.call(subjectsOperations.find, { body: { identifiers: [mail] } });
    const recordsOf = async (mail: string) =>
      (await find(mail)).stores.reduce((sum, { records }) => sum + records, 0);
    expect(await recordsOf('solveig.andersson@example.org')).toBe(0);
    expect(await recordsOf('erik.sandberg@example.org')).toBeGreaterThan(0);
    const { origin } = await owner.call(proofOperations.status);
    const { ledger } = await verifyBackup(join(homes, '0.1.0', 'backup'));
    expect(ledger.map((head) => head.origin)).not.toContain(origin);
  },
);

/** Git keeps no modes, and Kulning refuses keys that others may read. */
async function closeToOthers(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? closeToOthers(path) : chmod(path, 0o600));
  }
}

async function loginTo(consoleUrl: string): Promise<Client> {
  let cookie = '';
  const client = createClient({
    baseUrl: consoleUrl,
    fetch: async (url, init) => {
      const headers = { ...(init?.headers as Record<string, string>), cookie };
      const response = await fetch(url, { ...init, headers });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return response;
    },
  });
  await client.call(identityOperations.login, {
    body: { email: 'maja@example.org', passphrase: ownerPassphrase },
  });
  return client;
}
