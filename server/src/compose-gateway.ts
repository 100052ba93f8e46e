import { randomInt } from 'node:crypto';
import { join } from 'node:path';

import { type Ground, openGround, placesOf } from './compose.ts';
import { type GatewayBatches, openBatches } from './compose-batches.ts';
import { type GatewayContent, openContent } from './compose-content.ts';
import type { Config } from './config.ts';
import { FactsIndex } from './core/placement/facts-index.ts';
import {
  type CallJournal,
  createCallJournal,
  createCallShipping,
  createCallTracing,
} from './features/calls/index.ts';
import { tracingOf } from './compose-tracing.ts';
import { LoadBoard } from './core/engine/load-signal.ts';
import { Dispatch } from './features/dispatch/index.ts';
import {
  createGateway,
  createSnapshotSource,
  GatewayMetrics,
  sealedJson,
  SnapshotKeeper,
} from './features/gateway/index.ts';
import { createGatewayLimits, type GatewayLimits, limitFacts } from './features/limits/index.ts';
import {
  createRecordContent,
  createRecordReader,
  insertVaultRecords,
  restrictedSubjects,
  saltIn,
} from './features/privacy/index.ts';
import { createProof, openLogIdentity, recordEvents } from './features/proof/index.ts';
import { nodeSpoolFiles } from './platform/spool/spool-files.ts';
import { markOfThisProcess, spoolFolderName } from './platform/spool/spool-process.ts';
import { adoptDeadSpools, SpoolShipper } from './platform/spool/spool-shipper.ts';
import { SpoolWriter } from './platform/spool/spool-writer.ts';
import type { SpanCounts } from './platform/telemetry/span-exporter.ts';
import { createEpochUse, type EpochUse } from './platform/vault/epoch-use.ts';
import { keyEpochWatcher } from './platform/vault/key-epoch-watcher.ts';
import type { Role } from './serve.ts';
import { startShipper } from './shipper-process.ts';
import { startTasks, type Task } from './tasks.ts';
import { tellParent } from './up/messages.ts';

const segmentBytes = 4 * 2 ** 20;
const drainMs = 15_000;

/** A gateway process: the OpenAI-compatible API, its journal, and what moves the journal into the database. */
export async function composeGateway(config: Config): Promise<Role> {
  const ground = await openGround(config, 'gateway', {
    liveStates: () => [],
    decisionOf: () => Promise.resolve(undefined),
  });
  const { log, database, vault, keystore } = ground;
  const epochUse = createEpochUse();
  const holderId = `gateway-${config.gateway.port}`;
  const metrics = new GatewayMetrics();
  const spool = await openSpool(ground, epochUse, metrics);
  // Before the watcher speaks for this process: until then, the row of its dead predecessor protects what that one left.
  await spool.adopt();
  const limits = createGatewayLimits({
    database,
    processId: spool.processId,
    recordEvents,
    now: () => ground.clock.now(),
    log,
  });
  const keys = await keyEpochWatcher({ database, keystore, vault, holderId, epochUse, log });
  const now = () => ground.clock.now();
  const board = new LoadBoard();
  const dispatch = new Dispatch({
    sink: spool.journal,
    now,
    seed: () => randomInt(2 ** 31),
    signals: () => board.signals(),
  });
  const content = openContent(ground, epochUse);
  const snapshots = new SnapshotKeeper({
    source: snapshotSource(ground, content),
    now,
    log,
    onSwap: ({ ground: { endpoints } }) => dispatch.keepOnly(endpoints),
  });
  const batches = openBatches(ground, epochUse, () => snapshots.current);
  const parts = { dispatch, snapshots, spool, epochUse, limits, metrics, content, batches };
  const gateway = await gatewayOf(ground, parts);
  await snapshots.open();
  const { url } = await gateway.listen(config.gateway);
  const batchRunner = batches.start((call) => gateway.ask(call));
  const contentTasks = content.tasks(() => snapshots.current);
  const tasks = startTasks(
    [...spool.tasks, ...limits.tasks, ...contentTasks, loadTask(ground, board, snapshots)],
    log,
  );
  tellParent({ ready: true, url });
  log.info('gateway.ready', { url, site: config.site });
  return {
    close: async () => {
      await batchRunner.stop();
      await gateway.close(drainMs);
      await tasks.stop();
      await spool.close();
      await limits.close();
      await Promise.all([dispatch.close(), snapshots.close(), keys.close()]);
      await database.close();
      vault.close();
    },
  };
}

function loadTask({ models }: Ground, board: LoadBoard, snapshots: SnapshotKeeper): Task {
  const run = (signal: AbortSignal) =>
    models.pollLoads(snapshots.current?.ground.endpoints ?? new Map(), board, signal);
  return { name: 'engine-loads', everyMs: 1_500, run };
}

