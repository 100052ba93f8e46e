import { checkpointText } from '../../core/ledger/checkpoint.ts';
import type { LogSigner } from '../../core/ledger/log-signer.ts';
import { leafHash } from '../../core/ledger/merkle-tree.ts';
import { appendLeaves, edgeTiles, rangeHash, tileKey, type TileAddress } from '../../core/ledger/tile.ts';
import {
  readTiles,
  writeGrowth,
  type LedgerTransaction,
  type LogHead,
  type NewEntry,
} from './ledger-store.ts';

/** The right edge of a tree, as this process last wrote it, and the signed head that it belongs to. */
interface Edge {
  readonly note: string;
  readonly tiles: ReadonlyMap<string, Uint8Array>;
}

export interface LogWriter {
  /**
   * Appends entries to a log and signs its new head. The caller holds the lock on logs; nothing is true before its
   * transaction commits. A head that was signed but not committed never leaves this function's caller.
   */
  append(trx: LedgerTransaction, append: Append): Promise<LogHead>;
}

interface Append {
  readonly log: LogHead;
  readonly entries: readonly NewEntry[];
  readonly outboxIds: readonly bigint[];
  readonly unixMs: number;
}

/** Keeps the edge between batches; where another process wrote meanwhile, or a commit failed, it is read again. */
export function createLogWriter(signer: LogSigner): LogWriter {
  let edge: Edge | undefined;
  return {
    async append(trx, { log, entries, outboxIds, unixMs }) {
      const known =
        edge !== undefined && edge.note === log.note
          ? edge.tiles
          : await readTiles(trx, log.id, edgeTiles(log.size));
      const changed = appendLeaves(
        log.size,
        entries.map(({ leaf }) => leafHash(leaf)),
        readerOf(known),
      );
      const tiles = new Map(known);
      for (const tile of changed) tiles.set(tileKey(tile), tile.hashes);

      const size = log.size + entries.length;
      const checkpoint = {
        origin: log.origin,
        size,
        root: rangeHash({ start: 0, end: size }, readerOf(tiles)),
      };
      const note = `${checkpointText(checkpoint)}\n${signer.sign(checkpoint, Math.floor(unixMs / 1000))}`;
      await writeGrowth(trx, { log, entries, tiles: changed, note, signedAt: new Date(unixMs), outboxIds });

      const kept = new Set(edgeTiles(size).map(tileKey));
      edge = { note, tiles: new Map([...tiles].filter(([key]) => kept.has(key))) };
      return { ...log, size, note };
    },
  };
}

/** @throws RangeError if a tile is missing: the database has lost it, and nothing may be signed over a guess. */
export function readerOf(tiles: ReadonlyMap<string, Uint8Array>): (address: TileAddress) => Uint8Array {
  return (address) => {
    const hashes = tiles.get(tileKey(address));
    if (hashes === undefined) throw new RangeError(`the ledger has no tile ${tileKey(address)}`);
    return hashes;
  };
}
