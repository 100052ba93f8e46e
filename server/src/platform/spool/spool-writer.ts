import { KulningError } from '@kulning/sdk';

import {
  alignToSector,
  encodeFrame,
  FRAME_OVERHEAD_BYTES,
  MAX_PAYLOAD_BYTES,
  SECTOR_BYTES,
} from './spool-frame.ts';
import { type Segment, type SegmentOptions, SegmentStore, spoolFull } from './spool-segments.ts';
import { spoolWords } from './spool-words.ts';

const MAX_BATCH_BYTES = 256 * 1024;

export interface SpoolOptions extends SegmentOptions {
  /** Hears of each write that is durable: its frames, and how long the first one waited. */
  readonly onSync?: (frames: number, waitMs: number) => void;
  /** Hears that a full journal has room again, and how many reservations were refused meanwhile. */
  readonly onRoomAgain?: (refused: number) => void;
}

interface Waiter {
  resolve(): void;
  reject(error: KulningError): void;
}

interface Batch {
  buffer: Buffer;
  length: number;
  readonly firstSequence: number;
  readonly waiters: Waiter[];
  /** `performance.now()` when its first frame came. */
  readonly begunAt: number;
}

/**
 * The journal of one process: frames that are on stable storage when `append` resolves. Frames that come while a
 * write is under way wait for it and then share the next one (group commit).
 *
 * A segment whose write failed is never written again and its acknowledged end stays where it was; the frames of the
 * failed write are refused to their callers, and the next ones go to another segment.
 */
export class SpoolWriter {
  readonly #segments: SegmentStore;
  readonly #segmentBytes: number;
  readonly #onTrouble: (event: string, cause: unknown) => void;
  readonly #onSync: (frames: number, waitMs: number) => void;
  readonly #onRoomAgain: (refused: number) => void;
  #current: Segment | undefined;
  #queue: Batch[] = [];
  #queuedBytes = 0;
  #reservedBytes = 0;
  #nextSequence = 1;
  #draining: Promise<void> | undefined;
  #closed = false;
  /** Reservations refused since it became full: told when it begins and when it is over, not for each. */
  #refused = 0;

  constructor(options: SpoolOptions) {
    if (options.segmentBytes < 2 * MAX_BATCH_BYTES || options.segmentBytes % SECTOR_BYTES !== 0)
      throw new RangeError('a segment holds at least two batches and whole sectors');
    this.#segments = new SegmentStore(options);
    this.#segmentBytes = options.segmentBytes;
    this.#onTrouble = options.onTrouble;
    this.#onSync = options.onSync ?? (() => undefined);
    this.#onRoomAgain = options.onRoomAgain ?? (() => undefined);
  }

  /** Reserves disk space. @throws KulningError `spool.full` if not even one segment fits */
  async open(): Promise<void> {
    await this.#segments.open();
    if (this.#segments.spareCount === 0) throw spoolFull();
  }

  get segments(): readonly Segment[] {
    return this.#segments.used;
  }

  /** What can still be promised, in bytes of frames. */
  get freeBytes(): number {
    const tail = this.#current ? usable(this.#segmentBytes - this.#current.end) : 0;
    const spares = this.#segments.spareCount * usable(this.#segmentBytes - SECTOR_BYTES);
    return tail + spares - this.#queuedBytes - this.#reservedBytes;
  }

  /**
   * Keeps room for frames to come: who starts a call must be able to write how it ended.
   * @throws KulningError `spool.full`, while everything reserved before still fits
   */
  reserve(bytes: number): void {
    if (this.freeBytes >= bytes && !this.#closed) {
      this.#reservedBytes += bytes;
      if (this.#refused > 0) this.#hasRoomAgain();
      return;
    }
    void this.#segments.replenish();
    const refusal = spoolFull();
    if (++this.#refused === 1) this.#onTrouble('spool.full', refusal);
    throw refusal;
  }

  unreserve(bytes: number): void {
    this.#reservedBytes -= bytes;
  }

  /** Resolves when the frame is on stable storage. @throws KulningError `spool.unwritable`, `spool.full` */
  append(payload: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const longest = payload.length * 3;
      if (longest > MAX_PAYLOAD_BYTES && Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
        throw new RangeError('the payload is longer than a frame holds');
      const batch = this.#batchWithRoom(longest + FRAME_OVERHEAD_BYTES);
      const before = batch.length;
      batch.length = encodeFrame(batch.buffer, before, this.#nextSequence++, payload);
      this.#queuedBytes += batch.length - before;
      batch.waiters.push({ resolve, reject });
      // After this turn of the loop, so that all calls that arrived together share one write.
      this.#draining ??= new Promise<void>((begin) => setImmediate(begin)).then(() => this.#drain());
    });
  }

  #hasRoomAgain(): void {
    this.#onRoomAgain(this.#refused);
    this.#refused = 0;
  }

  /** The shipper has moved every frame of this sealed segment. */
  release(segment: Segment): Promise<void> {
    return this.#segments.release(segment);
  }

  /** Everything appended so far is on stable storage. */
  async flush(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.#segments.close();
  }

  #batchWithRoom(bytes: number): Batch {
    const last = this.#queue.at(-1);
    if (last && last.length + bytes <= last.buffer.length) return last;
    if (last && last.length + bytes <= MAX_BATCH_BYTES) {
      const grown = Buffer.alloc(
        Math.min(MAX_BATCH_BYTES, Math.max(2 * last.buffer.length, alignToSector(last.length + bytes))),
      );
      last.buffer.copy(grown, 0, 0, last.length);
      last.buffer = grown;
      return last;
    }
    const size = Math.max(16 * 1024, alignToSector(bytes));
    const batch = {
      buffer: Buffer.alloc(size),
      length: 0,
      firstSequence: this.#nextSequence,
      waiters: [],
      begunAt: performance.now(),
    };
    this.#queue.push(batch);
    return batch;
  }

  async #drain(): Promise<void> {
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      const failure = await this.#commit(batch);
      this.#queuedBytes -= batch.length;
      if (!failure) this.#onSync(batch.waiters.length, performance.now() - batch.begunAt);
      for (const waiter of batch.waiters)
        if (failure) waiter.reject(failure);
        else waiter.resolve();
    }
    // In the same turn in which the queue was found empty: an append that comes next starts a new drain.
    this.#draining = undefined;
  }

  async #commit(batch: Batch): Promise<KulningError | undefined> {
    const bytes = alignToSector(batch.length);
    try {
      if (!this.#current || this.#current.end + bytes > this.#segmentBytes)
        this.#current = await this.#segments.activate(batch.firstSequence);
      await this.#current.file.writeDurably(batch.buffer.subarray(0, bytes), this.#current.end);
      this.#current.end += bytes;
      return undefined;
    } catch (error) {
      if (this.#current) this.#current.sealed = true;
      this.#current = undefined;
      this.#onTrouble('spool.write_failed', error);
      return error instanceof KulningError ? error : spoolUnwritable(error);
    }
  }
}

/** A batch that does not fit goes to the next segment, so the last batch's worth of each may stay empty. */
const usable = (bytes: number) => Math.max(0, bytes - MAX_BATCH_BYTES);

function spoolUnwritable(cause: unknown): KulningError {
  return new KulningError({
    code: 'spool.unwritable',
    status: 503,
    text: spoolWords.unwritable,
    retryable: true,
    cause,
  });
}