interface GatewaySpool {
  readonly processId: string;
  readonly writer: SpoolWriter;
  readonly journal: CallJournal;
  readonly tasks: readonly Task[];
  spans(): readonly (SpanCounts | undefined)[];
  ship(): Promise<void>;
  adopt(): Promise<unknown>;
  close(): Promise<void>;
}

/** This process's journal, and the journals of processes that died before it. */
async function openSpool(
  { config, folders, ids, log, clock, database, databaseUrl }: Ground,
  epochUse: EpochUse,
  metrics: GatewayMetrics,
): Promise<GatewaySpool> {
  const mark = await markOfThisProcess(ids.next('process'));
  const writer = new SpoolWriter({
    files: nodeSpoolFiles,
    directory: join(folders.spool, spoolFolderName(mark)),
    segmentBytes,
    maxSegments: Math.max(2, Math.floor(config.gateway.spoolBytes / segmentBytes)),
    spareSegments: 2,
    onTrouble: (event, cause) => log.error(event, cause),
    onSync: (frames, waitMs) => metrics.synced(frames, waitMs),
    onRoomAgain: (refused) => log.info('spool.room_again', { refused }),
  });
  await writer.open();
  const journal = createCallJournal(writer, epochUse);
  const settings = tracingOf(config);
  const tracing = settings && createCallTracing(settings, log);
  const carrier = startShipper({
    databaseUrl,
    tracing: settings,
    log,
    clock,
    write: (line) => void process.stdout.write(line),
  });
  const shipper = new SpoolShipper(writer, mark.processId, carrier, (callIds) => journal.moved(callIds));
  const { onShipped } = tracing ?? {};
  const shipping = createCallShipping({ database, recordEvents, insertVaultRecords, onShipped });
  const adopt = () => adoptDeadSpools(nodeSpoolFiles, folders.spool, shipping);
  return {
    processId: mark.processId,
    writer,
    journal,
    adopt,
    ship: () => shipper.ship(),
    spans: () => [carrier.spans(), tracing?.counts()],
    tasks: [
      { name: 'ship-calls', everyMs: 100, run: () => shipper.ship() },
      { name: 'adopt-spools', everyMs: 5_000, run: adopt },
    ],
    close: async () => {
      await writer.flush();
      await shipper.ship().catch((cause: unknown) => log.error('spool.left_behind', cause));
      await carrier.stop();
      await tracing?.close();
      await writer.close();
    },
  };
}

function snapshotSource({ config, database, sites, models, placements }: Ground, content: GatewayContent) {
  return createSnapshotSource(database, {
    ground: async (trx) => {
      const { facts, digest, judge } = await placements.readSnapshot(trx);
      return {
        facts,
        index: new FactsIndex(facts),
        factsHash: digest,
        judge,
        endpoints: await models.endpoints(trx),
      };
    },
    places: (trx) => placesOf(trx, sites, config.site),
    limits: limitFacts,
    content: (trx) => content.read(trx),
    restricted: restrictedSubjects,
  });
}

interface GatewayParts {
  readonly dispatch: Dispatch;
  readonly snapshots: SnapshotKeeper;
  readonly spool: GatewaySpool;
  readonly epochUse: EpochUse;
  readonly limits: GatewayLimits;
  readonly content: GatewayContent;
  readonly metrics: GatewayMetrics;
  readonly batches: GatewayBatches;
}

async function gatewayOf(
  ground: Ground,
  { dispatch, snapshots, spool, epochUse, limits, content, metrics, batches }: GatewayParts,
) {
  const { config, database, blobs, vault, clock, ids, log } = ground;
  const readRecord = createRecordReader(database, vault, blobs);
  const openSalt = async (organisationId: string, id: string) => saltIn(await readRecord(organisationId, id));
  const proof = createProof({ database, identity: await openLogIdentity(config.keys), clock, openSalt });
  const records = createRecordContent(vault, blobs);
  return createGateway({
    dispatch,
    limits: limits.calls,
    content: content.deps,
    snapshots,
    vault,
    loadKeys: (organisationId) => vault.load(organisationId),
    epochUse,
    keepContent: async (organisationId, callId, kept) => {
      const sealed = await records.seal(organisationId, callId, Buffer.from(JSON.stringify(kept), 'utf8'));
      const text = JSON.stringify([kept.prompt, kept.answer]);
      return { sealed: sealedJson(sealed), subjects: vault.links(organisationId, [], text) };
    },
    metrics,
    log,
    now: () => clock.now(),
    maxBodyBytes: config.gateway.maxBodyBytes,
    traces: config.telemetry.endpoint !== undefined,
    ids,
    // A call that has just ended may be in the journal alone.
    receiptOf: async (organisationId, id) => {
      const known = await proof.receipts.receiptById(organisationId, id);
      if (known) return known;
      await spool.ship();
      return await proof.receipts.receiptById(organisationId, id);
    },
    spoolFreeBytes: () => spool.writer.freeBytes,
    spans: () => spool.spans(),
    resources: batches.resources,
  });
}
