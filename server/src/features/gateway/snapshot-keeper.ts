import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from '../../platform/log/logger.ts';
import type { Snapshot } from './snapshot.ts';

/** Where control data comes from; the database in production. */
export interface SnapshotSource {
  /** One consistent reading. */
  load(): Promise<Snapshot>;
  /** Calls back when something changed, or may have. */
  watch(changed: () => void): Promise<SnapshotWatch>;
}

export interface SnapshotWatch {
  /** Milliseconds since 1970 at which the source last proved that it would tell of changes. */
  lastHeardAt(): number;
  close(): Promise<void>;
}

const LONGEST_PAUSE_MS = 2_000;
/** Revoked keys remembered; who is forgotten is refused all the same, a little later. */
const MOST_GONE = 10_000;
/** Readings that strangers cause take at most this part of the time, and come at most so often. */
const RENEWAL_SHARE = 0.1;
const LEAST_RENEWAL_PAUSE_MS = 100;
const LONGEST_RENEWAL_PAUSE_MS = 1_000;

/**
 * Holds the snapshot and replaces it in the background when the source tells of a change. It is known to be true at
 * the last sign of life that the source gave, unless a change was told and could not be read yet: then only at the
 * moment at which its own reading began.
 */
export class SnapshotKeeper {
  readonly #source: SnapshotSource;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #onSwap: (snapshot: Snapshot) => void;
  readonly #stop = new AbortController();
  #current: Snapshot | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  /** How long the last reading took. */
  #readingMs = 0;
  #watch: SnapshotWatch | undefined;
  #changed = true;
  #loading: Promise<void> | undefined;
  #renewal: Promise<void> | undefined;
  /** Digests of keys that an earlier snapshot held and the current one does not. */
  readonly #gone = new Set<string>();

  constructor(options: {
    source: SnapshotSource;
    now: () => number;
    log: Logger;
    onSwap: (snapshot: Snapshot) => void;
  }) {
    this.#source = options.source;
    this.#now = options.now;
    this.#log = options.log;
    this.#onSwap = options.onSwap;
  }

  get current(): Snapshot | undefined {
    return this.#current;
  }

  /** The key was valid and is not any more: reading anew would not bring it back. */
  wasRevoked(digest: string): boolean {
    return this.#gone.has(digest);
  }

  /** Milliseconds since the snapshot was known to be true; Infinity before the first. */
  ageMs(): number {
    const heardAt = this.#changed
      ? Number.NEGATIVE_INFINITY
      : (this.#watch?.lastHeardAt() ?? Number.NEGATIVE_INFINITY);
    return Math.max(0, this.#now() - Math.max(this.#readAt, heardAt));
  }

  /** Listens first and reads then, so that no change falls between. Goes on trying until there is a first snapshot. */
  async open(): Promise<void> {
    this.#watch = await this.#source.watch(() => this.#reload());
    this.#reload();
    await this.#loading;
  }

  /**
   * Resolves after a reading that began later than this: a key that the snapshot does not hold may be younger than the
   * notice of it. The longer a reading takes, the further such readings are apart, so that strangers with made-up keys
   * cannot keep the gateway busy; when none succeeds in time, it resolves without.
   */
  renew(): Promise<void> {
    this.#renewal ??= this.#renewInTime();
    return this.#renewal;
  }

  async #renewInTime(): Promise<void> {
    const apart = Math.min(
      LONGEST_RENEWAL_PAUSE_MS,
      Math.max(LEAST_RENEWAL_PAUSE_MS, this.#readingMs / RENEWAL_SHARE),
    );
    await this.#pause(this.#readAt + apart - this.#now());
    // Whoever asks from here on may know of something that this reading does not see.
    this.#renewal = undefined;
    this.#reload();
    await Promise.race([this.#loading, this.#pause(LONGEST_RENEWAL_PAUSE_MS)]);
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watch?.close();
    await this.#loading;
  }

  #reload(): void {
    this.#changed = true;
    this.#loading ??= this.#load();
  }

  #remember({ keys }: Snapshot): void {
    if (this.#gone.size > MOST_GONE) this.#gone.clear();
    for (const digest of this.#current?.keys.keys() ?? []) if (!keys.has(digest)) this.#gone.add(digest);
  }

  async #load(): Promise<void> {
    for (let attempt = 0; this.#changed && !this.#stop.signal.aborted;) {
      this.#changed = false;
      const begunAt = this.#now();
      try {
        const snapshot = await this.#source.load();
        this.#remember(snapshot);
        this.#current = snapshot;
        this.#readAt = begunAt;
        this.#readingMs = this.#now() - begunAt;
        this.#onSwap(snapshot);
        attempt = 0;
      } catch (error) {
        this.#changed = true;
        this.#log.error('gateway.snapshot_not_loaded', error, { attempt });
        await this.#pause(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt++));
      }
    }
    this.#loading = undefined;
  }
}
