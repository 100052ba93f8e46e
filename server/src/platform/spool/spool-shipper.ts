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
  deliver(processId: string, frames: readonly Frame[]): Promise<void>;
  /** The process is gone and all its frames were delivered: what it began and did not end was interrupted. */
  conclude(processId: string): Promise<void>;
}

/** Moves this process's own frames while it writes more. */
export class SpoolShipper {
  readonly #writer: SpoolWriter;
  readonly #processId: string;
  readonly #destination: SpoolDestination;
  #cursor: SpoolCursor | undefined;
  #shipping: Promise<void> = Promise.resolve();

  constructor(writer: SpoolWriter, processId: string, destination: SpoolDestination) {
    this.#writer = writer;
    this.#processId = processId;
    this.#destination = destination;
  }

  /** Ships all that was acknowledged when it began. Rejects when the destination does; the next one goes on from there. */
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
        const { frames, next } = await readFrames(segment.file, cursor, segment.end);
        if (frames.length === 0) throw damaged(segment.path, cursor.position);
        await this.#destination.deliver(this.#processId, frames);
        cursor = this.#cursor = next;
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
