import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import type { SpoolFiles } from './spool-files.ts';
import { alignToSector, type Frame } from './spool-frame.ts';
import { isRunning, markOfFolder } from './spool-process.ts';
import { readFrames, recoverFrames, type SpoolCursor, startOf } from './spool-reader.ts';
import { spoolWords } from './spool-words.ts';
import type { SpoolWriter } from './spool-writer.ts';

/**
 * Where frames go. One transaction moves them and the acknowledged sequence of their process; frames at or below
 * that sequence are skipped. A batch may therefore be delivered twice, by two shippers even, and counts once.
 */
export interface SpoolDestination {
  /** @returns the ids of what came to its end in these frames and is moved now, by this delivery or an earlier one */
  deliver(processId: string, frames: readonly Frame[]): Promise<readonly string[]>;
  /** The process is gone and all its frames were delivered: what it began and did not end was interrupted. */
  conclude(processId: string): Promise<void>;
}

/** A part of a segment of which every byte is acknowledged. */
export interface SpoolStretch {
  readonly processId: string;
  readonly path: string;
  readonly cursor: SpoolCursor;
  readonly end: number;
}

/** Reads frames of a stretch and delivers them, as many as it takes at once; here or in a process of its own. */
export interface SpoolCarrier {
  /** @returns where it stopped (where it began: the next frame is damaged), and what ended on the way */
  carry(stretch: SpoolStretch): Promise<{ readonly next: SpoolCursor; readonly ended: readonly string[] }>;
}

export function carrierInto(files: SpoolFiles, destination: SpoolDestination): SpoolCarrier {
  return {
    async carry({ processId, path, cursor, end }) {
      const file = await files.open(path);
      try {
        const { frames, next } = await readFrames(file, cursor, end);
        return { next, ended: frames.length === 0 ? [] : await destination.deliver(processId, frames) };
      } finally {
        await file.close();
      }
    },
  };
}

/** Moves this process's own frames while it writes more. */
export class SpoolShipper {
  readonly #writer: SpoolWriter;
  readonly #processId: string;
  readonly #carrier: SpoolCarrier;
  readonly #onEnded: (ids: readonly string[]) => void;
  #cursor: SpoolCursor | undefined;
  #shipping: Promise<void> = Promise.resolve();

  constructor(
    writer: SpoolWriter,
    processId: string,
    carrier: SpoolCarrier,
    onEnded: (ids: readonly string[]) => void = () => undefined,
  ) {
    this.#writer = writer;
    this.#processId = processId;
    this.#carrier = carrier;
    this.#onEnded = onEnded;
  }

  /** Ships all that was acknowledged when it began. Rejects when the carrier does; the next one goes on from there. */
  ship(): Promise<void> {
    const shipped = this.#shipping.then(() => this.#shipAll());
    // The next ship must run whether or not this one went well; this one's caller hears of the failure.
    this.#shipping = shipped.catch(() => undefined);
    return shipped;
  }

  async #shipAll(): Promise<void> {
    for (let segment = this.#writer.segments[0]; segment; segment = this.#writer.segments[0]) {
      const sealed = segment.sealed;
      let cursor = this.#cursor;
      if (cursor?.segment !== segment.number) cursor = startOf(segment.number, segment.firstSequence);
      while (alignToSector(cursor.position) < segment.end) {
        const { path, end } = segment;
        const { next, ended } = await this.#carrier.carry({ processId: this.#processId, path, cursor, end });
        if (next.sequence === cursor.sequence) throw damaged(path, cursor.position);
        cursor = this.#cursor = next;
        this.#onEnded(ended);
      }
      if (!sealed) return;
      await this.#writer.release(segment);
    }
  }
}

/**
 * Moves the frames of processes that are gone, then removes their spools. Several processes may do so at once.
 * @returns the ids of those processes
 */
export async function adoptDeadSpools(
  files: SpoolFiles,
  root: string,
  destination: SpoolDestination,
): Promise<string[]> {
  const adopted: string[] = [];
  for (const name of await files.list(root)) {
    const mark = markOfFolder(name);
    if (!mark || (await isRunning(mark))) continue;
    try {
      await adopt(files, join(root, name), mark.processId, destination);
      adopted.push(mark.processId);
    } catch (error) {
      // Another process adopted it meanwhile: it removes a spool only when all of it is delivered.
      if ((await files.list(root)).includes(name)) throw error;
    }
  }
  return adopted;
}

async function adopt(
  files: SpoolFiles,
  directory: string,
  processId: string,
  destination: SpoolDestination,
): Promise<void> {
  for await (const frames of recoverFrames(files, directory)) await destination.deliver(processId, frames);
  await destination.conclude(processId);
  await files.removeDirectory(directory);
}

/** Acknowledged bytes that no longer read back. Nothing is released, so that what can be saved by hand is still there. */
function damaged(path: string, position: number): KulningError {
  return new KulningError({
    code: 'spool.damaged',
    status: 500,
    text: spoolWords.damaged(path, position),
  });
}
