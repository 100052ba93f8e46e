import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { beingErased } from '../privacy/index.ts';
import {
  type BatchClaim,
  beginFinalizing,
  claimBatch,
  runningBatches,
  stopExpired,
} from './batch-claim-store.ts';
import { BatchFinalization, type FinalizationDeps } from './batch-finalization.ts';
import { underLease } from './batch-lease.ts';
import type { BatchRow, BatchTables } from './batch-tables.ts';
import { validateBatch } from './batch-validation.ts';
import { LineRun, type LineRunDeps } from './line-run.ts';
import { claimLines, type LineClaim, lineKey, renewLines } from './line-store.ts';

export interface BatchRunnerDeps extends LineRunDeps, FinalizationDeps {
  readonly log: Logger;
  /** The longest line that can be a request. */
  readonly longestLine: number;
  /** A process that died is taken for dead after this. */
  readonly leaseMs: number;
  /** How often the process looks for work that nobody told it of. */
  readonly everyMs: number;
}

export const batchTimes = { leaseMs: 15_000, everyMs: 1_000 } as const;

/** Lines of all batches that one process asks at once. */
const MOST_LINES = 64;
/** Without the database there is nothing to do, and nothing new to say of it every second. */
const AFTER_FAILURE_MS = 5_000;
/** Batches that are looked at in one turn. */
const MOST_BATCHES = 500;

interface RunningLine {
  readonly claim: LineClaim;
  readonly stop: AbortController;
}

/**
 * What one gateway does for batches besides its calls. Every gateway does it: they share lines by leases, so that when
 * one dies, the others ask again what it had not ended, and nothing is asked by two that live.
 */
export class BatchRunner {
  readonly #deps: BatchRunnerDeps;
  readonly #database: Database<BatchTables>;
  readonly #running = new Map<string, RunningLine>();
  readonly #working = new Set<Promise<void>>();
  readonly #busy = new Set<'validating' | 'finalizing'>();
  /** Of each batch, the model that its last line asks: what tells how many lines to claim. */
  readonly #models = new Map<string, string>();
  /** Batches without room, and until when (`performance.now()`). */
  readonly #paused = new Map<string, number>();
  readonly #stop = new AbortController();
  #woken = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(deps: BatchRunnerDeps) {
    this.#deps = deps;
    this.#database = deps.database.withTables<BatchTables>();
  }

  start(): void {
    this.#loop ??= this.#turns();
  }

  /** Hangs up on what is being asked, and gives every line back. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const { stop } of this.#running.values()) stop.abort();
    await this.#loop;
    await Promise.allSettled(this.#working);
  }

  async #turns(): Promise<void> {
    const { log, everyMs } = this.#deps;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = Promise.withResolvers();
      try {
        await this.#turn();
        await Promise.race([this.#pause(everyMs), this.#woken.promise]);
      } catch (error) {
        if (!signal.aborted) log.error('batches.turn_failed', error);
        await this.#pause(AFTER_FAILURE_MS);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  async #turn(): Promise<void> {
    this.#deps.gate.look();
    await this.#renew();
    const { erased, open } = await this.#database.inInstance('batches', async (trx) => {
      await stopExpired(trx);
      await beginFinalizing(trx);
      const organisations = [...(await beingErased(trx))];
      const except = { organisations, batches: this.#withoutRoom() };
      return { erased: organisations, open: await runningBatches(trx, except, MOST_BATCHES) };
    });
    this.#hangUp(new Set(erased));
    await this.#take('validating', []);
    await this.#take('finalizing', erased);
    for (const batch of open) await this.#claim(batch);
  }

  /** Whose batch was stopped, or taken over by another process, is hung up on. */
  async #renew(): Promise<void> {
    const claims = [...this.#running.values()].map(({ claim }) => claim);
    if (claims.length === 0) return;
    const held = await this.#database.inInstance('batch leases', (trx) =>
      renewLines(trx, claims, this.#deps.leaseMs),
    );
    for (const claim of claims)
      if (!held.has(lineKey(claim))) this.#running.get(lineKey(claim))?.stop.abort();
  }

  /** Where somebody is being erased, what is being asked may be about them: it is read and asked again afterwards. */
  #hangUp(organisations: ReadonlySet<string>): void {
    for (const { claim, stop } of this.#running.values())
      if (organisations.has(claim.organisationId)) stop.abort();
  }

  async #take(state: 'validating' | 'finalizing', except: readonly string[]): Promise<void> {
    if (this.#busy.has(state) || this.#stop.signal.aborted) return;
    const claim = await this.#database.inInstance('batches', (trx) =>
      claimBatch(trx, state, this.#deps.leaseMs, except),
    );
    if (!claim) return;
    this.#busy.add(state);
    this.#background(
      this.#whole(state, claim).finally(() => this.#busy.delete(state)),
      claim.batch,
    );
  }

  #whole(state: 'validating' | 'finalizing', claim: BatchClaim): Promise<void> {
    const { leaseMs, longestLine } = this.#deps;
    return underLease(this.#database, claim, leaseMs, this.#stop.signal, (signal) =>
      state === 'validating'
        ? validateBatch(this.#deps, claim, longestLine, signal)
        : new BatchFinalization(this.#deps, claim, signal).run(),
    );
  }

  async #claim(batch: BatchRow): Promise<void> {
    const most = Math.min(this.#room(batch), MOST_LINES - this.#running.size);
    if (most <= 0 || this.#stop.signal.aborted) return;
    const claims = await this.#database.inOrganisation(batch.organisation_id, (trx) =>
      claimLines(trx, batch, most, this.#deps.leaseMs),
    );
    if (claims.length === 0) return;
    for (const claim of claims) this.#background(this.#ask(batch, claim), batch);
  }

  /** Batches that were told to come back later. */
  #withoutRoom(): string[] {
    const now = performance.now();
    for (const [id, until] of this.#paused) if (until <= now) this.#paused.delete(id);
    return [...this.#paused.keys()];
  }

  /** One line first, where nobody knows yet which model the batch asks. */
  #room({ id }: BatchRow): number {
    const model = this.#models.get(id);
    if (model !== undefined) return this.#deps.gate.room(model);
    return [...this.#running.values()].some(({ claim }) => claim.batchId === id) ? 0 : 1;
  }

  async #ask(batch: BatchRow, claim: LineClaim): Promise<void> {
    const stop = new AbortController();
    const key = lineKey(claim);
    this.#running.set(key, { claim, stop });
    try {
      const onModel = (model: string) => this.#know(batch.id, model);
      const { waitMs } = await new LineRun(this.#deps, batch, claim, { signal: stop.signal, onModel }).run();
      if (waitMs !== undefined) this.#paused.set(batch.id, performance.now() + waitMs);
    } finally {
      this.#running.delete(key);
    }
  }

  #know(batchId: string, model: string): void {
    // What waited for this first line may be claimed now.
    if (!this.#models.has(batchId)) this.#woken.resolve();
    this.#models.delete(batchId);
    this.#models.set(batchId, model);
    const [oldest] = this.#models.keys();
    if (this.#models.size > MOST_BATCHES * 2 && oldest !== undefined) this.#models.delete(oldest);
  }

  /** What fails here is tried again by whoever claims it when the lease is over. */
  #background(work: Promise<void>, { id }: BatchRow): void {
    const watched = work
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#deps.log.error('batches.work_failed', error, { batch: id });
      })
      .finally(() => {
        this.#working.delete(watched);
        this.#woken.resolve();
      });
    this.#working.add(watched);
  }
}
