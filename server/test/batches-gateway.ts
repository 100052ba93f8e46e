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
export async function openBatchGateway(options: BatchGatewayOptions) {
  const { home, database, log, holderId } = options;
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
  const { journal, spool, ship, closeJournal } = await openJournal(options, epochUse);
  const dispatch = new Dispatch({ sink: journal, now: Date.now, seed: () => 7 });
  const control = await openControl(options, dispatch);
  const base = { database, vault, blobs, clock: systemClock, ids, record: recordEvent, epochUse };
  const files = createFiles({ ...base, maxBytes: options.maxFileBytes ?? 2 ** 24 });
  const context = { ...base, files: files.keeper };
  const gateway = createGateway({
    ...gatewayParts(options),
    dispatch,
    vault,
    epochUse,
    snapshots: control.snapshots,
    ids,
    loadKeys: (id) => vault.load(id),
    spoolFreeBytes: () => spool.freeBytes,
    resources: [...files.resources, ...createBatches(context).resources],
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const runner = createBatchRunner({
    ...context,
    ask: (call) => gateway.ask(call),
    log,
    longestLine: 2 ** 20,
    serving: (model) => control.current().ground.index.serving(model),
    retentionDays: () => undefined,
    times: { leaseMs: options.leaseMs ?? 1_500, everyMs: 50 },
  });
  runner.start();
  return {
    url,
    ship,
    change: control.change,
    async close(): Promise<void> {
      await runner.stop();
      await gateway.close(2_000);
      await closeJournal();
      await Promise.all([control.snapshots.close(), dispatch.close(), watcher.close()]);
      vault.close();
    },
  };
}

function gatewayParts({ limits, log }: BatchGatewayOptions) {
  return {
    limits: limits ?? withoutPool(),
    now: Date.now,
    log,
    metrics: new GatewayMetrics(),
    maxBodyBytes: 2 ** 20,
    receiptOf: () => Promise.resolve(undefined),
  };
}

/** Control data that a test replaces. */
async function openControl({ snapshot, log }: BatchGatewayOptions, dispatch: Dispatch) {
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
  return {
    snapshots,
    current: () => current,
    async change(next: Snapshot): Promise<void> {
      current = next;
      tell();
      while (snapshots.current !== next) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function openJournal(
  { home, database, log }: BatchGatewayOptions,
  epochUse: ReturnType<typeof createEpochUse>,
) {
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
  // Calls hold the keys that they were sealed with until they are in the database.
  const timer = setInterval(
    () => void shipper.ship().catch((error: unknown) => log.error('ship', error)),
    100,
  );
  return {
    journal,
    spool,
    ship: () => shipper.ship(),
    async closeJournal() {
      clearInterval(timer);
      await spool.flush();
      await shipper.ship();
      await spool.close();
    },
  };
}

/** Limits as they are where nobody set any. */
function withoutPool(): CallLimits {
  const exchange = { refill: () => Promise.resolve(false) };
  const refusals = { count: () => undefined };
  return new CallLimits({ table: new QuotaTable(), exchange, refusals, now: Date.now });
}
