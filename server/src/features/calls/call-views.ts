import type { CallDetail, CallOutcomeName, CallSummary, LiveCall } from '@kulning/sdk';
import { KulningError } from '@kulning/sdk';

import type { DecisionRecord } from '../../core/placement/facts.ts';
import type { AnyTransaction } from '../../platform/postgres/database.ts';
import type { CallTransaction } from './call-store.ts';
import type { CallTable } from './call-tables.ts';
import { callWords } from './call-words.ts';

export interface CallFilter {
  readonly outcome?: CallOutcomeName | undefined;
  readonly model?: string | undefined;
  readonly siteId?: string | undefined;
}

/** Names of sites by id; from the slice that owns them. */
export type SiteNames = (trx: AnyTransaction) => Promise<ReadonlyMap<string, string>>;

type CallRow = {
  [Column in keyof CallTable]: CallTable[Column] extends { readonly __select__: infer Read }
    ? Read
    : CallTable[Column];
};

/** Newest first; `cursor` is the row id of the last call of the page before. */
export async function pageOfCalls(
  trx: CallTransaction,
  organisationId: string,
  filter: CallFilter,
  page: { limit: number; cursor: string | undefined },
  names: ReadonlyMap<string, string>,
): Promise<{ items: CallSummary[]; next?: string }> {
  const { outcome, model, siteId } = filter;
  let query = trx.selectFrom('kulning.call').selectAll().where('organisation_id', '=', organisationId);
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  if (model !== undefined) query = query.where('model', '=', model);
  if (siteId !== undefined) query = query.where('site_id', '=', siteId);
  if (page.cursor !== undefined) query = query.where('row_id', '<', parseCursor(page.cursor));
  const rows = await query
    .orderBy('row_id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  const more = rows.length > page.limit && last;
  return {
    items: items.map((row) => summaryOf(row, names)),
    ...(more && { next: String(last.row_id) }),
  };
}

export async function callById(
  trx: CallTransaction,
  organisationId: string,
  id: string,
  names: ReadonlyMap<string, string>,
): Promise<CallDetail | undefined> {
  const row = await callRow(trx, organisationId, id);
  return row && detailOf(row, names);
}

/** What placement needs to replay the decision of a call. */
export async function decisionOf(
  trx: CallTransaction,
  organisationId: string,
  id: string,
): Promise<DecisionRecord | undefined> {
  const row = await callRow(trx, organisationId, id);
  return row && { request: row.request, inputs: row.inputs, facts: row.facts_hash, policy: row.policy_hash };
}

const liveColumns = [
  'row_id',
  'id',
  'at',
  'outcome',
  'status',
  'reason',
  'model',
  'site_id',
  'simulated',
  'data_class',
  'purpose',
  'input_tokens',
  'output_tokens',
  'total_us',
  'overhead_us',
  'key_id',
] as const;

/** The last calls to come, oldest first. */
export async function lastCalls(
  trx: CallTransaction,
  organisationId: string,
  most: number,
  names: ReadonlyMap<string, string>,
): Promise<{ readonly rowId: number; readonly call: LiveCall }[]> {
  const rows = await trx
    .selectFrom('kulning.call')
    .select(liveColumns)
    .where('organisation_id', '=', organisationId)
    .orderBy('row_id', 'desc')
    .limit(most)
    .execute();
  return rows
    .reverse()
    .map((row) => ({ rowId: Number(row.row_id), call: { ...summaryOf(row, names), keyId: row.key_id } }));
}

function callRow(trx: CallTransaction, organisationId: string, id: string) {
  return trx
    .selectFrom('kulning.call')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
}

const toMs = (micros: bigint | null) => (micros === null ? null : Number(micros) / 1000);
const toNumber = (count: bigint | null) => (count === null ? null : Number(count));

function summaryOf(
  row: Pick<CallRow, (typeof liveColumns)[number]>,
  names: ReadonlyMap<string, string>,
): CallSummary {
  return {
    id: row.id,
    at: row.at.toISOString(),
    outcome: row.outcome,
    status: row.status,
    reason: row.reason,
    model: row.model,
    site:
      row.site_id === null
        ? null
        : { id: row.site_id, name: names.get(row.site_id) ?? row.site_id, simulated: row.simulated },
    dataClass: row.data_class,
    purpose: row.purpose,
    inputTokens: toNumber(row.input_tokens),
    outputTokens: toNumber(row.output_tokens),
    latencyMs: toMs(row.total_us),
    overheadMs: toMs(row.overhead_us),
  };
}

function detailOf(row: CallRow, names: ReadonlyMap<string, string>): CallDetail {
  return {
    ...summaryOf(row, names),
    keyId: row.key_id,
    streamed: row.streamed,
    firstByteMs: toMs(row.first_byte_us),
    deploymentId: row.deployment_id,
    modelVersion: row.model_version,
    modelDigest: row.model_digest,
    policyHash: row.policy_hash,
    factsHash: row.facts_hash,
    rules: row.rules,
    inputs: { ...row.inputs },
    energy: { ...row.energy, unit: 'Wh' },
    carbon: { ...row.carbon, unit: 'g' },
    contentKept: row.content_kept,
    handling: { ...row.handling },
    receiptId: row.id,
  };
}

function parseCursor(cursor: string): bigint {
  if (/^\d{1,18}$/.test(cursor)) return BigInt(cursor);
  throw new KulningError({
    code: 'page.cursor_wrong',
    status: 400,
    path: 'cursor',
    text: callWords.cursorWrong,
  });
}
