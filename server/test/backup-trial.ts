import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';

import { type TestDatabase, testDatabase } from './database.ts';
import type { BlobStore } from '../src/platform/blobs/blob-store.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { withClient } from '../src/platform/postgres/database-client.ts';
import { migrate } from '../src/platform/postgres/migrator.ts';
import { createBackup } from '../src/features/backup/backup-writer.ts';
import { restoreBackup } from '../src/features/backup/backup-restore.ts';
import { checksum, readTables } from '../src/features/backup/backup-store.ts';

/** Tables with everything that makes copying hard, after all released ones. */
const trialMigration = `
  create table kulning.trial_parent (
    id bigint generated always as identity constraint trial_parent_pkey primary key,
    parent_id bigint constraint trial_parent_parent_fkey references kulning.trial_parent (id),
    organisation_id text not null,
    body text,
    raw bytea,
    document jsonb,
    words text[],
    at timestamptz,
    amount numeric,
    "Shouted Name" boolean,
    shouted text generated always as (upper(body)) stored
  );
  select kulning.protect_tenant_table('kulning.trial_parent');
  create table kulning.trial_child (
    parent_id bigint not null constraint trial_child_parent_fkey references kulning.trial_parent (id),
    n integer not null constraint trial_child_n_check check (n > 0)
  );
  select kulning.grant_instance_table('kulning.trial_child', 'app', 'select, insert, update, delete');
  create function kulning.trial_echo() returns trigger language plpgsql as $$
  begin
    insert into kulning.trial_child values (new.id, 1);
    return new;
  end $$;
  create trigger trial_echo after insert on kulning.trial_parent for each row execute function kulning.trial_echo();
  insert into kulning.trial_parent (organisation_id, body) values ('org_seed', 'what a migration put there');`;

export interface Trial {
  /** A folder of the test, removed at its end. */
  readonly folder: string;
  readonly migrations: string;
  /** An instance with the trial tables in it. */
  readonly source: TestDatabase;
  readonly sourceBlobs: BlobStore;
  /** An empty home. */
  readonly target: TestDatabase;
  readonly targetBlobs: BlobStore;
  close(): Promise<void>;
}

export async function startTrial(): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'kln-backup-'));
  const migrations = join(folder, 'migrations');
  await cp(join(import.meta.dirname, '../migrations'), migrations, { recursive: true });
  await writeFile(join(migrations, '9000_trial.sql'), trialMigration);
  const [source, target] = [await testDatabase({ through: 0 }), await testDatabase({ through: 0 })];
  await migrate({ url: source.url, folder: migrations, release: '0.1.0', log: silentLogger });
  return {
    folder,
    migrations,
    source,
    target,
    sourceBlobs: await openLocalBlobStore(join(folder, 'source-blobs')),
    targetBlobs: await openLocalBlobStore(join(folder, 'target-blobs')),
    async close() {
      await Promise.all([source.close(), target.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface TrialRow {
  readonly body: string | null;
  readonly raw: Uint8Array | null;
  readonly document: unknown;
  readonly words: readonly string[];
}

/** Each row refers to the one before it. */
export async function insertRows(trial: Trial, rows: readonly TrialRow[]): Promise<void> {
  await trial.source.app.inOrganisation('org_a', async (trx) => {
    for (const { body, raw, document, words } of rows) {
      await sql`
        insert into trial_parent (parent_id, organisation_id, body, raw, document, words, at, amount, "Shouted Name")
        values ((select max(id) from trial_parent), 'org_a', ${body}, ${raw === null ? null : Buffer.from(raw)},
          ${JSON.stringify(document)}::text::jsonb, ${words}::text[], now(), 12345678901234567890.123, true)`.execute(
        trx,
      );
    }
  });
}

export function backUp(trial: Trial, name = 'backup', more: { readonly keepFreeBytes?: number } = {}) {
  return createBackup({
    url: trial.source.url,
    blobs: trial.sourceBlobs,
    target: join(trial.folder, name),
    release: '0.1.0',
    now: 0,
    ...more,
  });
}

export function restore(trial: Trial, more: Partial<Parameters<typeof restoreBackup>[0]> = {}) {
  return restoreBackup({
    folder: join(trial.folder, 'backup'),
    url: trial.target.url,
    blobs: trial.targetBlobs,
    emptyFolders: [],
    release: '0.1.0',
    log: silentLogger,
    replayErasures: async () => 0,
    restartLog: async () => undefined,
    migrationsFolder: trial.migrations,
    ...more,
  });
}

/** Of each table, what `checksum` says: equal for equal content. */
export async function fingerprint(url: string): Promise<Record<string, string>> {
  return withClient(url, 'migrator', async (client) => {
    await client.query(`select set_config('kulning.instance', 'on', false)`);
    const found: Record<string, string> = {};
    for (const table of await readTables(client)) found[table.name] = await checksum(client, table);
    return found;
  });
}

export async function putBlob(store: BlobStore, text: string): Promise<string> {
  const { digest } = await store.put(
    (async function* () {
      yield Buffer.from(text);
    })(),
  );
  return digest;
}

/** The file with one bit of one byte turned, `at` counted round its length. */
export async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8));
  await writeFile(path, bytes);
}
