import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { JsonObject } from '../../core/ledger/canonical-json.ts';
import { parseCheckpointText } from '../../core/ledger/checkpoint.ts';
import type { Clock } from '../../core/clock.ts';
import { leafBytes } from '../../core/ledger/leaf.ts';
import { isOver, logOrigin, nextOrigin } from '../../core/ledger/log-origin.ts';
import type { LogSigner } from '../../core/ledger/log-signer.ts';
import { parseNote } from '../../core/ledger/signed-note.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import {
  closeLog,
  dropWaiting,
  insertLog,
  lockLogs,
  openLogHead,
  tryLockLogs,
  waitingEvents,
  type LedgerTransaction,
  type LogHead,
  type NewEntry,
} from './ledger-store.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { createLogWriter } from './log-writer.ts';
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
}

export interface Sequencer {
  /** Opens the first log if there is none, then works until `stop`. */
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
  const { clock, log, batchSize = 1000, lingerMs = 50 } = options;
  const database = options.database.withTables<LedgerTables>();
  const writer = createLogWriter(options.signer);
  const bell = createWakeSignal();
  let running: Promise<void> | undefined;
  let stopping = false;

  const append = (
    trx: LedgerTransaction,
    head: LogHead,
    entries: readonly NewEntry[],
    outboxIds: readonly bigint[],
  ) => writer.append(trx, { log: head, entries, outboxIds, unixMs: clock.now() });

  const openLog = async (trx: LedgerTransaction, origin: string, body: JsonObject) => {
    const openedAt = new Date(clock.now());
    const head = await insertLog(trx, { origin, openedAt, pseudonymSecret: randomBytes(32) });
    return append(trx, head, [logEvent('log.opened', openedAt, { origin, ...body })], []);
  };

  /** The log to append to: the open one, its successor if its quarter has passed, or the very first. */
  const currentLog = async (trx: LedgerTransaction): Promise<LogHead> => {
    const head = await openLogHead(trx);
    const now = new Date(clock.now());
    if (head === undefined) return openLog(trx, logOrigin(options.instance, now.getTime()), {});
    if (!isOver(head.origin, now.getTime())) return head;
    const origin = nextOrigin(head.origin, now.getTime());
    const closed = await append(
      trx,
      head,
      [logEvent('log.closed', now, { origin: head.origin, next: origin })],
      [],
    );
    await closeLog(trx, head.id, now);
    return openLog(trx, origin, { previous: describe(closed) });
  };

  const sequenceBatch = () =>
    database.inInstance('sequence', async (trx) => {
      if (!(await tryLockLogs(trx))) return 'busy';
      const head = await currentLog(trx);
      const waiting = await waitingEvents(trx, batchSize);
      const fresh = waiting.filter(({ known }) => !known);
      const ids = waiting.map(({ id }) => id);
      if (fresh.length > 0) await append(trx, head, fresh, ids);
      else await dropWaiting(trx, ids);
      return waiting.length;
    });

  const work = async () => {
    for (let failures = 0; !stopping;) {
      try {
        if ((await sequenceBatch()) === batchSize) continue;
        failures = 0;
        await bell.wait(1000);
        await sleep(lingerMs);
      } catch (error) {
        log.error('ledger.batch_failed', error, { failures });
        await bell.wait(Math.min(50 * 2 ** failures, 2000));
        failures += 1;
      }
    }
  };

  return {
    sequenceBatch,
    async start() {
      const listener = await database.listen('kulning_outbox', bell.ring);
      await database.inInstance('open the log', async (trx) => {
        await lockLogs(trx);
        await currentLog(trx);
      });
      running = (async () => {
        await work();
        await listener.close();
      })();
    },
    async stop() {
      stopping = true;
      bell.ring();
      await running;
    },
    restartLog: () =>
      database.inInstance('restart the log', async (trx) => {
        await lockLogs(trx);
        const head = await openLogHead(trx);
        if (head === undefined) return currentLog(trx);
        const now = clock.now();
        await closeLog(trx, head.id, new Date(now));
        return openLog(trx, nextOrigin(head.origin, now), { previous: describe(head), reason: 'restored' });
      }),
  };
}

/** An entry that the sequencer itself makes. */
function logEvent(kind: string, at: Date, body: JsonObject): NewEntry {
  const leaf = leafBytes({ kind, at: at.toISOString(), organisation: null, body });
  return { leaf, eventId: null, organisationId: null };
}

/** The last head of a log, for the log that follows. */
function describe(head: LogHead): JsonObject {
  const checkpoint = parseCheckpointText(parseNote(head.note ?? '')?.text ?? '');
  return {
    origin: head.origin,
    size: head.size,
    root: Buffer.from(checkpoint?.root ?? []).toString('base64'),
  };
}
