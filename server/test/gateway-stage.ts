import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type CallJournal, createCallJournal } from '../src/features/calls/call-journal.ts';
import { Dispatch } from '../src/features/dispatch/index.ts';
import {
  type ContentDeps,
  type ContentKeeper,
  createGateway,
  GatewayMetrics,
  type Snapshot,
  SnapshotKeeper,
  type SnapshotSource,
} from '../src/features/gateway/index.ts';
import { QuotaTable } from '../src/core/limits/quota-table.ts';
import { CallLimits } from '../src/features/limits/index.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { nodeSpoolFiles, type SpoolFiles } from '../src/platform/spool/spool-files.ts';
import { SpoolWriter } from '../src/platform/spool/spool-writer.ts';
import { createEpochUse, type EpochUse } from '../src/platform/vault/epoch-use.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';

export interface Stage {
  readonly url: string;
  readonly spoolDirectory: string;
  readonly spool: SpoolWriter;
  readonly home: string;
  readonly epochUse: EpochUse;
  readonly journal: CallJournal;
  /** Replaces what calls are judged by, as a change of control data does. */
  change(snapshot: Snapshot): Promise<void>;
  close(): Promise<void>;
}

interface StageOptions {
  readonly now?: () => number;
  readonly lastHeardAt?: () => number;
  readonly source?: SnapshotSource;
  readonly files?: SpoolFiles;
  readonly maxBodyBytes?: number;
  readonly keepContent?: ContentKeeper;
  readonly limits?: CallLimits;
  readonly content?: ContentDeps;
  readonly traces?: boolean;
}

/** A real gateway on a real port: real policy, vault and journal; control data from the test. */
export async function startStage(first: Snapshot, over: StageOptions = {}): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'kulning-gateway-'));
  const now = over.now ?? Date.now;
  const spoolDirectory = join(home, 'spool');
  const spool = await openSpool(spoolDirectory, over.files ?? nodeSpoolFiles);
  const vault = createVault(await openFileKeystore(join(home, 'keys')));
  const epochUse = createEpochUse();
  const journal = createCallJournal(spool, epochUse);
  const dispatch = new Dispatch({ sink: journal, now, seed: () => 7 });
  const control = changeable(first, over.lastHeardAt ?? now);
  const snapshots = new SnapshotKeeper({
    source: over.source ?? control.source,
    now,
    log: silentLogger,
    onSwap: ({ ground }) => dispatch.keepOnly(ground.endpoints),
  });
  await snapshots.open();
  const gateway = createGateway({
    dispatch,
    limits: over.limits ?? withoutPool(now),
    vault,
    epochUse,
    snapshots,
    now,
    log: silentLogger,
    ids: createIdSource(systemClock),
    metrics: new GatewayMetrics(),
    maxBodyBytes: over.maxBodyBytes ?? 2 ** 20,
    loadKeys: (id) => vault.load(id),
    receiptOf: async () => undefined,
    spoolFreeBytes: () => spool.freeBytes,
    ...(over.keepContent && { keepContent: over.keepContent }),
    ...(over.content && { content: over.content }),
    traces: over.traces === true,
  });
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    spoolDirectory,
    spool,
    home,
    epochUse,
    journal,
    async change(snapshot) {
      control.change(snapshot);
      while (snapshots.current !== snapshot) await new Promise((resolve) => setImmediate(resolve));
    },
    async close() {
      await gateway.close(2_000);
      await snapshots.close();
      await dispatch.close();
      await spool.close();
      vault.close();
      await rm(home, { recursive: true });
    },
  };
}

async function openSpool(directory: string, files: SpoolFiles): Promise<SpoolWriter> {
  const sizes = { segmentBytes: 2 ** 20, maxSegments: 32, spareSegments: 2 };
  const spool = new SpoolWriter({ files, directory, ...sizes, onTrouble: () => undefined });
  await spool.open();
  return spool;
}

/** Limits as they are without a database: what has none goes on. */
function withoutPool(now: () => number): CallLimits {
  const exchange = { refill: () => Promise.resolve(false) };
  return new CallLimits({ table: new QuotaTable(), exchange, refusals: { count: () => undefined }, now });
}

/** Control data that a test replaces. */
function changeable(first: Snapshot, lastHeardAt: () => number) {
  let current = first;
  let tell: () => void = () => undefined;
  const source: SnapshotSource = {
    load: async () => current,
    watch: async (changed) => {
      tell = changed;
      return { lastHeardAt, close: async () => undefined };
    },
  };
  return {
    source,
    change(next: Snapshot) {
      current = next;
      tell();
    },
  };
}
