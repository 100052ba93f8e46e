import type { Member } from './json-members.ts';

/** A value that stands in a text and is to be replaced. */
export interface Edit extends Member {
  readonly value: string;
}

/** The bytes with the edits applied; all others stay as they are. Edits do not overlap. */
export function spliced(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, value } of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(at, start), Buffer.from(value));
    at = end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
