import { EMPTY_ROOT, HASH_BYTES, nodeHash, splitOf, type LeafRange } from './merkle-tree.ts';

/** Levels of the tree that one tile spans, and so its hashes when full (C2SP tlog-tiles). */
const TILE_HEIGHT = 8;
export const TILE_WIDTH = 2 ** TILE_HEIGHT;

/** The n-th tile at a level. At level 0 it holds leaf hashes; above, roots of full tiles of the level below. */
export interface TileAddress {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TileAddress {
  /** 1 to 256 hashes of 32 bytes, one after the other. A partial tile is a prefix of every later one. */
  readonly hashes: Uint8Array;
}

/** Gives the hashes of a tile, at least as wide as the tree at hand needs. */
export type TileReader = (address: TileAddress) => Uint8Array;

export function tileKey({ level, index }: TileAddress): string {
  return `${level}/${index}`;
}

/** `x001/x234/067` for 1234067: three digits an element, all but the last marked. */
export function tileIndexPath(index: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return path;
}

export interface TilePath {
  readonly level: number | 'entries';
  readonly index: number;
  /** Hashes or entries asked for: 256, or what `.p/W` says. */
  readonly width: number;
}

/** Reads what follows `tile/` in a C2SP path. Undefined unless it is written in the one permitted way. */
export function parseTilePath(path: string): TilePath | undefined {
  const match = /^(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (match === null) return undefined;
  const [, level = '', digits = '', width] = match;
  const index = Number(digits.replaceAll(/[x/]/g, ''));
  if (!Number.isSafeInteger(index) || tileIndexPath(index) !== digits || Number(width ?? 1) >= TILE_WIDTH)
    return undefined;
  return {
    level: level === 'entries' ? level : Number(level),
    index,
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
}

/** Hashes that the tile at this address has in a tree of `size` leaves: 0 if it is not there. */
export function tileWidth({ level, index }: TileAddress, size: number): number {
  const complete = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, complete));
}

/** The unfinished tiles at the right edge of a tree, one for each level. Appending needs no more. */
export function edgeTiles(size: number): TileAddress[] {
  const edge: TileAddress[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    if (count % TILE_WIDTH > 0) edge.push({ level, index: Math.floor(count / TILE_WIDTH) });
  }
  return edge;
}

/**
 * Appends leaf hashes to a tree of `size` leaves.
 * @param read gives the tiles that `edgeTiles(size)` names; it is asked for no other
 * @returns every tile that is new or wider than before
 */
export function appendLeaves(size: number, leafHashes: readonly Uint8Array[], read: TileReader): Tile[] {
  const changed: Tile[] = [];
  let hashes = leafHashes;
  let start = size;
  for (let level = 0; hashes.length > 0; level += 1) {
    const completed: Uint8Array[] = [];
    const firstTile = Math.floor(start / TILE_WIDTH);
    const kept = start % TILE_WIDTH;
    for (let at = -kept; at < hashes.length; at += TILE_WIDTH) {
      const address = { level, index: firstTile + (at + kept) / TILE_WIDTH };
      const added = hashes.slice(Math.max(at, 0), at + TILE_WIDTH);
      const before = at < 0 ? read(address).subarray(0, kept * HASH_BYTES) : new Uint8Array(0);
      const tile = concatenate([before, ...added]);
      changed.push({ ...address, hashes: tile });
      if (tile.length === TILE_WIDTH * HASH_BYTES) completed.push(rootOfRun(tile, 0, TILE_WIDTH));
    }
    hashes = completed;
    start = firstTile;
  }
  return changed;
}

/** Tiles that `rangeHash` will ask for. */
export function tilesOfRange(range: LeafRange): TileAddress[] {
  return wholeSubtrees(range).map(tileOfSubtree);
}

/** Hash of the node over a range, made of tiles. The empty range has the root of the empty tree. */
export function rangeHash(range: LeafRange, read: TileReader): Uint8Array {
  const nodes = wholeSubtrees(range).map((subtree) => {
    const { level, index } = tileOfSubtree(subtree);
    const span = TILE_WIDTH ** level;
    const first = subtree.start / span - index * TILE_WIDTH;
    return rootOfRun(read({ level, index }), first, (subtree.end - subtree.start) / span);
  });
  const last = nodes.pop() ?? EMPTY_ROOT;
  return nodes.reduceRight((right, left) => nodeHash(left, right), last);
}

/** Splits a range into complete subtrees, the largest first: the tree is lopsided only along its right edge. */
function wholeSubtrees({ start, end }: LeafRange): LeafRange[] {
  const subtrees: LeafRange[] = [];
  for (let from = start; from < end;) {
    const left = end - from;
    const half = splitOf(left);
    const width = half * 2 === left || left === 1 ? left : half;
    subtrees.push({ start: from, end: from + width });
    from += width;
  }
  return subtrees;
}

function tileOfSubtree({ start, end }: LeafRange): TileAddress {
  const level = Math.floor(Math.log2(end - start) / TILE_HEIGHT);
  return { level, index: Math.floor(start / TILE_WIDTH ** (level + 1)) };
}

/** Root over `count` hashes of a tile, a power of two. */
function rootOfRun(hashes: Uint8Array, first: number, count: number): Uint8Array {
  if (count === 1) return hashes.slice(first * HASH_BYTES, (first + 1) * HASH_BYTES);
  const half = count / 2;
  return nodeHash(rootOfRun(hashes, first, half), rootOfRun(hashes, first + half, half));
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
