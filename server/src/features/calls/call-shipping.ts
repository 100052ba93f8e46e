import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { Frame } from '../../platform/spool/spool-frame.ts';
import type { SpoolDestination } from '../../platform/spool/spool-shipper.ts';
import type { SealedRecord, SubjectLink, WrappedKey } from '../../platform/vault/vault.ts';
import type { CallIntent, CallSettlement, SealedJson } from '../dispatch/index.ts';
import { callBooks } from '../limits/index.ts';
import { enterUsage } from '../usage/index.ts';
import { chargedCalls } from './call-charges.ts';
import type { JournalRecord } from './call-journal.ts';
import { callEvent, type EndedCall } from './call-leaf.ts';
import {
  type CallTransaction,
  forgetOffset,
  insertCalls,
  keepBegun,
  lockOffset,
  moveOffset,
  takeBegun,
} from './call-store.ts';
import type { CallTables } from './call-tables.ts';

/** A call's record on its way into the vault. */
export interface CallVaultRecord {
  readonly organisationId: string;
  readonly id: string;
  readonly store: 'calls';
  readonly sealed: SealedRecord | (WrappedKey & { readonly blobDigest: string });
  readonly links: readonly SubjectLink[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export interface CallShippingOptions {
  readonly database: Database;
  /** Into the ledger's outbox, in this transaction. */
  readonly recordEvents: (trx: AnyTransaction, events: readonly LedgerEvent[]) => Promise<unknown>;
  /** Into the vault's table, in this transaction. */
  readonly insertVaultRecords: (trx: AnyTransaction, records: readonly CallVaultRecord[]) => Promise<void>;
  /** Hears of calls that were just committed; once, or not at all when the process dies or the commit's answer is lost. */
  readonly onShipped?: ((calls: readonly EndedCall[]) => void) | undefined;
}

const DAY_MS = 86_400_000;
/** A salt names nobody and says nothing, but what belongs to no one must have an end: it outlives claims (ten years). */
const SALT_DAYS = 3650;

/**
 * Moves the journal into the database: the call, its ledger entry, its vault record, the usage of its hour and what it
 * counts for against limits commit together, once.
 */
export function createCallShipping(options: CallShippingOptions): SpoolDestination {
  const database = options.database.withTables<CallTables>();
  const write = async (trx: CallTransaction, calls: readonly EndedCall[]) => {
    await enterUsage(trx, await insertCalls(trx, calls));
    await options.recordEvents(trx, calls.map(callEvent));
    await options.insertVaultRecords(trx, calls.flatMap(vaultRecordOf));
  };
  return {
    async deliver(processId, frames) {
      const shipped = await database.inInstance('calls from the journal', async (trx) => {
        const moved = await lockOffset(trx, processId);
        const fresh = frames.filter(({ sequence }) => sequence > moved);
        const last = fresh.at(-1);
        if (!last) return [];
        const { ended, running } = await pair(trx, fresh);
        await write(trx, ended);
        await callBooks.charge(trx, processId, chargedCalls(ended));
        await keepBegun(trx, processId, running);
        await moveOffset(trx, processId, last.sequence);
        return ended;
      });
      options.onShipped?.(shipped);
      // Of all frames, not the fresh ones only: a commit whose answer was lost has moved the others.
      return settledIn(frames);
    },
    async conclude(processId) {
      const interrupted = await database.inInstance('calls that were interrupted', async (trx) => {
        await lockOffset(trx, processId);
        const orphans = await takeBegun(trx, { processId });
        const calls = orphans.map((intent) => ({ intent, settlement: undefined }));
        await write(trx, calls);
        await callBooks.conclude(trx, processId);
        await forgetOffset(trx, processId);
        return calls;
      });
      options.onShipped?.(interrupted);
    },
  };
}

/** Brings beginnings and ends together. A call that was placed twice has two intents: the later one is where it went. */
async function pair(
  trx: CallTransaction,
  frames: readonly Frame[],
): Promise<{ ended: EndedCall[]; running: CallIntent[] }> {
  const intents = new Map<string, CallIntent>();
  const settlements = new Map<string, CallSettlement>();
  for (const { payload } of frames) {
    const record = JSON.parse(payload.toString()) as JournalRecord;
    if ('intent' in record) intents.set(record.intent.callId, record.intent);
    else settlements.set(record.settled.callId, record.settled);
  }
  const begunBefore = [...settlements.keys()].filter((callId) => !intents.has(callId));
  if (begunBefore.length > 0)
    for (const intent of await takeBegun(trx, { callIds: begunBefore })) intents.set(intent.callId, intent);
  const ended: EndedCall[] = [];
  const running: CallIntent[] = [];
  for (const [callId, intent] of intents) {
    const settlement = settlements.get(callId);
    if (settlement) ended.push({ intent, settlement });
    else running.push(intent);
  }
  return { ended, running };
}

function settledIn(frames: readonly Frame[]): string[] {
  return frames.flatMap(({ payload }) => SETTLED.exec(payload.toString('latin1', 0, 80))?.[1] ?? []);
}

/** How the journal begins a settlement; reading the id alone spares a second parsing. */
const SETTLED = /^\{"settled":\{"callId":"(\w+)"/;

function vaultRecordOf({ intent, settlement }: EndedCall): CallVaultRecord[] {
  const sealed = settlement?.content ?? intent.sealed;
  if (!sealed) return [];
  const days = settlement?.content ? (intent.retentionDays ?? SALT_DAYS) : SALT_DAYS;
  const links = new Map(
    [...intent.subjects, ...(settlement?.subjects ?? [])].map((link) => [link.index, link]),
  );
  return [
    {
      organisationId: intent.decision.request.organisationId,
      id: intent.callId,
      store: 'calls',
      sealed: unsealedJson(sealed),
      links: [...links.values()],
      createdAt: new Date(intent.at),
      expiresAt: new Date(intent.at + days * DAY_MS),
    },
  ];
}

function unsealedJson({
  epoch,
  wrappedKey,
  nonce = '',
  ciphertext = '',
  blobDigest,
}: SealedJson): CallVaultRecord['sealed'] {
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const wrapped = { epoch, wrappedKey: bytes(wrappedKey) };
  if (blobDigest !== undefined) return { ...wrapped, blobDigest };
  return { ...wrapped, nonce: bytes(nonce), ciphertext: bytes(ciphertext) };
}
