import type { QuotaTable } from '../../core/limits/quota-table.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { LimitTables } from './limit-tables.ts';
import { beat, discharge, enrol, lease } from './quota-store.ts';

export interface QuotaExchangeOptions {
  readonly database: Database;
  /** As the shipper names this process: what it ships is taken from its leases. */
  readonly processId: string;
  readonly table: QuotaTable;
  readonly now: () => number;
  readonly log: Logger;
}

/** Without anything to ask, the pool hears this often that the process lives. */
const BEAT_MS = 5_000;
/** After a failure the pool is left alone for this long; calls that need it are refused meanwhile. */
const PAUSE_MS = 500;
/** A call waits no longer for a lease. */
const PATIENCE_MS = 2_000;

/**
 * Brings leases from PostgreSQL and takes back what is unused: one transaction for all meters that want something, one
 * at a time, however many calls wait for it.
 */
export class QuotaExchange {
  readonly #options: QuotaExchangeOptions;
  readonly #database: Database<LimitTables>;
  #running: Promise<boolean> | undefined;
  /** Calls that came while one was running wait for the next. */
  #next: Promise<boolean> | undefined;
  #enrolled = false;
  #processes = 1;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #failedAt: number | undefined;
  #refilledAt = 0;

  constructor(options: QuotaExchangeOptions) {
    this.#options = options;
    this.#database = options.database.withTables<LimitTables>();
  }

  /** @returns whether the pool answered; false at once while it is known to be away */
  async refill(): Promise<boolean> {
    const { now } = this.#options;
    if (this.#failedAt !== undefined && now() - this.#failedAt < PAUSE_MS) return false;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, false);
    });
    const answered = await Promise.race([this.#afterRunning(), patience]);
    clearTimeout(timer);
    return answered;
  }

  /** Background: restocks before leases run out, gives back what is idle, and lets the pool know of this process. */
  async tick(): Promise<void> {
    await this.#afterRunning();
  }

  /** On drain, after all calls were shipped: everything that was leased is there for others. */
  async close(): Promise<void> {
    await this.#running;
    await this.#database
      .inInstance('quota returned', (trx) => discharge(trx, this.#options.processId))
      .catch((cause: unknown) => this.#options.log.warn('limits.not_returned', { error: String(cause) }));
  }

  #afterRunning(): Promise<boolean> {
    if (!this.#running) return (this.#running = this.#run().finally(() => (this.#running = undefined)));
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#afterRunning();
    });
    return this.#next;
  }

  async #run(): Promise<boolean> {
    const { table, now, log } = this.#options;
    const lines = table.asks(now(), this.#failedAt === undefined);
    if (lines.length === 0 && this.#enrolled && now() - this.#answeredAt < BEAT_MS) return true;
    try {
      await this.#exchange(lines);
      this.#answeredAt = now();
      this.#failedAt = undefined;
      return true;
    } catch (error) {
      if (this.#failedAt === undefined) log.error('limits.pool_unreachable', error);
      this.#failedAt = now();
      const since = Math.max(this.#refilledAt, this.#answeredAt);
      table.refillWithoutPool(this.#failedAt - since, this.#processes);
      this.#refilledAt = this.#failedAt;
      return false;
    }
  }

  async #exchange(lines: ReturnType<QuotaTable['asks']>): Promise<void> {
    const { table, now, log, processId } = this.#options;
    const answer = await this.#database.inInstance('quota leased', async (trx) => {
      if (!this.#enrolled) await enrol(trx, processId);
      const processes = await beat(trx, processId);
      if (processes === undefined) return undefined;
      return { processes, grants: lines.length > 0 ? await lease(trx, processId, lines) : [] };
    });
    if (!answer) {
      log.warn('limits.leases_lost', { process: processId });
      this.#enrolled = false;
      table.forfeit(now());
      return;
    }
    this.#enrolled = true;
    this.#processes = answer.processes;
    for (const [index, line] of lines.entries()) {
      const grant = answer.grants[index];
      if (grant) table.receive(line, grant, now());
    }
  }
}
