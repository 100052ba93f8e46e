import { z } from 'zod';

import { callOutcomes } from './calls.ts';
import { flagWords } from './flag-words.ts';
import { dataClassSchema } from './identity.ts';
import { op } from './operation.ts';

/** Standard base64 (RFC 4648 §4) of bytes. */
const base64 = z.base64();

/** A C2SP verifier key, `name+hash+key`: what a verifier pins. */
const vkey = z.string();

/**
 * Where a leaf stands in the log, and the signed head that proves it. `checkpoint` is a C2SP signed note with the
 * cosignatures known at the time of asking; `inclusion` an RFC 6962 audit path, leaf's sibling first.
 */
export const receiptLog = z.strictObject({
  origin: z.string(),
  index: z.number().int().min(0),
  inclusion: z.array(base64).max(63),
  checkpoint: z.string(),
});

/** Keys as the receipt claims them. A verifier trusts only those that it pinned. */
export const claimedKeys = z.strictObject({ log: z.array(vkey), witnesses: z.array(vkey) });

/**
 * The receipt file, `kulning.receipt/v1`. `leaf` holds the exact bytes that were hashed; `salt` opens the commitments to
 * request and answer, and is null once it was erased. `log` is absent while `status` is `pending`.
 */
export const receipt = z.strictObject({
  format: z.literal('kulning.receipt/v1'),
  id: z.string(),
  status: z.enum(['pending', 'sequenced']),
  leaf: base64,
  salt: base64.nullable(),
  log: receiptLog.optional(),
  keys: claimedKeys,
});

/** What the leaf of a call says, without proof; for lists. */
export const receiptSummary = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  outcome: z.enum(callOutcomes),
  dataClass: dataClassSchema.nullable(),
  purpose: z.string().nullable(),
  siteId: z.string().nullable(),
  model: z.string().nullable(),
  /** Ids of the rules that the decision rests on. */
  rules: z.array(z.string()),
  status: z.enum(['pending', 'sequenced']),
});

const receiptFilter = {
  outcome: z.enum(callOutcomes).optional(),
  dataClass: dataClassSchema.optional(),
  site: z.string().optional().describe(flagWords.siteId.en),
  from: z.iso.datetime().optional().describe(flagWords.from.en),
  to: z.iso.datetime().optional().describe(flagWords.to.en),
};

/** How far a witness came. `ahead` and `inconsistent` are alarms: this log went back, or shows two histories. */
export const witnessStates = [
  'new',
  'cosigning',
  'unreachable',
  'refusing',
  'ahead',
  'inconsistent',
] as const;

export const witness = z.object({
  name: z.string(),
  url: z.url(),
  vkeys: z.array(vkey),
  state: z.enum(witnessStates),
  detail: z.string().nullable(),
  /** The largest head of the open log that it cosigned; null before the first. */
  size: z.number().int().nullable(),
  cosignedAt: z.iso.datetime().nullable(),
});

const ledgerStatus = z.object({
  origin: z.string(),
  size: z.number().int(),
  /** Last signed head as a C2SP note, with the cosignatures it has. */
  checkpoint: z.string(),
  signedAt: z.iso.datetime(),
  /** Pin these: they hold for every quarter of this instance. */
  vkeys: z.array(vkey),
  /** The same keys under the open log's own name, for C2SP tools and witnesses that know one origin at a time. */
  originVkeys: z.array(vkey),
  /** Events that wait to be sequenced. */
  pending: z.number().int(),
  witnesses: z.array(witness),
  logs: z.array(
    z.object({
      origin: z.string(),
      openedAt: z.iso.datetime(),
      closedAt: z.iso.datetime().nullable(),
      size: z.number().int(),
    }),
  ),
});

const ledgerEntry = z.object({
  origin: z.string(),
  index: z.number().int(),
  kind: z.string(),
  at: z.iso.datetime(),
  eventId: z.string().nullable(),
  leaf: base64,
  leafHash: base64,
});

const limit = z.coerce.number().int().min(1).max(200).default(50);
const origin = z.string().optional().describe(flagWords.logOrigin.en);
const size = z.coerce.number().int().min(0);

