import { sql } from 'kysely';

import type { LedgerTransaction } from './ledger-store.ts';

/** What the ledger holds of an event: an entry, or a leaf that still waits. */
export interface RecordedEvent {
  readonly id: string;
  readonly at: string;
  readonly leaf: Uint8Array;
  /** Null while it waits. */
  readonly place: { readonly logId: bigint; readonly index: number } | null;
}

export interface ReceiptFilter {
  readonly outcome?: string | undefined;
  readonly dataClass?: string | undefined;
  readonly site?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Where a page ended: time and id of its last receipt. */
export interface ReceiptPosition {
  readonly at: string;
  readonly id: string;
}

interface Row {
  readonly id: string;
  readonly at: string;
  readonly leaf: Uint8Array;
  readonly logId: bigint | null;
  readonly index: bigint | null;
}

/** Entries and waiting events as one list. An event is never in both: the sequencer moves it in one transaction. */
const recorded = sql`(
  select event_id as id, kind, at, leaf, organisation_id, log_id, index
  from kulning.ledger_entry
  union all
  select event_id, kind, at, leaf, organisation_id, null, null
  from kulning.ledger_outbox
)`;

export async function findEvent(
  trx: LedgerTransaction,
  organisationId: string,
  id: string,
): Promise<RecordedEvent | undefined> {
  const { rows } = await sql<Row>`
    select id, at, leaf, log_id as "logId", index from ${recorded} as event
    where id = ${id} and organisation_id = ${organisationId}
  `.execute(trx);
  return rows.map(recordedEvent)[0];
}

/** Receipts of calls, newest first. Class and site are read from the leaves themselves. */
export async function listCallEvents(
  trx: LedgerTransaction,
  organisationId: string,
  filter: ReceiptFilter,
  page: { limit: number; after?: ReceiptPosition | undefined },
): Promise<RecordedEvent[]> {
  const body = sql`convert_from(leaf, 'UTF8')::jsonb`;
  const conditions = [
    sql`organisation_id = ${organisationId}`,
    filter.outcome === undefined ? sql`kind like 'call.%'` : sql`kind = ${`call.${filter.outcome}`}`,
    ...(filter.dataClass === undefined ? [] : [sql`${body} ->> 'class' = ${filter.dataClass}`]),
    ...(filter.site === undefined ? [] : [sql`${body} -> 'decision' ->> 'site' = ${filter.site}`]),
    ...(filter.from === undefined ? [] : [sql`at >= ${instant(filter.from)}`]),
    ...(filter.to === undefined ? [] : [sql`at < ${instant(filter.to)}`]),
    ...(page.after === undefined ? [] : [sql`(at, id) < (${page.after.at}, ${page.after.id})`]),
  ];
  const { rows } = await sql<Row>`
    select id, at, leaf, log_id as "logId", index from ${recorded} as event
    where ${sql.join(conditions, sql` and `)}
    order by at desc, id desc
    limit ${page.limit}
  `.execute(trx);
  return rows.map(recordedEvent);
}

/** As leaves write it, with milliseconds: it is compared as text. */
function instant(iso: string): string {
  return new Date(iso).toISOString();
}

function recordedEvent({ id, at, leaf, logId, index }: Row): RecordedEvent {
  return { id, at, leaf, place: logId === null ? null : { logId, index: Number(index) } };
}
