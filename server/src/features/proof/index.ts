import type { Clock } from '../../core/clock.ts';
import type { Route } from '../../platform/http/route.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { createLedgerService, type LedgerService } from './ledger-service.ts';
import { createSequencer } from './ledger-sequencer.ts';
import type { LedgerTables } from './ledger-tables.ts';
import type { LogIdentity } from './log-keys.ts';
import { proofRoutes } from './proof-routes.ts';
import { pruneHeads } from './proof-store.ts';
import { createReceiptService, type ReceiptOptions, type ReceiptService } from './receipt-service.ts';
import { createTlogResources } from './tlog-resources.ts';
import { createWitnessFeeder } from './witness-feeder.ts';
import { createWitnessService, type WitnessService } from './witness-service.ts';

export { recordEvent, recordEvents } from './ledger-events.ts';
export { openLogIdentity, type LogIdentity } from './log-keys.ts';

export interface ProofOptions {
  /** Of role `app`. */
  readonly database: Database;
  readonly identity: LogIdentity;
  readonly clock: Clock;
  readonly openSalt: ReceiptOptions['openSalt'];
}

export interface Proof {
  readonly receipts: ReceiptService;
  readonly ledger: LedgerService;
  readonly witnesses: WitnessService;
  readonly routes: readonly Route[];
  /** What is at a path under `/tlog/`, for strangers too; see tlog-resources.ts about `entries`. */
  readonly tlog: ReturnType<typeof createTlogResources>;
}

/** What any process may ask of the ledger. */
export function createProof({ database, identity, clock, openSalt }: ProofOptions): Proof {
  const { signer, instance } = identity;
  const receipts = createReceiptService({ database, signer, instance, openSalt });
  const ledger = createLedgerService({ database, signer, instance });
  const witnesses = createWitnessService({ database, clock });
  return {
    receipts,
    ledger,
    witnesses,
    routes: proofRoutes({ receipts, ledger, witnesses }),
    tlog: createTlogResources({ database, instance }),
  };
}

export interface ProofWorkerOptions {
  /** Of role `sequencer`. */
  readonly database: Database;
  readonly identity: LogIdentity;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ProofWorker {
  /** Before anything is recorded; in every process that records, whoever sequences. */
  openLog(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** After a restore from backup, before anything is recorded: see `Sequencer.restartLog`. */
  restartLog(): Promise<{ origin: string }>;
}

const PRUNE_EVERY_MS = 60_000;

/** What one process does for the ledger in the background: sequence, have witnesses cosign, tidy. */
export function createProofWorker({ database, identity, clock, log }: ProofWorkerOptions): ProofWorker {
  const sequencer = createSequencer({ database, ...identity, clock, log });
  const feeder = createWitnessFeeder({ database, clock, log });
  let pruning: NodeJS.Timeout | undefined;
  return {
    openLog: () => sequencer.openLog(),
    async start() {
      await sequencer.start();
      await feeder.start();
      pruning = setInterval(() => {
        database
          .withTables<LedgerTables>()
          .inInstance('prune heads', pruneHeads)
          .catch((error: unknown) => log.error('ledger.prune_failed', error));
      }, PRUNE_EVERY_MS);
    },
    async stop() {
      clearInterval(pruning);
      await Promise.all([sequencer.stop(), feeder.stop()]);
    },
    restartLog: () => sequencer.restartLog(),
  };
}
