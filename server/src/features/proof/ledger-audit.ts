import { checkpointText } from '../../core/ledger/checkpoint.ts';
import { EMPTY_ROOT, HASH_BYTES, leafHash } from '../../core/ledger/merkle-tree.ts';
import { isSignedBy } from '../../core/ledger/note-verification.ts';
import { keyIdOf, parseNote, type VerifierKey } from '../../core/ledger/signed-note.ts';
import { appendLeaves, rangeHash, tileKey, TILE_WIDTH } from '../../core/ledger/tile.ts';
import { readTiles, type LedgerTransaction } from './ledger-store.ts';
import { leavesOfRun } from './ledger-views.ts';
import { readerOf } from './log-writer.ts';
import type { SignedHead } from './proof-store.ts';

export interface LogAudit {
  readonly size: number;
  readonly intact: boolean;
  /** The first thing that is wrong: an entry that is changed or missing, a tile, or the head itself. */
  readonly damage: { readonly what: 'entry' | 'tile' | 'head'; readonly index: number | null } | null;
}

/**
 * Computes a log again from its entries. It finds what was changed behind the ledger's back, but not a history that was
 * rewritten whole and signed again: for that there are witnesses.
 */
export async function auditLog(
  trx: LedgerTransaction,
  logId: bigint,
  head: SignedHead,
  keys: readonly VerifierKey[],
): Promise<LogAudit> {
  const { size } = head;
  const damaged = (what: 'entry' | 'tile' | 'head', index: number | null = null): LogAudit => ({
    size,
    intact: false,
    damage: { what, index },
  });
  if (!isSignedByAll(keys, head)) return damaged('head');
  const tiles = new Map<string, Uint8Array>();
  for (let start = 0; start < size; start += TILE_WIDTH) {
    const count = Math.min(TILE_WIDTH, size - start);
    const hashes = (await leavesOfRun(trx, logId, start, count)).map(({ index, leaf }) => ({
      index,
      hash: leafHash(leaf),
    }));
    const [leafTile] = [...(await readTiles(trx, logId, [{ level: 0, index: start / TILE_WIDTH }])).values()];
    for (let at = 0; at < count; at += 1) {
      const stored = leafTile?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES) ?? EMPTY_ROOT;
      const entry = hashes[at];
      const isThere = entry?.index === start + at && Buffer.compare(entry.hash, stored) === 0;
      if (!isThere) return damaged('entry', start + at);
    }
    const grown = appendLeaves(
      start,
      hashes.map(({ hash }) => hash),
      readerOf(tiles),
    );
    for (const tile of grown) tiles.set(tileKey(tile), tile.hashes);
    const stored = await readTiles(trx, logId, grown);
    const wrong = grown.find((tile) => !isPrefix(tile.hashes, stored.get(tileKey(tile))));
    if (wrong !== undefined) return damaged('tile', wrong.index);
  }
  const root = rangeHash({ start: 0, end: size }, readerOf(tiles));
  return Buffer.compare(root, head.root) === 0 ? { size, intact: true, damage: null } : damaged('head');
}

function isSignedByAll(keys: readonly VerifierKey[], head: SignedHead): boolean {
  const signatures = parseNote(head.note)?.signatures ?? [];
  return keys.every((key) => {
    const own = signatures.find(({ name, keyId }) => name === key.name && keyId === keyIdOf(key));
    return own !== undefined && isSignedBy(key, checkpointText(head), own);
  });
}

/** A stored tile may be wider: it has grown since. */
function isPrefix(computed: Uint8Array, stored: Uint8Array | undefined): boolean {
  return stored !== undefined && Buffer.compare(computed, stored.subarray(0, computed.length)) === 0;
}
