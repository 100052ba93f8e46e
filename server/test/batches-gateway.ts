import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { QuotaTable } from '../src/core/limits/quota-table.ts';
import { createBatches, createBatchRunner } from '../src/features/batches/index.ts';
import { createCallJournal, createCallShipping } from '../src/features/calls/index.ts';
import { Dispatch } from '../src/features/dispatch/index.ts';
import { createFiles } from '../src/features/files/index.ts';
import {
  createGateway,
  GatewayMetrics,
  type Snapshot,
  SnapshotKeeper,
} from '../src/features/gateway/index.ts';
import { CallLimits } from '../src/features/limits/index.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { recordEvent, recordEvents } from '../src/features/proof/index.ts';
import { openLocalBlobStore } from '../src/platform/blobs/local-blob-store.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import type { Logger } from '../src/platform/log/logger.ts';
import type { Database } from '../src/platform/postgres/database.ts';
import { nodeSpoolFiles } from '../src/platform/spool/spool-files.ts';
import { markOfThisProcess, spoolFolderName } from '../src/platform/spool/spool-process.ts';
import { adoptDeadSpools, carrierInto, SpoolShipper } from '../src/platform/spool/spool-shipper.ts';
import { SpoolWriter } from '../src/platform/spool/spool-writer.ts';
import { createEpochUse } from '../src/platform/vault/epoch-use.ts';
import { keyEpochWatcher } from '../src/platform/vault/key-epoch-watcher.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';

export interface BatchGatewayOptions {
  /** Shared by gateways of one instance; `keys` and `blobs` may lie elsewhere. */
  readonly home: string;
  readonly keys?: string;
  readonly blobs?: string;
  readonly database: Database;
  readonly snapshot: Snapshot;
  readonly log: Logger;
  readonly holderId: string;
  readonly limits?: CallLimits;
  readonly maxFileBytes?: number;
  readonly leaseMs?: number;
}

export type BatchGateway = Awaited<ReturnType<typeof openBatchGateway>>;

/** A gateway with files and batches over real parts: policy, vault, blobs, journal, database; control data from the test. */
export async function openBatchGateway({
  home,
  database,
  snapshot,
  log,
  holderId,
  ...options
}: BatchGatewayOptions) {
  const keystore = await openFileKeystore(options.keys ?? join(home, 'keys'));
  const vault = createVault(keystore);
  const blobs = await openLocalBlobStore(options.blobs ?? join(home, 'blobs'));
  const ids = createIdSource(systemClock);
  const epochUse = createEpochUse();
  const watcher = await keyEpochWatcher({
    database,
    keystore,
    vault,
    holderId,
    epochUse,
    log,
    intervalMs: 50,
  });
  const { journal, spool, ship } = await openJournal(home, database, epochUse);
  const dispatch = new Dispatch({ sink: journal, now: Date.now, seed: () => 7 });
  let current = snapshot;
  let tell: () => void = () => undefined;
  const snapshots = new SnapshotKeeper({
    source: {
      load: async () => current,
      watch: async (changed) => {
        tell = changed;
        return { lastHeardAt: Date.now, close: async () => undefined };
      },
    },
    now: Date.now,
    log,
    onSwap: ({ ground }) => dispatch.keepOnly(ground.endpoints),
  });
  await snapshots.open();
  const base = { database, vault, blobs, clock: systemClock, ids, record: recordEvent, epochUse };
  const files = createFiles({ ...base, maxBytes: options.maxFileBytes ?? 2 ** 24 });
  const context = { ...base, files: files.keeper };
  const gateway = createGateway({
    dispatch,
    limits: options.limits ?? withoutPool(),
    vault,
    epochUse,
    snapshots,
    now: Date.now,
    log,
    ids,
    metrics: new GatewayMetrics(),
    maxBodyBytes: 2 ** 20,
    loadKeys: (id) => vault.load(id),
    receiptOf: async () => undefined,
    spoolFreeBytes: () => spool.freeBytes,
    resources: [...files.resources, ...createBatches(context).resources],
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const runner = createBatchRunner({
    ...context,
    ask: (call) => gateway.ask(call),
    serving: (model) => current.ground.index.serving(model),
    retentionDays: () => undefined,
    longestLine: 2 ** 20,
    log,
    times: { leaseMs: options.leaseMs ?? 1_500, everyMs: 50 },
  });
  runner.start();
  // Calls hold the keys that they were sealed with until they are in the database.
  const shipping = setInterval(() => void ship().catch((error: unknown) => log.error('ship', error)), 100);
  return {
    url,
    ship,
    /** Replaces what calls are judged by, as a change of control data does. */
    async change(next: Snapshot): Promise<void> {
      current = next;
      tell();
      while (snapshots.current !== next) await new Promise((resolve) => setImmediate(resolve));
    },
    async close(): Promise<void> {
      await runner.stop();
      await gateway.close(2_000);
      clearInterval(shipping);
      await spool.flush();
      await ship();
      await Promise.all([snapshots.close(), dispatch.close(), watcher.close()]);
      await spool.close();
      vault.close();
    },
  };
}

async function openJournal(home: string, database: Database, epochUse: ReturnType<typeof createEpochUse>) {
  const mark = await markOfThisProcess(createIdSource(systemClock).next('process'));
  const root = join(home, 'spool');
  mkdirSync(root, { recursive: true });
  const shipping = createCallShipping({ database, recordEvents, insertVaultRecords });
  await adoptDeadSpools(nodeSpoolFiles, root, shipping);
  const spool = new SpoolWriter({
    files: nodeSpoolFiles,
    directory: join(root, spoolFolderName(mark)),
    segmentBytes: 2 ** 20,
    maxSegments: 64,
    spareSegments: 2,
    onTrouble: () => undefined,
  });
  await spool.open();
  const journal = createCallJournal(spool, epochUse);
  const carrier = carrierInto(nodeSpoolFiles, shipping);
  const shipper = new SpoolShipper(spool, mark.processId, carrier, (callIds) => journal.moved(callIds));
  return { journal, spool, ship: () => shipper.ship() };
}

/** Limits as they are where nobody set any. */
function withoutPool(): CallLimits {
  const exchange = { refill: () => Promise.resolve(false) };
  const refusals = { count: () => undefined };
  return new CallLimits({ table: new QuotaTable(), exchange, refusals, now: Date.now });
}
