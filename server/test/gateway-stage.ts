import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type CallJournal, createCallJournal } from '../src/features/calls/call-journal.ts';
import { Dispatch } from '../src/features/dispatch/index.ts';
import {
  type ContentKeeper,
  createGateway,
  GatewayMetrics,
  type Snapshot,
  SnapshotKeeper,
  type SnapshotSource,
} from '../src/features/gateway/index.ts';
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

/** A real gateway on a real port: real policy, vault and journal; control data from the test. */
export async function startStage(
  first: Snapshot,
  over: {
    now?: () => number;
    lastHeardAt?: () => number;
    source?: SnapshotSource;
    files?: SpoolFiles;
    maxBodyBytes?: number;
    keepContent?: ContentKeeper;
    receiptOf?: (organisationId: string, id: string) => Promise<object | undefined>;
  } = {},
): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'kulning-gateway-'));
  const now = over.now ?? Date.now;
  const files = over.files ?? nodeSpoolFiles;
  const spoolDirectory = join(home, 'spool');
  await files.makeDirectory(spoolDirectory);
  const spool = new SpoolWriter({
    files,
    directory: spoolDirectory,
    segmentBytes: 2 ** 20,
    maxSegments: 32,
    spareSegments: 2,
    onTrouble: () => undefined,
  });
  await spool.open();
  const vault = createVault(await openFileKeystore(join(home, 'keys')));
  const epochUse = createEpochUse();
  const journal = createCallJournal(spool, epochUse);
  const dispatch = new Dispatch({ sink: journal, now, seed: () => 7 });
  let current = first;
  let changed: () => void = () => undefined;
  const snapshots = new SnapshotKeeper({
    source: over.source ?? {
      load: async () => current,
      watch: async (tell) => {
        changed = tell;
        return { lastHeardAt: over.lastHeardAt ?? now, close: async () => undefined };
      },
    },
    now,
    log: silentLogger,
    onSwap: ({ ground }) => dispatch.keepOnly(ground.endpoints),
  });
  await snapshots.open();
  const gateway = createGateway({
    dispatch,
    vault,
    epochUse,
    loadKeys: (id) => vault.load(id),
    snapshots,
    now,
    metrics: new GatewayMetrics(),
    log: silentLogger,
    ids: createIdSource(systemClock),
    maxBodyBytes: over.maxBodyBytes ?? 2 ** 20,
    receiptOf: over.receiptOf ?? (async () => undefined),
    spoolFreeBytes: () => spool.freeBytes,
    ...(over.keepContent && { keepContent: over.keepContent }),
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
      current = snapshot;
      changed();
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
