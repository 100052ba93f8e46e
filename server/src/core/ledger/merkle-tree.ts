import { hash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** Root of the tree without leaves: the hash of nothing (RFC 6962 §2.1). */
export const EMPTY_ROOT: Uint8Array = hash('sha256', new Uint8Array(0), 'buffer');

/** A run of leaves `[start, end)` that has a node of its own in the tree. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** Hash of a leaf: the prefix 0x00 keeps a leaf from passing for a node (RFC 6962 §2.1). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + leaf.length);
  prefixed.set(leaf, 1);
  return hash('sha256', prefixed, 'buffer');
}

/** Hash of an inner node, with the prefix 0x01 (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + 2 * HASH_BYTES);
  prefixed[0] = 1;
  prefixed.set(left, 1);
  prefixed.set(right, 1 + HASH_BYTES);
  return hash('sha256', prefixed, 'buffer');
}

/** Where a tree of `size` > 1 leaves splits: the largest power of two below `size` (RFC 6962 §2.1). */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root over the hashes of all leaves, straight from the definition in RFC 6962 §2.1; O(n). */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [first] = leafHashes;
  if (first === undefined) return EMPTY_ROOT;
  if (leafHashes.length === 1) return first;
  const split = splitOf(leafHashes.length);
  return nodeHash(rootOf(leafHashes.slice(0, split)), rootOf(leafHashes.slice(split)));
}
