import { sql } from 'kysely';

import { parseCheckpointText, type Checkpoint } from '../../core/ledger/checkpoint.ts';
import type { LeafRange } from '../../core/ledger/merkle-tree.ts';
import { parseNote } from '../../core/ledger/signed-note.ts';
import { rangeHash, tilesOfRange } from '../../core/ledger/tile.ts';
import { readTiles, type LedgerTransaction } from './ledger-store.ts';
import { readerOf } from './log-writer.ts';

/** A log, open or closed. */
export interface Log {
  readonly id: bigint;
  readonly origin: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** A signed head with the cosignatures that it has. */
export interface SignedHead extends Checkpoint {
  readonly signedAt: Date;
  /** C2SP signed note: the log's signatures, then the witnesses'. */
  readonly note: string;
  /** Keys of the witnesses that cosigned. */
  readonly witnessVkeys: readonly string[];
}

const logColumns = ['id', 'origin', 'opened_at as openedAt', 'closed_at as closedAt'] as const;

/** The log of that origin, or the open one. */
export async function findLog(trx: LedgerTransaction, origin?: string): Promise<Log | undefined> {
  const query = trx.selectFrom('kulning.ledger_log').select(logColumns);
  return (
    origin === undefined ? query.where('closed_at', 'is', null) : query.where('origin', '=', origin)
  ).executeTakeFirst();
}

export async function listLogs(trx: LedgerTransaction): Promise<(Log & { size: number })[]> {
  const { rows } = await sql<Log & { size: bigint | null }>`
    select log.id, log.origin, log.opened_at as "openedAt", log.closed_at as "closedAt",
      (select max(head.size) from kulning.ledger_checkpoint as head where head.log_id = log.id) as size
    from kulning.ledger_log as log
    order by log.id desc
  `.execute(trx);
  return rows.map((row) => ({ ...row, size: Number(row.size ?? 0n) }));
}

/** The last head of a log. */
export function lastHead(trx: LedgerTransaction, logId: bigint): Promise<SignedHead | undefined> {
  return headWhere(trx, logId, 0, false);
}

/** The best head that covers `minimumSize` leaves: the last that a witness cosigned, else the last of all. */
export async function bestHead(
  trx: LedgerTransaction,
  logId: bigint,
  minimumSize: number,
): Promise<SignedHead | undefined> {
  return (await headWhere(trx, logId, minimumSize, true)) ?? headWhere(trx, logId, minimumSize, false);
}

async function headWhere(
  trx: LedgerTransaction,
  logId: bigint,
  minimumSize: number,
  cosigned: boolean,
): Promise<SignedHead | undefined> {
  const { rows } = await sql<{ note: string; signedAt: Date; lines: string | null; vkeys: string[] | null }>`
    select head.note, head.signed_at as "signedAt", cosigned.lines, cosigned.vkeys
    from kulning.ledger_checkpoint as head
    left join lateral (
      select string_agg(distinct signature.lines, '') as lines, array_agg(vkey order by vkey) as vkeys
      from kulning.ledger_cosignature as signature, unnest(signature.vkeys) as vkey
      where signature.log_id = head.log_id and signature.size = head.size
    ) as cosigned on true
    where head.log_id = ${logId} and head.size >= ${minimumSize}
      and (cosigned.lines is not null or not ${cosigned}::boolean)
    order by head.size desc
    limit 1
  `.execute(trx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const note = row.note + (row.lines ?? '');
  const checkpoint = parseCheckpointText(parseNote(note)?.text ?? '');
  if (checkpoint === undefined) throw new TypeError('the ledger holds a head that is no checkpoint');
  return { ...checkpoint, note, signedAt: row.signedAt, witnessVkeys: row.vkeys ?? [] };
}

/** Hashes of nodes of a log's tree, which make up a proof. */
export async function rangeHashes(
  trx: LedgerTransaction,
  logId: bigint,
  ranges: readonly LeafRange[],
): Promise<Uint8Array[]> {
  const tiles = await readTiles(trx, logId, ranges.flatMap(tilesOfRange));
  return ranges.map((range) => rangeHash(range, readerOf(tiles)));
}

/**
 * Deletes heads that nothing needs: any later head proves the same, and after ten minutes no witness is asked for them.
 * Kept are the last of each log, and of each hour the last, a cosigned one before others.
 */
export async function pruneHeads(trx: LedgerTransaction): Promise<void> {
  await sql`
    delete from kulning.ledger_checkpoint as head
    where head.signed_at < now() - interval '10 minutes'
      and head.size < (select max(size) from kulning.ledger_checkpoint where log_id = head.log_id)
      and (head.log_id, head.size) not in (
        select distinct on (kept.log_id, date_trunc('hour', kept.signed_at)) kept.log_id, kept.size
        from kulning.ledger_checkpoint as kept
        left join kulning.ledger_cosignature as signature
          on signature.log_id = kept.log_id and signature.size = kept.size
        order by kept.log_id, date_trunc('hour', kept.signed_at), (signature.size is null), kept.size desc
      )
  `.execute(trx);
}
