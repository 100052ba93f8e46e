import { BackgroundMetrics } from './background-metrics.ts';
import type { Features } from './compose-features.ts';
import { tracingOf } from './compose-tracing.ts';
import { type Ground, placesOf } from './compose.ts';
import { createRenewal } from './features/backup/index.ts';
import { type CallTracing, createCallShipping, createCallTracing } from './features/calls/index.ts';
import { insertVaultRecords } from './features/privacy/index.ts';
import {
  createProofWorker,
  type LogIdentity,
  type ProofWorker,
  recordEvents,
} from './features/proof/index.ts';
import { type Database, openDatabase } from './platform/postgres/database.ts';
import { contend, type Work } from './platform/postgres/leadership.ts';
import { nodeSpoolFiles } from './platform/spool/spool-files.ts';
import { adoptDeadSpools } from './platform/spool/spool-shipper.ts';
import { startTasks, type Task } from './tasks.ts';

/** What runs without being asked: one process of an instance does it, and another takes over when that one dies. */
export interface Background {
  /** Whether the database answers, and this process's site is one that the instance knows. */
  isReady(): Promise<boolean>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

export function openBackground(
  ground: Ground,
  features: Features,
  logIdentity: LogIdentity,
  role: string,
): Background {
  const { config, database, databaseUrl, sites, log } = ground;
  const settings = tracingOf(config);
  const tracing = settings && createCallTracing(settings, log);
  const metrics = new BackgroundMetrics({ role, site: config.site });
  const leadership = contend({
    url: databaseUrl,
    name: 'background',
    log,
    async lead(): Promise<Work> {
      const sequencing = await openSequencing(ground, logIdentity);
      await sequencing.worker.start();
      const tasks = startTasks(tasksOf(ground, features, tracing), log, metrics.observe);
      return {
        async stop() {
          await Promise.all([tasks.stop(), sequencing.worker.stop()]);
          await sequencing.database.close();
        },
      };
    },
  });
  return {
    isReady: () =>
      database
        .inInstance('readiness', (trx) => placesOf(trx, sites, config.site))
        .then(
          () => true,
          () => false,
        ),
    async metrics() {
      return metrics.text({
        leading: leadership.isLeader(),
        ledgerWaiting: await features.proof.ledger.waiting(),
        spans: tracing?.counts(),
      });
    },
    async close() {
      await leadership.close();
      await tracing?.close();
    },
  };
}

/** In each process that records events, before it does: whoever leads, the log is open. */
export async function openLog(ground: Ground, logIdentity: LogIdentity): Promise<void> {
  const { database, worker } = await openSequencing(ground, logIdentity);
  try {
    await worker.openLog();
  } finally {
    await database.close();
  }
}

async function openSequencing(
  { databaseUrl: url, clock, log }: Ground,
  identity: LogIdentity,
): Promise<{ database: Database; worker: ProofWorker }> {
  const database = openDatabase({ url, role: 'sequencer', poolSize: 3, log });
  return { database, worker: createProofWorker({ database, identity, clock, log }) };
}

function tasksOf(
  { models, folders, database, log }: Ground,
  features: Features,
  tracing: CallTracing | undefined,
): readonly Task[] {
  const { privacy, limits, usage, backup } = features;
  const { service } = backup;
  const renew = createRenewal({ service, lastErasureAt: () => privacy.erasures.lastCompletedAt(), log });
  const { onShipped } = tracing ?? {};
  const shipping = createCallShipping({ database, recordEvents, insertVaultRecords, onShipped });
  return [
    ...privacy.tasks,
    ...limits.tasks,
    ...usage.tasks,
    { name: 'remote-engines', everyMs: 15_000, run: (signal) => models.checkRemoteEngines(signal) },
    { name: 'model-pulls', everyMs: 1_000, run: (signal) => models.pullModels(signal) },
    { name: 'renew-backup', everyMs: 5_000, run: renew },
    { name: 'tidy-backups', everyMs: 3_600_000, run: () => service.tidy() },
    // Gateways look after each other's journals; this is for when none came back.
    {
      name: 'adopt-spools',
      everyMs: 10_000,
      run: () => adoptDeadSpools(nodeSpoolFiles, folders.spool, shipping),
    },
  ];
}
