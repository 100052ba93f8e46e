import { createHash } from 'node:crypto';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { consistencyRanges, inclusionRanges } from './merkle-proof.ts';
import { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash, rootOf, type LeafRange } from './merkle-tree.ts';
import {
  appendLeaves,
  edgeTiles,
  parseTilePath,
  rangeHash,
  tileIndexPath,
  tileKey,
  tilesOfRange,
  tileWidth,
  TILE_WIDTH,
  type TileReader,
} from './tile.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Leaves and roots that Certificate Transparency implementations test against. */
const referenceLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const referenceRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** A tree held in tiles, grown in batches. */
class TiledTree {
  readonly tiles = new Map<string, Uint8Array>();
  readonly leafHashes: Uint8Array[] = [];

  /** Refuses a read of anything but what the edge names: the sequencer loads no more. */
  append(batch: readonly Uint8Array[]): void {
    const size = this.leafHashes.length;
    const edge = new Set(edgeTiles(size).map(tileKey));
    const read: TileReader = (address) => {
      expect(edge).toContain(tileKey(address));
      return this.read(address);
    };
    for (const tile of appendLeaves(size, batch, read)) this.tiles.set(tileKey(tile), tile.hashes);
    this.leafHashes.push(...batch);
  }

  readonly read: TileReader = (address) => {
    const hashes = this.tiles.get(tileKey(address));
    if (hashes === undefined) throw new Error(`no tile ${tileKey(address)}`);
    return hashes;
  };

  hashOf(range: LeafRange): Uint8Array {
    const named = new Set(tilesOfRange(range).map(tileKey));
    return rangeHash(range, (address) => {
      if (!named.has(tileKey(address))) throw new Error(`tile ${tileKey(address)} was not named`);
      return this.read(address);
    });
  }
}

/** Proofs share nodes: each is computed once. */
function nodesOf(tree: TiledTree): (ranges: readonly LeafRange[]) => Uint8Array[] {
  const known = new Map<string, Uint8Array>();
  return (ranges) =>
    ranges.map((range) => {
      const key = `${range.start} ${range.end}`;
      const hash = known.get(key) ?? tree.hashOf(range);
      known.set(key, hash);
      return hash;
    });
}

function leavesUpTo(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));
}

function treeOf(leafHashes: readonly Uint8Array[], batch = 7): TiledTree {
  const tree = new TiledTree();
  for (let at = 0; at < leafHashes.length; at += batch) tree.append(leafHashes.slice(at, at + batch));
  return tree;
}

/** RFC 9162 §2.1.3.2, written from its prose, sharing nothing with the code under test. */
function rootByInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? hash : undefined;
}

