import { splitOf, type LeafRange } from './merkle-tree.ts';

/**
 * Nodes of the audit path of the leaf `index` in a tree of `size` leaves, the leaf's sibling first
 * (RFC 6962 §2.1.1). Their hashes are the proof.
 * @throws RangeError unless 0 ≤ index < size
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isCount(index) || !isCount(size) || index >= size)
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  return path.reverse();
}

/**
 * Nodes that show that a tree of `to` leaves begins with the tree of `from` leaves (RFC 6962 §2.1.2). Empty when
 * `from` is 0 or `to`: nothing needs showing.
 * @throws RangeError unless 0 ≤ from ≤ to
 */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  if (!isCount(from) || !isCount(to) || from > to)
    throw new RangeError(`a tree of ${to} cannot begin with ${from}`);
  if (from === 0 || from === to) return [];
  const path: LeafRange[] = [];
  let start = 0;
  let end = to;
  while (end > from) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  // The subtree that ends the old tree is known to the verifier only if it is the old tree itself.
  if (start > 0) path.push({ start, end });
  return path.reverse();
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
