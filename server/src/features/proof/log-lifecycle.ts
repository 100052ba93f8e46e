import { randomBytes } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/ledger/canonical-json.ts';
import { parseCheckpointText } from '../../core/ledger/checkpoint.ts';
import { leafBytes } from '../../core/ledger/leaf.ts';
import { instanceOf, isOver, logOrigin, nextOrigin, restoredOrigin } from '../../core/ledger/log-origin.ts';
import { parseNote } from '../../core/ledger/signed-note.ts';
import {
  closeLog,
  insertLog,
  newestLog,
  type LedgerTransaction,
  type LogHead,
  type NewEntry,
} from './ledger-store.ts';
import type { LogWriter } from './log-writer.ts';
import { proofWords } from './proof-words.ts';

/** Opens logs and closes them. Its callers hold the lock on logs. */
export interface LogLifecycle {
  /**
   * The log to append to: the open one, its successor if its quarter has passed or a restore abandoned it, or the very
   * first. @throws KulningError `keys.wrong_log` when the keys are those of another instance's log
   */
  current(trx: LedgerTransaction): Promise<LogHead>;
  /** Abandons the open log as it is, without a last entry, and opens the next. */
  restart(trx: LedgerTransaction): Promise<LogHead>;
}

interface LifecycleOptions {
  readonly writer: LogWriter;
  readonly instance: string;
  readonly clock: Clock;
}

/**
 * A log that is closed ends with an entry that names the next; a log that is opened begins with one that names the last
 * head of the one before. So a reader who holds one log finds the others, and none can be swapped out unseen.
 */
export function createLogLifecycle({ writer, instance, clock }: LifecycleOptions): LogLifecycle {
  const append = (trx: LedgerTransaction, log: LogHead, entry: NewEntry) =>
    writer.append(trx, { log, entries: [entry], outboxIds: [], unixMs: clock.now() });

  const open = async (trx: LedgerTransaction, origin: string, body: JsonObject) => {
    const openedAt = new Date(clock.now());
    const log = await insertLog(trx, { origin, openedAt, pseudonymSecret: randomBytes(32) });
    return append(trx, log, logEvent('log.opened', openedAt, { origin, ...body }));
  };

  /** The log before may have gone on elsewhere; this one says from which head of it the database was restored. */
  const openAfterRestore = (trx: LedgerTransaction, last: LogHead) =>
    open(trx, restoredOrigin(last.origin, clock.now(), randomBytes(4).toString('hex')), {
      previous: describe(last),
      reason: 'restored',
    });

  return {
    async current(trx) {
      const log = await newestLog(trx);
      const now = new Date(clock.now());
      if (log === undefined) return open(trx, logOrigin(instance, now.getTime()), {});
      refuseStrangeKeys(log, instance);
      if (!log.isOpen) return openAfterRestore(trx, log);
      if (!isOver(log.origin, now.getTime())) return log;
      const next = nextOrigin(log.origin, now.getTime());
      const last = await append(trx, log, logEvent('log.closed', now, { origin: log.origin, next }));
      await closeLog(trx, log.id, { closedAt: now, abandoned: false });
      return open(trx, next, { previous: describe(last) });
    },
    async restart(trx) {
      const log = await newestLog(trx);
      if (log?.isOpen !== true) return this.current(trx);
      refuseStrangeKeys(log, instance);
      await closeLog(trx, log.id, { closedAt: new Date(clock.now()), abandoned: true });
      return openAfterRestore(trx, log);
    },
  };
}

/** New keys in place of lost ones would sign in the log's name, and nobody who pinned the old ones could verify. */
function refuseStrangeKeys({ origin }: LogHead, instance: string): void {
  const owner = instanceOf(origin);
  if (owner === instance) return;
  throw new KulningError({
    code: 'keys.wrong_log',
    status: 500,
    text: proofWords.wrongLogKeys(owner, instance),
  });
}

/** An entry that the sequencer itself makes. */
function logEvent(kind: string, when: Date, body: JsonObject): NewEntry {
  const at = when.toISOString();
  const leaf = leafBytes({ kind, at, organisation: null, body });
  return { eventId: null, organisationId: null, kind, at, leaf };
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
