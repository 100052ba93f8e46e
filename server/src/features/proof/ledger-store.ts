import { sql, type Transaction } from 'kysely';

import type { Tile, TileAddress } from '../../core/ledger/tile.ts';
import { tileKey } from '../../core/ledger/tile.ts';
import type { LedgerTables } from './ledger-tables.ts';

export type LedgerTransaction = Transaction<LedgerTables>;

/** A log and how far it has come. */
export interface LogHead {
  readonly id: bigint;
  readonly origin: string;
  readonly size: number;
  /** Signed note of its last head; null before the first. */
  readonly note: string | null;
}

/** Something that is to become an entry. */
export interface NewEntry {
  readonly eventId: string | null;
  readonly organisationId: string | null;
  readonly kind: string;
  readonly at: string;
  readonly leaf: Uint8Array;
}

/** Any number will do; every sequencer of a database must use the same. */
const SEQUENCER_LOCK = 721_073;

/**
 * Makes this transaction the only one that writes to logs, until it ends. The lock belongs to the transaction: whoever
 * lost its connection has lost the lock and the work with it.
 */
export async function tryLockLogs(trx: LedgerTransaction): Promise<boolean> {
  const { rows } = await sql<{
    mine: boolean;
  }>`select pg_try_advisory_xact_lock(${SEQUENCER_LOCK}) as mine`.execute(trx);
  return rows[0]?.mine ?? false;
}

export async function lockLogs(trx: LedgerTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${SEQUENCER_LOCK})`.execute(trx);
}

/** The newest log; after the lock is held, for only then is its size final. */
export async function newestLog(
  trx: LedgerTransaction,
): Promise<(LogHead & { isOpen: boolean }) | undefined> {
  const row = await trx
    .selectFrom('kulning.ledger_log as log')
    .leftJoin('kulning.ledger_checkpoint as head', 'head.log_id', 'log.id')
    .select(['log.id', 'log.origin', 'log.closed_at', 'head.size', 'head.note'])
    .orderBy('log.id', 'desc')
    .orderBy('head.size', (order) => order.desc().nullsLast())
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, origin, note, size, closed_at: closedAt } = row;
  return { id, origin, note, size: Number(size ?? 0n), isOpen: closedAt === null };
}

export async function insertLog(
  trx: LedgerTransaction,
  log: { origin: string; openedAt: Date; pseudonymSecret: Uint8Array },
): Promise<LogHead> {
  const { id } = await trx
    .insertInto('kulning.ledger_log')
    .values({
      origin: log.origin,
      opened_at: log.openedAt,
      closed_at: null,
      pseudonym_secret: log.pseudonymSecret,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, origin: log.origin, size: 0, note: null };
}

export async function closeLog(
  trx: LedgerTransaction,
  id: bigint,
  { closedAt, abandoned }: { closedAt: Date; abandoned: boolean },
): Promise<void> {
  await trx
    .updateTable('kulning.ledger_log')
    .set({ closed_at: closedAt, abandoned })
    .where('id', '=', id)
    .execute();
}

/** Tiles by their keys, those that exist. */
export async function readTiles(
  trx: LedgerTransaction,
  logId: bigint,
  addresses: readonly TileAddress[],
): Promise<Map<string, Uint8Array>> {
  const wanted = [...new Map(addresses.map((address) => [tileKey(address), address])).values()];
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<{ level: number; index: bigint; hashes: Uint8Array }>`
    select tile.level, tile.index, tile.hashes
    from unnest(${wanted.map(({ level }) => level)}::smallint[], ${wanted.map(({ index }) => index)}::bigint[])
      as wanted (level, index)
    join kulning.ledger_tile as tile
      on tile.log_id = ${logId} and tile.level = wanted.level and tile.index = wanted.index
  `.execute(trx);
  return new Map(rows.map(({ level, index, hashes }) => [tileKey({ level, index: Number(index) }), hashes]));
}

export interface Growth {
  readonly log: LogHead;
  readonly entries: readonly NewEntry[];
  readonly tiles: readonly Tile[];
  readonly note: string;
  readonly signedAt: Date;
  /** Rows of the outbox that are done with. */
  readonly outboxIds: readonly bigint[];
}

/** Everything that a batch changes, in one statement, and tells who listens. */
export async function writeGrowth(trx: LedgerTransaction, growth: Growth): Promise<void> {
  const { log, entries, tiles } = growth;
  await sql`
    with entry as (
      insert into kulning.ledger_entry (log_id, index, event_id, organisation_id, kind, at, leaf)
      select ${log.id}::bigint, ${log.size}::bigint + position - 1, event_id, organisation_id, kind, at, leaf
      from unnest(
        ${entries.map(({ eventId }) => eventId)}::text[],
        ${entries.map(({ organisationId }) => organisationId)}::text[],
        ${entries.map(({ kind }) => kind)}::text[],
        ${entries.map(({ at }) => at)}::text[],
        ${entries.map(({ leaf }) => leaf)}::bytea[]
      ) with ordinality as event (event_id, organisation_id, kind, at, leaf, position)
    ), tile as (
      insert into kulning.ledger_tile (log_id, level, index, hashes)
      select ${log.id}::bigint, level, index, hashes
      from unnest(
        ${tiles.map(({ level }) => level)}::smallint[],
        ${tiles.map(({ index }) => index)}::bigint[],
        ${tiles.map(({ hashes }) => hashes)}::bytea[]
      ) as tile (level, index, hashes)
      on conflict (log_id, level, index) do update set hashes = excluded.hashes
    ), sequenced as (
      delete from kulning.ledger_outbox where id = any (${growth.outboxIds}::bigint[])
    ), head as (
      insert into kulning.ledger_checkpoint (log_id, size, note, signed_at)
      values (${log.id}, ${log.size + entries.length}, ${growth.note}, ${growth.signedAt})
    )
    select pg_notify('kulning_checkpoint', ${log.origin})
  `.execute(trx);
}
