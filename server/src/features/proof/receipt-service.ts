import { z } from 'zod';

import { callOutcomes, dataClassSchema, KulningError, type Receipt, type ReceiptSummary } from '@kulning/sdk';

import { inclusionRanges } from '../../core/ledger/merkle-proof.ts';
import { formatVerifierKey } from '../../core/ledger/signed-note.ts';
import type { LogSigner } from '../../core/ledger/log-signer.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { LedgerTransaction } from './ledger-store.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { bestHead, rangeHashes, type SignedHead } from './proof-store.ts';
import { proofWords } from './proof-words.ts';
import {
  findEvent,
  listCallEvents,
  type ReceiptFilter,
  type ReceiptPosition,
  type RecordedEvent,
} from './receipt-store.ts';

export interface ReceiptOptions {
  /** Of role `app`. */
  readonly database: Database;
  readonly signer: Pick<LogSigner, 'verifierKeys'>;
  readonly instance: string;
  /** The salt of a call's commitments, out of the vault; null once it was erased or never was. */
  readonly openSalt: (organisationId: string, callId: string) => Promise<Uint8Array | null>;
}

export interface ReceiptService {
  /** Undefined if the ledger knows no such event of this organisation. */
  receiptById(organisationId: string, id: string): Promise<Receipt | undefined>;
  list(
    organisationId: string,
    filter: ReceiptFilter & { limit: number; cursor?: string | undefined },
  ): Promise<{ items: ReceiptSummary[]; next?: string }>;
  /** Evidence bundle: every receipt of a period, as the text of a file. */
  evidence(organisationId: string, filter: ReceiptFilter & { from: string; to: string }): Promise<string>;
}

/** Most receipts in one evidence file; a longer period is exported in parts. */
const MAX_EVIDENCE = 10_000;

export function createReceiptService(options: ReceiptOptions): ReceiptService {
  const database = options.database.withTables<LedgerTables>();
  const logKeys = options.signer.verifierKeys(options.instance).map(formatVerifierKey);
  const keysOf = (head?: SignedHead) => ({ log: logKeys, witnesses: [...(head?.witnessVkeys ?? [])] });
  const statement = async (organisationId: string, { id, leaf, place }: RecordedEvent) => {
    const salt = await options.openSalt(organisationId, id);
    const status: Receipt['status'] = place === null ? 'pending' : 'sequenced';
    return { id, status, leaf: base64(leaf), salt: salt === null ? null : base64(salt) };
  };

  return {
    async receiptById(organisationId, id) {
      const found = await database.inOrganisation(organisationId, async (trx) => {
        const event = await findEvent(trx, organisationId, id);
        return (
          event && { event, proof: event.place === null ? undefined : await proveEntry(trx, event.place) }
        );
      });
      if (found === undefined) return undefined;
      const { event, proof } = found;
      const said = await statement(organisationId, event);
      return {
        format: 'kulning.receipt/v1',
        ...said,
        ...(proof && { log: { ...proof.entry, origin: proof.head.origin, checkpoint: proof.head.note } }),
        keys: keysOf(proof?.head),
      };
    },

    async list(organisationId, { limit, cursor, ...filter }) {
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      const events = await database.inOrganisation(organisationId, (trx) =>
        listCallEvents(trx, organisationId, filter, { limit: limit + 1, after }),
      );
      const items = events.slice(0, limit).map(summaryOf);
      const last = items.at(-1);
      return { items, ...(events.length > limit && last !== undefined && { next: formatCursor(last) }) };
    },

    async evidence(organisationId, filter) {
      const { events, heads, positions } = await database.inOrganisation(organisationId, async (trx) => {
        const found = await listCallEvents(trx, organisationId, filter, { limit: MAX_EVIDENCE + 1 });
        refuseUnfit(found.length);
        return proveAll(trx, found.reverse());
      });
      const receipts: object[] = [];
      for (const event of events) {
        const log = positions.get(event);
        receipts.push({ ...(await statement(organisationId, event)), ...(log && { log }) });
      }
      return JSON.stringify({
        format: 'kulning.evidence/v1',
        from: new Date(filter.from).toISOString(),
        to: new Date(filter.to).toISOString(),
        heads: heads.map((head) => ({ checkpoint: head.note, keys: keysOf(head) })),
        receipts,
      });
    },
  };
}

