import { join } from 'node:path';

import { decodeFrames, decodeHeader, type Frame, SECTOR_BYTES } from './spool-frame.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';
import { segmentName, segmentNumber } from './spool-segments.ts';

const READ_BYTES = 1024 * 1024;

/** A place in a spool: the next frame to read. */
export interface SpoolCursor {
  readonly segment: number;
  readonly position: number;
  readonly sequence: number;
}

export const startOf = (segment: number, firstSequence: number): SpoolCursor => ({
  segment,
  position: SECTOR_BYTES,
  sequence: firstSequence,
});

/** Reads on from the cursor, at most about a megabyte, never past `end`. No frames: there are none, or the next is damaged. */
export async function readFrames(
  file: SpoolFile,
  cursor: SpoolCursor,
  end: number,
): Promise<{ frames: Frame[]; next: SpoolCursor }> {
  const bytes = await file.read(cursor.position, Math.min(READ_BYTES, end - cursor.position));
  const { frames, end: position } = decodeFrames(bytes, cursor.position, cursor.sequence);
  return { frames, next: { ...cursor, position, sequence: cursor.sequence + frames.length } };
}

/**
 * Every frame of a spool whose process is gone, oldest first, in portions. The tail behind the last intact frame of
 * a segment was never acknowledged to anyone and is left out.
 */
export async function* recoverFrames(files: SpoolFiles, directory: string): AsyncGenerator<Frame[]> {
  const numbers = (await files.list(directory)).map(segmentNumber).filter((number) => number !== undefined);
  for (const number of numbers.sort((a, b) => a - b)) {
    const file = await files.open(join(directory, segmentName(number)));
    try {
      const first = decodeHeader(await file.read(0, SECTOR_BYTES), number);
      if (first === undefined) continue;
      let cursor = startOf(number, first);
      for (;;) {
        const { frames, next } = await readFrames(file, cursor, Number.MAX_SAFE_INTEGER);
        if (frames.length === 0) break;
        yield frames;
        cursor = next;
      }
    } finally {
      await file.close();
    }
  }
}
