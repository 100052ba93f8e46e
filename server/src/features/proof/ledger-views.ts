import { sql } from 'kysely';

import type { LedgerTransaction } from './ledger-store.ts';

/** An entry as the API shows it. */
export interface EntryView {
  readonly index: number;
  readonly kind: string;
  readonly at: string;
  readonly eventId: string | null;
  readonly leaf: Uint8Array;
}

/** Entries of an organisation and of the instance, from an index on. */
export async function entriesFrom(
  trx: LedgerTransaction,
  logId: bigint,
  organisationId: string,
  page: { start: number; limit: number },
): Promise<EntryView[]> {
  const { rows } = await sql<Omit<EntryView, 'index'> & { index: bigint }>`
    select index, kind, at, event_id as "eventId", leaf
    from kulning.ledger_entry
    where log_id = ${logId} and index >= ${page.start}
      and (organisation_id = ${organisationId} or organisation_id is null)
    order by index
    limit ${page.limit}
  `.execute(trx);
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}

export async function waitingCount(trx: LedgerTransaction): Promise<number> {
  const { rows } = await sql<{
    waiting: bigint;
  }>`select count(*) as waiting from kulning.ledger_outbox`.execute(trx);
  return Number(rows[0]?.waiting ?? 0n);
}

/** A run of entries of every organisation; in instance scope only. */
export async function leavesOfRun(
  trx: LedgerTransaction,
  logId: bigint,
  start: number,
  count: number,
): Promise<{ index: number; leaf: Uint8Array }[]> {
  const { rows } = await sql<{ index: bigint; leaf: Uint8Array }>`
    select index, leaf from kulning.ledger_entry
    where log_id = ${logId} and index >= ${start} and index < ${start + count}
    order by index
  `.execute(trx);
  return rows.map(({ index, leaf }) => ({ index: Number(index), leaf }));
}