export const proofOperations = {
  getReceipt: op({
    id: 'receipts.get',
    method: 'GET',
    path: '/api/v1/receipts/{id}',
    summary: 'The receipt of a call, refusals included; `pending` until it is in the log',
    scope: 'receipts:read',
    params: z.object({ id: z.string() }),
    result: receipt,
  }),
  listReceipts: op({
    id: 'receipts.list',
    method: 'GET',
    path: '/api/v1/receipts',
    summary: 'Receipts of this organisation, newest first',
    scope: 'receipts:read',
    query: z.object({
      ...receiptFilter,
      limit,
      cursor: z.string().optional().describe(flagWords.cursor.en),
    }),
    result: z.object({ items: z.array(receiptSummary), next: z.string().optional() }),
  }),
  status: op({
    id: 'ledger.status',
    method: 'GET',
    path: '/api/v1/ledger',
    summary: 'The open log: origin, size, last head, keys to pin, witnesses',
    scope: 'ledger:read',
    result: ledgerStatus,
  }),
  entries: op({
    id: 'ledger.entries',
    method: 'GET',
    path: '/api/v1/ledger/entries',
    summary: 'Entries of this organisation and of the instance, in the order of the log',
    scope: 'ledger:read',
    query: z.object({ origin, start: size.default(0), limit }),
    result: z.object({ items: z.array(ledgerEntry), next: z.number().int().optional() }),
  }),
  consistency: op({
    id: 'ledger.proof',
    method: 'GET',
    path: '/api/v1/ledger/proof',
    summary: 'Consistency proof between two sizes of a log (RFC 6962 §2.1.2)',
    scope: 'ledger:read',
    query: z.object({ origin, from: size, to: size }),
    result: z.object({
      origin: z.string(),
      from: z.number().int(),
      to: z.number().int(),
      proof: z.array(base64),
    }),
  }),
  audit: op({
    id: 'ledger.audit',
    method: 'GET',
    path: '/api/v1/ledger/audit',
    summary: 'Recompute a log from its entries and compare it with its tiles and its signed head',
    scope: 'ledger:read',
    query: z.object({ origin }),
    result: z.object({
      origin: z.string(),
      size: z.number().int(),
      intact: z.boolean(),
      /** The first thing that is wrong. */
      damage: z
        .object({ what: z.enum(['entry', 'tile', 'head']), index: z.number().int().nullable() })
        .nullable(),
    }),
  }),
  checkpoint: op({
    id: 'ledger.checkpoint',
    method: 'GET',
    path: '/api/v1/ledger/checkpoint',
    summary: 'The last signed head as a C2SP note with its cosignatures',
    scope: 'ledger:read',
    query: z.object({ origin }),
    result: z.string(),
    file: 'text/plain; charset=utf-8',
  }),
  exportEvidence: op({
    id: 'evidence.export',
    method: 'GET',
    path: '/api/v1/evidence',
    summary: 'Receipts of a period in one file that verifies offline (`kulning.evidence/v1`)',
    scope: 'receipts:read',
    query: z.object({
      ...receiptFilter,
      from: z.iso.datetime().describe(flagWords.from.en),
      to: z.iso.datetime().describe(flagWords.to.en),
    }),
    result: z.string(),
    file: 'application/json',
  }),
  listWitnesses: op({
    id: 'witnesses.list',
    method: 'GET',
    path: '/api/v1/witnesses',
    summary: 'Witnesses and how far each has come',
    scope: 'ledger:read',
    result: z.object({ items: z.array(witness) }),
  }),
  addWitness: op({
    id: 'witnesses.add',
    method: 'POST',
    path: '/api/v1/witnesses',
    summary: 'Ask a witness to cosign each head',
    scope: 'instance:write',
    body: z.strictObject({
      url: z.url({ protocol: /^https?$/ }).describe(flagWords.witnessUrl.en),
      vkeys: z.array(z.string().trim()).min(1).max(4).describe(flagWords.witnessKeys.en),
    }),
    result: witness,
  }),
  removeWitness: op({
    id: 'witnesses.remove',
    method: 'DELETE',
    path: '/api/v1/witnesses/{name}',
    summary: 'Stop asking a witness; what it cosigned stays',
    scope: 'instance:write',
    params: z.object({ name: z.string() }),
    result: z.object({ removed: z.literal(true) }),
  }),
};

export type Receipt = z.output<typeof receipt>;
export type ReceiptSummary = z.output<typeof receiptSummary>;
export type WitnessState = (typeof witnessStates)[number];
export type Witness = z.output<typeof witness>;
export type LedgerStatus = z.output<typeof ledgerStatus>;
