import { HASH_BYTES } from './merkle-tree.ts';
import { decodeBase64 } from './signed-note.ts';

/** A tree head: which log, how many leaves, which root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The note text that a log signs. Kulning writes no extension lines: ML-DSA cosignatures would not cover them. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Reads a checkpoint's note text. Undefined unless it has exactly the three lines. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const match = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n$/.exec(text);
  if (match === null) return undefined;
  const [, origin = '', size = '', encoded = ''] = match;
  const root = decodeBase64(encoded);
  if (root?.length !== HASH_BYTES || !Number.isSafeInteger(Number(size))) return undefined;
  return { origin, size: Number(size), root };
}

/** What a witness signs by Ed25519: the time, then the whole note text (C2SP tlog-cosignature). */
export function ed25519CosignedMessage(text: string, unixSeconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${unixSeconds}\n${text}`);
}

/** What a log or a witness signs by ML-DSA-44: the structure `cosigned_message` over a whole tree (C2SP tlog-cosignature). */
export function mlDsa44CosignedMessage(
  cosigner: string,
  { origin, size, root }: Checkpoint,
  unixSeconds: number,
): Buffer {
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    shortOpaque(cosigner),
    uint64(unixSeconds),
    shortOpaque(origin),
    uint64(0),
    uint64(size),
    root,
  ]);
}

/** `timestamped_signature` (C2SP tlog-cosignature). */
export function timestampedSignature(unixSeconds: number, signature: Uint8Array): Buffer {
  return Buffer.concat([uint64(unixSeconds), signature]);
}

/** `opaque<1..2^8-1>` of RFC 8446 §3.4. */
function shortOpaque(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 1 || bytes.length > 255)
    throw new RangeError('a name in a cosignature has 1 to 255 bytes');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