/** RFC 9162 §2.1.4.2, likewise. */
function isConsistent(
  first: number,
  second: number,
  old: Uint8Array,
  recent: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (first === second) return proof.length === 0 && hex(old) === hex(recent);
  if (first === 0) return proof.length === 0;
  const path = Number.isInteger(Math.log2(first)) ? [old, ...proof] : [...proof];
  let [fn, sn] = [first - 1, second - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [fr, sr] = [start, start];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(hash, fr), nodeHash(hash, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      sr = nodeHash(sr, hash);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && hex(fr) === hex(old) && hex(sr) === hex(recent);
}

describe('Merkle tree (RFC 6962)', () => {
  test('has the published roots of the eight-leaf reference tree', () => {
    const hashes = referenceLeaves.map((leaf) => leafHash(Buffer.from(leaf, 'hex')));
    expect(hex(EMPTY_ROOT)).toBe(createHash('sha256').digest('hex'));
    for (const [at, root] of referenceRoots.entries()) {
      expect(hex(rootOf(hashes.slice(0, at + 1)))).toBe(root);
      expect(hex(treeOf(hashes.slice(0, at + 1), 3).hashOf({ start: 0, end: at + 1 }))).toBe(root);
    }
  });

  test('every inclusion proof of every tree up to 130 leaves verifies', () => {
    const hashes = leavesUpTo(130);
    const nodes = nodesOf(treeOf(hashes));
    for (let size = 1; size <= hashes.length; size += 1) {
      const root = hex(rootOf(hashes.slice(0, size)));
      for (let index = 0; index < size; index += 1) {
        const path = nodes(inclusionRanges(index, size));
        expect(hex(rootByInclusion(index, size, hashes[index]!, path)!)).toBe(root);
      }
    }
  });

  test('every consistency proof between trees up to 130 leaves verifies', () => {
    const hashes = leavesUpTo(130);
    const nodes = nodesOf(treeOf(hashes));
    const roots = Array.from({ length: 131 }, (_, size) => rootOf(hashes.slice(0, size)));
    for (let to = 0; to <= 130; to += 1) {
      for (let from = 0; from <= to; from += 1) {
        const proof = nodes(consistencyRanges(from, to));
        expect(isConsistent(from, to, roots[from]!, roots[to]!, proof)).toBe(true);
      }
    }
  });

  test('no tampered leaf, index, size or path verifies', () => {
    const hashes = leavesUpTo(130);
    const tree = treeOf(hashes);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 130 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1))),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ([size, index], position, flip) => {
          const root = hex(tree.hashOf({ start: 0, end: size }));
          const proof = [hashes[index]!, ...inclusionRanges(index, size).map((range) => tree.hashOf(range))];
          const at = position % (proof.length * HASH_BYTES);
          const damaged = proof.map((hash) => Uint8Array.from(hash));
          damaged[Math.floor(at / HASH_BYTES)]![at % HASH_BYTES]! ^= flip;
          const [leaf, ...path] = damaged;
          expect(hex(rootByInclusion(index, size, leaf!, path) ?? EMPTY_ROOT)).not.toBe(root);
          const elsewhere = (index + 1 + (position % (size - 1))) % size;
          expect(hex(rootByInclusion(elsewhere, size, proof[0]!, proof.slice(1)) ?? EMPTY_ROOT)).not.toBe(
            root,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('refuses a proof for a leaf or a tree that is not there', () => {
    expect(() => inclusionRanges(3, 3)).toThrow(RangeError);
    expect(() => inclusionRanges(-1, 3)).toThrow(RangeError);
    expect(() => consistencyRanges(4, 3)).toThrow(RangeError);
  });
});

describe('tiles (C2SP tlog-tiles)', () => {
  test('however a tree is batched, it ends in the same tiles and the root of its definition', () => {
    const hashes = leavesUpTo(1500);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 6 }), (batches) => {
        const tree = new TiledTree();
        let size = 0;
        for (const batch of batches) {
          tree.append(hashes.slice(size, size + batch));
          size = Math.min(size + batch, hashes.length);
        }
        expect(hex(tree.hashOf({ start: 0, end: size }))).toBe(hex(rootOf(hashes.slice(0, size))));
        for (const [key, tile] of tree.tiles) {
          const [level = 0, index = 0] = key.split('/').map(Number);
          expect(tile.length / HASH_BYTES).toBe(tileWidth({ level, index }, size));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a full tile becomes one hash of the level above', () => {
    const hashes = leavesUpTo(TILE_WIDTH * 2 + 1);
    const tree = treeOf(hashes, 100);
    expect([...tree.tiles.keys()].sort()).toEqual(['0/0', '0/1', '0/2', '1/0']);
    expect(hex(tree.read({ level: 1, index: 0 }))).toBe(
      hex(rootOf(hashes.slice(0, 256))) + hex(rootOf(hashes.slice(256, 512))),
    );
  });

  test('a tree of 70,000 has the tiles of the example in the specification', () => {
    expect(edgeTiles(70_000)).toEqual([
      { level: 0, index: 273 },
      { level: 1, index: 1 },
      { level: 2, index: 0 },
    ]);
    expect(edgeTiles(70_000).map((tile) => tileWidth(tile, 70_000))).toEqual([112, 17, 1]);
    expect(tileWidth({ level: 1, index: 0 }, 70_000)).toBe(256);
    expect(edgeTiles(256)).toEqual([{ level: 1, index: 0 }]);
  });

  test('writes and reads paths in the one permitted way', () => {
    expect(tileIndexPath(1_234_067)).toBe('x001/x234/067');
    expect(parseTilePath('3/x001/x234/067.p/8')).toEqual({ level: 3, index: 1_234_067, width: 8 });
    expect(parseTilePath('entries/000')).toEqual({ level: 'entries', index: 0, width: 256 });
    for (const wrong of [
      '00/000',
      '64/000',
      '0/0',
      '0/x000/001',
      '0/001.p/0',
      '0/001.p/256',
      '0/001.p/08',
      '0/../001',
    ]) {
      expect(parseTilePath(wrong)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (index) => {
        expect(parseTilePath(`0/${tileIndexPath(index)}`)).toEqual({ level: 0, index, width: 256 });
      }),
    );
  });
});
