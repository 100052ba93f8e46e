import { KulningError, type LedgerStatus, type OperationResult, type proofOperations } from '@kulning/sdk';

import type { LogSigner } from '../../core/ledger/log-signer.ts';
import { consistencyRanges } from '../../core/ledger/merkle-proof.ts';
import { leafHash } from '../../core/ledger/merkle-tree.ts';
import { formatVerifierKey } from '../../core/ledger/signed-note.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { auditLog, type LogAudit } from './ledger-audit.ts';
import type { LedgerTransaction } from './ledger-store.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { entriesFrom, waitingCount } from './ledger-views.ts';
import {
  bestHead,
  findLog,
  lastHead,
  listLogs,
  rangeHashes,
  type Log,
  type SignedHead,
} from './proof-store.ts';
import { proofWords } from './proof-words.ts';
import { listWitnesses, type WitnessInWords } from './witness-store.ts';

export interface LedgerService {
  status(): Promise<Omit<LedgerStatus, 'witnesses'> & { readonly witnesses: WitnessInWords[] }>;
  entries(
    organisationId: string,
    page: { origin?: string | undefined; start: number; limit: number },
  ): Promise<OperationResult<typeof proofOperations.entries>>;
  consistency(query: {
    origin?: string | undefined;
    from: number;
    to: number;
  }): Promise<OperationResult<typeof proofOperations.consistency>>;
  /** Whether a log is what its signed head says. It reads every entry: 100,000 a second or so. */
  audit(origin?: string): Promise<LogAudit & { origin: string }>;
  /** How many events have no place in the ledger yet. */
  waiting(): Promise<number>;
  /** The last head, with cosignatures if it has any. */
  checkpoint(origin?: string): Promise<string>;
}

export interface LedgerServiceOptions {
  /** Of role `app`. */
  readonly database: Database;
  readonly signer: Pick<LogSigner, 'verifierKeys'>;
  readonly instance: string;
}

/** Reads of the ledger. All throw KulningError `ledger.unknown` for a log that is not there. */
export function createLedgerService({ signer, instance, ...options }: LedgerServiceOptions): LedgerService {
  const database = options.database.withTables<LedgerTables>();
  const vkeysAs = (name: string) => signer.verifierKeys(name).map(formatVerifierKey);
  return {
    status: () =>
      database.inInstance('ledger status', async (trx) => {
        const { log, head } = await logAndHead(trx);
        const logs = await listLogs(trx);
        return {
          origin: log.origin,
          size: head.size,
          checkpoint: head.note,
          signedAt: head.signedAt.toISOString(),
          vkeys: vkeysAs(instance),
          originVkeys: vkeysAs(log.origin),
          pending: await waitingCount(trx),
          witnesses: await listWitnesses(trx),
          logs: logs.map(({ origin, openedAt, closedAt, size }) => ({
            origin,
            openedAt: openedAt.toISOString(),
            closedAt: closedAt?.toISOString() ?? null,
            size,
          })),
        };
      }),

    entries: (organisationId, { origin, start, limit }) =>
      database.inOrganisation(organisationId, async (trx) => {
        const log = await logOf(trx, origin);
        const entries = await entriesFrom(trx, log.id, organisationId, { start, limit: limit + 1 });
        const items = entries.slice(0, limit).map(({ leaf, ...entry }) => ({
          ...entry,
          origin: log.origin,
          leaf: base64(leaf),
          leafHash: base64(leafHash(leaf)),
        }));
        const next = entries[limit]?.index;
        return { items, ...(next !== undefined && { next }) };
      }),

    consistency: ({ origin, from, to }) =>
      database.inInstance('consistency proof', async (trx) => {
        const { log, head } = await logAndHead(trx, origin);
        if (from > to || to > head.size) throw beyond(from, to, head.size);
        const proof = await rangeHashes(trx, log.id, consistencyRanges(from, to));
        return { origin: log.origin, from, to, proof: proof.map(base64) };
      }),

    audit: (origin) =>
      database.inInstance('audit a log', async (trx) => {
        const { log, head } = await logAndHead(trx, origin);
        return {
          origin: log.origin,
          ...(await auditLog(trx, log.id, head, signer.verifierKeys(log.origin))),
        };
      }),

    waiting: () => database.inInstance('waiting events', waitingCount),

    checkpoint: (origin) =>
      database.inInstance('checkpoint', async (trx) => (await logAndHead(trx, origin)).head.note),
  };
}

async function logOf(trx: LedgerTransaction, origin?: string): Promise<Log> {
  const log = await findLog(trx, origin);
  if (log !== undefined) return log;
  throw new KulningError({
    code: 'ledger.unknown',
    status: 404,
    text: origin === undefined ? proofWords.noLogOpen : proofWords.logUnknown(origin),
    ...(origin !== undefined && { path: 'origin' }),
  });
}

async function logAndHead(trx: LedgerTransaction, origin?: string): Promise<{ log: Log; head: SignedHead }> {
  const log = await logOf(trx, origin);
  const last = await lastHead(trx, log.id);
  const head = last && (await bestHead(trx, log.id, last.size));
  if (head === undefined)
    throw new TypeError(`log ${log.origin} has no head: both are made in one transaction`);
  return { log, head };
}

function beyond(from: number, to: number, size: number): KulningError {
  return new KulningError({
    code: 'ledger.no_such_size',
    status: 400,
    text: proofWords.noSuchSize(from, to, size),
    path: from > to ? 'from' : 'to',
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
