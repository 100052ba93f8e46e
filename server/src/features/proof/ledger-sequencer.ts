import { setTimeout as sleep } from 'node:timers/promises';

import type { Clock } from '../../core/clock.ts';
import type { LogSigner } from '../../core/ledger/log-signer.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { type LedgerTransaction, lockLogs, tryLockLogs } from './ledger-store.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { createLogLifecycle } from './log-lifecycle.ts';
import { createLogWriter } from './log-writer.ts';
import { dropWaiting, waitingEvents } from './outbox-store.ts';
import { createWakeSignal } from './wake-signal.ts';

export interface SequencerOptions {
  /** Of role `sequencer`. */
  readonly database: Database;
  readonly signer: LogSigner;
  /** Name of the instance's logs; origins begin with it. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Most entries under one signed head. */
  readonly batchSize?: number;
  /** Milliseconds that an event waits for others to share its head. */
  readonly lingerMs?: number;
  /** Milliseconds after which it looks by itself, should a notification be lost. */
  readonly pollMs?: number;
}

export interface Sequencer {
  /** Opens the first log if there is none: events can be recorded from then on. */
  openLog(): Promise<void>;
  /** Opens the log, then works until `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One batch. `busy`: another process is at it. */
  sequenceBatch(): Promise<number | 'busy'>;
  /**
   * Leaves the open log as it is and starts the next. For a database that was restored: its log may have gone on
   * elsewhere, and another head of a size that was signed before would fork it.
   */
  restartLog(): Promise<{ origin: string }>;
}

/**
 * Gives events their place. Several processes may run one; the lock lets one at a time work, and what it does in a
 * transaction happens whole or not at all: no index is skipped or given twice, whenever a process dies.
 */
export function createSequencer(options: SequencerOptions): Sequencer {
  const { clock, log, batchSize = 1000, lingerMs = 50, pollMs = 1000 } = options;
  const database = options.database.withTables<LedgerTables>();
  const writer = createLogWriter(options.signer);
  const logs = createLogLifecycle({ writer, instance: options.instance, clock });
  const bell = createWakeSignal();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const sequenceBatch = () =>
    database.inInstance('sequence', async (trx) => {
      if (!(await tryLockLogs(trx))) return 'busy';
      const head = await logs.current(trx);
      const waiting = await waitingEvents(trx, batchSize);
      const entries = waiting.filter(({ known }) => !known);
      const outboxIds = waiting.map(({ id }) => id);
      if (entries.length === 0) await dropWaiting(trx, outboxIds);
      else await writer.append(trx, { log: head, entries, outboxIds, unixMs: clock.now() });
      return waiting.length;
    });

  const work = async () => {
    for (let failures = 0; !stopping.signal.aborted;) {
      try {
        if ((await sequenceBatch()) === batchSize) continue;
        failures = 0;
        await bell.wait(pollMs);
        await sleep(lingerMs);
      } catch (error) {
        log.error('ledger.batch_failed', error, { failures });
        await bell.wait(Math.min(50 * 2 ** failures, 2000));
        failures += 1;
      }
    }
  };

  const underLock = <T>(reason: string, work: (trx: LedgerTransaction) => Promise<T>) =>
    database.inInstance(reason, async (trx) => {
      await lockLogs(trx);
      return work(trx);
    });
  const openLog = async () => void (await underLock('open the log', logs.current.bind(logs)));

  return {
    sequenceBatch,
    openLog,
    async start() {
      const listener = await database.listen('kulning_outbox', bell.ring);
      await openLog();
      running = (async () => {
        await work();
        await listener.close();
      })();
    },
    async stop() {
      stopping.abort();
      bell.ring();
      await running;
    },
    restartLog: () => underLock('restart the log', logs.restart.bind(logs)),
  };
}
