import { appendFileSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { asSaid } from '@kulning/sdk';

import { formatVerifierKey } from '../src/core/ledger/signed-note.ts';
import { createFilePrivacy } from '../src/features/files/index.ts';
import { recordEvent } from '../src/features/proof/ledger-events.ts';
import { createSequencer } from '../src/features/proof/ledger-sequencer.ts';
import { createLogSigner, generateLogKeys } from '../src/features/proof/log-signer.ts';
import { createReceiptService } from '../src/features/proof/receipt-service.ts';
import {
  consequenceForBackups,
  certificateWords,
  createCopiesStore,
  createFileStore,
  createPrivacy,
  createRecordContent,
  createVaultStore,
  insertVaultRecords,
  type NewVaultRecord,
  type PrivacyStore,
  storeDescriptions,
} from '../src/features/privacy/index.ts';
import type { BlobStore } from '../src/platform/blobs/blob-store.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { createLogger, silentLogger } from '../src/platform/log/logger.ts';
import type { Database } from '../src/platform/postgres/database.ts';
import { keyEpochWatcher } from '../src/platform/vault/key-epoch-watcher.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import type { Vault } from '../src/platform/vault/vault.ts';

export const organisationId = 'org_0192';

export interface PrivacyFolders {
  readonly root: string;
  readonly keys: string;
  readonly blobs: string;
  readonly log: string;
  readonly spool: string;
}

export async function privacyFolders(): Promise<PrivacyFolders & { remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'kln-privacy-'));
  const folders = {
    root,
    keys: join(root, 'keys'),
    blobs: join(root, 'blobs'),
    log: join(root, 'log'),
    spool: join(root, 'spool'),
  };
  for (const folder of [folders.log, folders.spool]) mkdirSync(folder);
  return { ...folders, remove: () => rm(root, { recursive: true, force: true }) };
}

export interface TestRecord {
  readonly id: string;
  readonly content: unknown;
  /** Whom the caller names. */
  readonly named?: readonly string[];
}

export interface PrivacyHarnessOptions {
  readonly app: Database;
  readonly folders: PrivacyFolders;
  readonly postgresFolder?: string;
  readonly holderId?: string;
  /** Default: there are no receipts. */
  readonly receiptOf?: (organisationId: string, id: string) => Promise<unknown>;
  readonly faultPoint?: (name: string) => void;
}

/** The slice over real parts: database, keystore, blobs, files; as a control process would put it together. */
export async function privacyHarness({
  app,
  folders,
  postgresFolder,
  holderId = 'control',
  receiptOf = () => Promise.resolve(undefined),
  faultPoint,
}: PrivacyHarnessOptions) {
  const log = createLogger((line) => appendFileSync(join(folders.log, 'kulning.log'), line), Date.now);
  const keystore = await openFileKeystore(folders.keys);
  const vault = createVault(keystore);
  const blobs = await openLocalBlobStore(folders.blobs);
  const ids = createIdSource(systemClock);
  const privacy = createPrivacy({
    database: app,
    vault,
    blobs,
    keystore,
    stores: testStores({ database: app, vault, blobs }, folders, postgresFolder),
    required: ['calls', 'sample'],
    recordEvent,
    receiptOf,
    clock: systemClock,
    ids,
    log,
    ...(faultPoint && { faultPoint }),
  });
  const watcher = await keyEpochWatcher({ database: app, keystore, vault, holderId, log, intervalMs: 50 });
  const content = createRecordContent(vault, blobs);

  return {
    privacy,
    keystore,
    vault,
    blobs,
    watcher,
    content,
    /** Kept calls, as the gateway's shipper would insert them. */
    async put(records: readonly TestRecord[], organisation = organisationId): Promise<void> {
      await vault.load(organisation);
      const createdAt = new Date();
      const expiresAt = new Date(createdAt.getTime() + 86_400_000);
      const seal = async ({ id, content: plain, named = [] }: TestRecord): Promise<NewVaultRecord> => {
        const text = JSON.stringify(plain);
        const sealed = await content.seal(organisation, id, Buffer.from(text));
        const links = vault.links(organisation, named, text);
        return { organisationId: organisation, id, store: 'calls', sealed, links, createdAt, expiresAt };
      };
      const inserted = await Promise.all(records.map(seal));
      await app.inOrganisation(organisation, (trx) => insertVaultRecords(trx, inserted));
    },
    async close() {
      await watcher.close();
      vault.close();
    },
  };
}

function testStores(
  base: { database: Database; vault: Vault; blobs: BlobStore },
  folders: PrivacyFolders,
  postgresFolder: string | undefined,
): PrivacyStore[] {
  const files = (name: 'blobs' | 'log' | 'spool' | 'postgres-files', folder: string) =>
    createFileStore({
      name,
      description: storeDescriptions[name],
      folders: [folder],
    });
  return [
    createVaultStore({ ...base, name: 'calls', description: storeDescriptions.calls }),
    createVaultStore({ ...base, name: 'batches', description: storeDescriptions.batches }),
    createVaultStore({ ...base, name: 'sample', description: storeDescriptions.sample }),
    createFilePrivacy(base),
    files('blobs', folders.blobs),
    files('log', folders.log),
    files('spool', folders.spool),
    ...(postgresFolder === undefined ? [] : [files('postgres-files', postgresFolder)]),
    createCopiesStore({
      name: 'backups',
      description: storeDescriptions.backups,
      method: certificateWords.backupsMethod,
      consequence: consequenceForBackups,
      copies: () =>
        Promise.resolve([
          {
            where: certificateWords.backup('of yesterday'),
            description: asSaid('database and blobs'),
            expiresAt: null,
          },
        ]),
      notVerifiable: () =>
        Promise.resolve([{ what: certificateWords.backupCopies, why: certificateWords.backupCopiesWhy }]),
    }),
  ];
}

/** Gives events their place, and makes the first log. */
export function testSequencer(database: Database, app: Database, instance = 'example.org/kulning') {
  const signer = createLogSigner(generateLogKeys());
  const sequencer = createSequencer({ database, signer, instance, clock: systemClock, log: silentLogger });
  const receipts = createReceiptService({
    database: app,
    signer,
    instance,
    openSalt: () => Promise.resolve(null),
  });
  return {
    sequence: () => sequencer.sequenceBatch(),
    restartLog: () => sequencer.restartLog(),
    receiptOf: (organisation: string, id: string) => receipts.receiptById(organisation, id),
    vkeys: signer.verifierKeys(instance).map(formatVerifierKey),
  };
}
