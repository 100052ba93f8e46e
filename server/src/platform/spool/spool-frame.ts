import { crc32 } from 'node:zlib';

/**
 * On disk: a segment is a header and then batches. The header fills one sector; a batch is a run of frames, padded
 * with zeros to a sector, so that a batch never writes to a sector that holds somebody's acknowledged frame.
 *
 * Header: magic (8 bytes), segment number (u32), crc32 of the other fields (u32), first sequence (u64).
 * Frame:  crc32 of all that follows (u32), payload length (u32), sequence (u64), payload. Little-endian.
 *
 * Sequences count up by one within a segment. A recycled segment still holds frames of its last use: their sequences
 * are lower, which ends the reading, as a bad checksum does.
 */
export const SECTOR_BYTES = 512;
export const FRAME_OVERHEAD_BYTES = 16;
export const MAX_PAYLOAD_BYTES = 64 * 1024;

const MAGIC = 'KULSPL01';

export interface Frame {
  readonly sequence: number;
  readonly payload: Buffer;
}

export const alignToSector = (bytes: number) => Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;

export function encodeHeader(segment: number, firstSequence: number): Buffer {
  const header = Buffer.alloc(SECTOR_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(segment, 8);
  header.writeBigUInt64LE(BigInt(firstSequence), 16);
  header.writeUInt32LE(crc32(header.subarray(16, 24), crc32(header.subarray(0, 12))), 12);
  return header;
}

/** The sequence of the segment's first frame, or nothing: never used, or left over from its last use. */
export function decodeHeader(header: Buffer, segment: number): number | undefined {
  if (header.length < 24 || header.toString('latin1', 0, 8) !== MAGIC || header.readUInt32LE(8) !== segment)
    return undefined;
  const intact = header.readUInt32LE(12) === crc32(header.subarray(16, 24), crc32(header.subarray(0, 12)));
  return intact ? Number(header.readBigUInt64LE(16)) : undefined;
}

/** Writes one frame at `offset` and returns the offset after it. The caller has made room. */
export function encodeFrame(target: Buffer, offset: number, sequence: number, payload: string): number {
  const start = offset + FRAME_OVERHEAD_BYTES;
  const length = target.write(payload, start);
  target.writeUInt32LE(length, offset + 4);
  target.writeUInt32LE(sequence >>> 0, offset + 8);
  target.writeUInt32LE(Math.floor(sequence / 2 ** 32), offset + 12);
  target.writeUInt32LE(crc32(target.subarray(offset + 4, start + length)), offset);
  return start + length;
}

/**
 * The intact frames at the front of `bytes`, and the position in the file after the last of them.
 * @param position of `bytes` in the file
 * @param expected sequence of the first frame
 */
export function decodeFrames(
  bytes: Buffer,
  position: number,
  expected: number,
): { frames: Frame[]; end: number } {
  const frames: Frame[] = [];
  let end = position;
  for (;;) {
    const sequence = expected + frames.length;
    let start = end;
    let frame = frameAt(bytes, start - position, sequence);
    if (!frame) {
      start = alignToSector(end);
      frame = frameAt(bytes, start - position, sequence);
    }
    if (!frame) return { frames, end };
    frames.push(frame);
    end = start + FRAME_OVERHEAD_BYTES + frame.payload.length;
  }
}

function frameAt(bytes: Buffer, offset: number, sequence: number): Frame | undefined {
  const start = offset + FRAME_OVERHEAD_BYTES;
  if (start > bytes.length) return undefined;
  const length = bytes.readUInt32LE(offset + 4);
  const found = bytes.readUInt32LE(offset + 8) + bytes.readUInt32LE(offset + 12) * 2 ** 32;
  if (length === 0 || length > MAX_PAYLOAD_BYTES || start + length > bytes.length || found !== sequence)
    return undefined;
  if (bytes.readUInt32LE(offset) !== crc32(bytes.subarray(offset + 4, start + length))) return undefined;
  return { sequence, payload: bytes.subarray(start, start + length) };
}