interface Place {
  readonly logId: bigint;
  readonly index: number;
}

async function headOver(trx: LedgerTransaction, { logId, index }: Place): Promise<SignedHead> {
  const head = await bestHead(trx, logId, index + 1);
  if (head === undefined)
    throw new TypeError(`no head covers entry ${index}: an entry and its head commit together`);
  return head;
}

async function inclusionProof(trx: LedgerTransaction, { logId, index }: Place, head: SignedHead) {
  const path = await rangeHashes(trx, logId, inclusionRanges(index, head.size));
  return { index, inclusion: path.map(base64) };
}

async function proveEntry(trx: LedgerTransaction, place: Place) {
  const head = await headOver(trx, place);
  return { head, entry: await inclusionProof(trx, place, head) };
}

/** Where an entry stands in an evidence file: under which of its heads. */
interface EvidencePosition {
  readonly head: number;
  readonly index: number;
  readonly inclusion: readonly string[];
}

/** Proofs of many entries under one head for each log. */
async function proveAll(trx: LedgerTransaction, events: readonly RecordedEvent[]) {
  const heads: SignedHead[] = [];
  const positions = new Map<RecordedEvent, EvidencePosition>();
  const sequenced = events.flatMap((event) => (event.place === null ? [] : { event, ...event.place }));
  for (const [logId, entries] of Map.groupBy(sequenced, (entry) => entry.logId)) {
    const head = await headOver(trx, { logId, index: Math.max(...entries.map(({ index }) => index)) });
    const paths = entries.map(({ index }) => inclusionRanges(index, head.size));
    const hashes = await rangeHashes(trx, logId, paths.flat());
    let used = 0;
    for (const [at, { event, index }] of entries.entries()) {
      const length = paths[at]?.length ?? 0;
      const inclusion = hashes.slice(used, used + length).map(base64);
      positions.set(event, { head: heads.length, index, inclusion });
      used += length;
    }
    heads.push(head);
  }
  return { heads, events, positions };
}

function refuseUnfit(count: number): void {
  if (count > 0 && count <= MAX_EVIDENCE) return;
  throw new KulningError({
    code: count === 0 ? 'evidence.empty' : 'evidence.too_long',
    status: count === 0 ? 404 : 422,
    text: count === 0 ? proofWords.evidenceEmpty : proofWords.evidenceTooLong(MAX_EVIDENCE),
  });
}

/** What a list shows of a leaf; a member that a leaf lacks is null. */
const shownLeaf = z.object({
  kind: z.templateLiteral(['call.', z.enum(callOutcomes)]),
  class: dataClassSchema.nullish(),
  purpose: z.string().nullish(),
  decision: z
    .object({
      site: z.string().nullish(),
      rules: z.array(z.union([z.string(), z.object({ id: z.string() })])).optional(),
    })
    .optional(),
  model: z.object({ name: z.string() }).nullish(),
});

function summaryOf({ id, at, leaf, place }: RecordedEvent): ReceiptSummary {
  const shown = shownLeaf.parse(JSON.parse(Buffer.from(leaf).toString()));
  return {
    id,
    at,
    outcome: shown.kind.slice('call.'.length) as ReceiptSummary['outcome'],
    dataClass: shown.class ?? null,
    purpose: shown.purpose ?? null,
    siteId: shown.decision?.site ?? null,
    model: shown.model?.name ?? null,
    rules: (shown.decision?.rules ?? []).map((rule) => (typeof rule === 'string' ? rule : rule.id)),
    status: place === null ? 'pending' : 'sequenced',
  };
}

function formatCursor({ at, id }: ReceiptPosition): string {
  return `${at}~${id}`;
}

function parseCursor(cursor: string): ReceiptPosition {
  const [at, id] = cursor.split('~');
  if (at === undefined || id === undefined) {
    throw new KulningError({
      code: 'request.invalid',
      status: 400,
      text: proofWords.cursorWrong,
      path: 'cursor',
    });
  }
  return { at, id };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
