import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import { encodeHeader, SECTOR_BYTES } from './spool-frame.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';
import { spoolWords } from './spool-words.ts';

/** A segment in use: written up to `end`, of which every byte is acknowledged. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  readonly file: SpoolFile;
  readonly firstSequence: number;
  end: number;
  /** Nothing more will be written to it. */
  sealed: boolean;
}

interface Spare {
  readonly number: number;
  readonly path: string;
  readonly file: SpoolFile;
}

export interface SegmentOptions {
  readonly files: SpoolFiles;
  readonly directory: string;
  readonly segmentBytes: number;
  /** All segments together, in use and spare: the most disk that the spool takes. */
  readonly maxSegments: number;
  /** Kept ready, so that a full disk is met long before it hurts. */
  readonly spareSegments: number;
  readonly onTrouble: (event: string, cause: unknown) => void;
}

const ZEROS = Buffer.alloc(512 * 1024);
const NUMBER_DIGITS = 10;

export const segmentName = (number: number) => `${String(number).padStart(NUMBER_DIGITS, '0')}.seg`;
export const segmentNumber = (name: string) =>
  /^\d{10}\.seg$/.test(name) ? Number(name.slice(0, NUMBER_DIGITS)) : undefined;

/**
 * The files of one process's spool. Each is filled with zeros and synced before it counts as a spare: from then on
 * its blocks belong to it, and writing to it cannot meet a full disk.
 */
export class SegmentStore {
  readonly #options: SegmentOptions;
  readonly #spares: Spare[] = [];
  readonly #used: Segment[] = [];
  #nextNumber = 1;
  #replenishing: Promise<void> | undefined;
  /** Told when it begins, not at each attempt. */
  #lacksSpace = false;

  constructor(options: SegmentOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    await this.#options.files.makeDirectory(this.#options.directory);
    await this.replenish();
  }

  get spareCount(): number {
    return this.#spares.length;
  }

  /** In use, oldest first; the last one may still grow. */
  get used(): readonly Segment[] {
    return this.#used;
  }

  /** Takes a spare into use; makes one if there is none. @throws KulningError `spool.full` */
  async activate(firstSequence: number): Promise<Segment> {
    const last = this.#used.at(-1);
    if (last) last.sealed = true;
    for (;;) {
      if (this.#spares.length === 0) await this.replenish();
      const spare = this.#spares.shift();
      if (!spare) throw spoolFull();
      try {
        await spare.file.writeDurably(encodeHeader(spare.number, firstSequence), 0);
      } catch (error) {
        this.#options.onTrouble('spool.segment_unwritable', error);
        await this.#discard(spare);
        continue;
      }
      const segment: Segment = { ...spare, firstSequence, end: SECTOR_BYTES, sealed: false };
      this.#used.push(segment);
      void this.replenish();
      return segment;
    }
  }

  /** A sealed segment of which every frame is elsewhere: becomes a spare again, or goes. */
  async release(segment: Segment): Promise<void> {
    this.#used.splice(this.#used.indexOf(segment), 1);
    if (this.#spares.length >= this.#options.spareSegments) return await this.#discard(segment);
    const { files, directory, onTrouble } = this.#options;
    const number = this.#nextNumber++;
    const path = join(directory, segmentName(number));
    try {
      await files.rename(segment.path, path);
      await files.syncDirectory(directory);
    } catch (error) {
      onTrouble('spool.segment_not_recycled', error);
      return await this.#discard(segment);
    }
    this.#spares.push({ number, path, file: segment.file });
  }

  /** Makes spares until there are enough; a full disk leaves what there is. One at a time. */
  replenish(): Promise<void> {
    this.#replenishing ??= this.#makeSpares().finally(() => (this.#replenishing = undefined));
    return this.#replenishing;
  }

  async close(): Promise<void> {
    await this.#replenishing;
    for (const segment of [...this.#spares, ...this.#used]) await segment.file.close();
  }

  async #makeSpares(): Promise<void> {
    const { spareSegments, maxSegments, onTrouble } = this.#options;
    while (this.#spares.length < spareSegments && this.#spares.length + this.#used.length < maxSegments) {
      const number = this.#nextNumber++;
      try {
        this.#spares.push(await this.#create(number));
        this.#lacksSpace = false;
      } catch (error) {
        if (!this.#lacksSpace) onTrouble('spool.no_space_reserved', error);
        this.#lacksSpace = true;
        return;
      }
    }
  }

  async #create(number: number): Promise<Spare> {
    const { files, directory, segmentBytes } = this.#options;
    const path = join(directory, segmentName(number));
    const file = await files.create(path);
    try {
      for (let position = 0; position < segmentBytes; position += ZEROS.length)
        await file.writeDurably(ZEROS.subarray(0, Math.min(ZEROS.length, segmentBytes - position)), position);
      await files.syncDirectory(directory);
    } catch (error) {
      await this.#discard({ number, path, file });
      throw error;
    }
    return { number, path, file };
  }

  async #discard(spare: Spare): Promise<void> {
    try {
      await spare.file.close();
      await this.#options.files.remove(spare.path);
    } catch (error) {
      this.#options.onTrouble('spool.segment_not_removed', error);
    }
  }
}

export function spoolFull(): KulningError {
  return new KulningError({
    code: 'spool.full',
    status: 503,
    text: spoolWords.full,
    retryable: true,
  });
}
