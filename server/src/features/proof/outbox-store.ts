import { sql, type RawBuilder } from 'kysely';

import type { LedgerTransaction, NewEntry } from './ledger-store.ts';

/** Something that waits for its place. */
export interface OutboxRow extends NewEntry {
  readonly id: bigint;
  /** The ledger has an entry for this event already. */
  readonly known: boolean;
}

/** Turns organisations into pseudonyms, in the log that is open now; undefined if none is. */
export async function openLogSecret(trx: LedgerTransaction): Promise<Uint8Array | undefined> {
  const row = await trx
    .selectFrom('kulning.ledger_log')
    .select('pseudonym_secret')
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return row?.pseudonym_secret;
}

/** Puts entries in line, but none whose event the ledger has or has in line already. */
export async function insertWaiting(trx: LedgerTransaction, entries: readonly NewEntry[]): Promise<void> {
  await sql`
    insert into kulning.ledger_outbox (event_id, organisation_id, kind, at, leaf)
    select event_id, organisation_id, kind, at, leaf
    from unnest(
      ${entries.map(({ eventId }) => eventId)}::text[],
      ${entries.map(({ organisationId }) => organisationId)}::text[],
      ${entries.map(({ kind }) => kind)}::text[],
      ${entries.map(({ at }) => at)}::text[],
      ${entries.map(({ leaf }) => leaf)}::bytea[]
    ) with ordinality as event (event_id, organisation_id, kind, at, leaf, position)
    ${anyEntry(sql`event.event_id`)}
    where entry.is_there is null
    order by position
    on conflict (event_id) do nothing
  `.execute(trx);
}

/**
 * Joins `entry.is_there`: not null if the ledger has the event. The limit makes the planner look each one up in the
 * index; an `exists` it may answer by reading the whole ledger, for every batch.
 */
function anyEntry(eventId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`left join lateral (
      select true as is_there from kulning.ledger_entry where event_id = ${eventId} limit 1
    ) as entry on true`;
}

/** What waits, oldest first. */
export async function waitingEvents(trx: LedgerTransaction, limit: number): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select id, event_id as "eventId", organisation_id as "organisationId", kind, at, leaf,
      entry.is_there is not null as known
    from kulning.ledger_outbox as outbox
    ${anyEntry(sql`outbox.event_id`)}
    order by id
    limit ${limit}
  `.execute(trx);
  return rows;
}

export async function dropWaiting(trx: LedgerTransaction, ids: readonly bigint[]): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .deleteFrom('kulning.ledger_outbox')
    .where('id', 'in', [...ids])
    .execute();
}
