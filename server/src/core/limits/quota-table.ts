import {
  type Amounts,
  type LimitDimension,
  limitDimensions,
  type Limits,
  type LimitScope,
  periodOf,
} from './limit.ts';
import type { QuotaAsk, QuotaGrant } from './quota-grant.ts';
import { QuotaMeter } from './quota-meter.ts';

/** The meters of one caller, from its key outwards. */
export type QuotaLadder = readonly QuotaMeter[];

/** Taken from every meter of a ladder; to be settled exactly once. */
export interface QuotaHold {
  readonly ladder: QuotaLadder;
  readonly amounts: Amounts;
  readonly turn: number;
}

export interface QuotaRefusal {
  readonly refusedBy: QuotaMeter;
  /** Milliseconds until it is worth another try; undefined: the call alone is larger than the limit. */
  readonly waitMs: number | undefined;
}

/** `dry`: this process has not leased enough, and the pool may have more. */
export type QuotaAnswer = QuotaHold | QuotaRefusal | 'dry';

/** What an exchange says to the pool about one meter. */
export interface QuotaLine extends QuotaAsk {
  readonly meter: QuotaMeter;
  readonly period: string;
  /** All that this process holds of it or has spent of it in this period: the pool takes this for the truth. */
  readonly keep: number;
  /** Of a rate: goes back into the bucket. */
  readonly back: number;
}

/** Unused for so long, a lease is given back; slots sooner, because they are few and never lost by waiting. */
const IDLE_MS = { budget: 30_000, rate: 10_000, slots: 1_000 } as const;
const MINUTE_MS = 60_000;

export const isHold = (answer: QuotaAnswer): answer is QuotaHold => answer !== 'dry' && 'ladder' in answer;

/** Whether what was taken from the meter is of the lease that it has now. */
export const isCurrent = ({ turn }: QuotaHold, { since }: QuotaMeter): boolean => turn >= since;

/**
 * The limits of one process. Reserving is one synchronous step over all levels, all or nothing, so that no two calls
 * pass a limit between the check and the taking; what is reserved is settled to what was really used, or given back.
 * Pure: time comes in, and leases come from `asks` and `receive`. Memory is bounded by the limits that are set.
 */
export class QuotaTable {
  readonly #meters = new Map<string, QuotaMeter>();
  #active: QuotaMeter[] = [];
  #turn = 1;

  /** The meters of these scopes, with these limits from now on; a lease under another limit is given back first. */
  ladder(rungs: readonly { scope: LimitScope; limits: Limits }[], now: number): QuotaLadder {
    return rungs.flatMap(({ scope, limits }) =>
      limitDimensions.flatMap((dimension) => {
        const limit = limits[dimension];
        return limit === undefined ? [] : [this.#meter(scope, dimension, limit, now)];
      }),
    );
  }

  reserve(ladder: QuotaLadder, amounts: Amounts, now: number): QuotaAnswer {
    let refusal: QuotaMeter | undefined;
    let dry = false;
    for (const meter of ladder) {
      if (now >= meter.period.endsAt) meter.begin(periodOf(meter.dimension, now), ++this.#turn);
      const amount = amounts[meter.unit];
      if (amount > meter.limit) return { refusedBy: meter, waitMs: undefined };
      if (amount <= meter.available) continue;
      if (now >= meter.emptyUntil || amount - meter.available <= meter.free) dry = true;
      else if (!refusal || meter.waitMs(now) > refusal.waitMs(now)) refusal = meter;
    }
    if (refusal) return { refusedBy: refusal, waitMs: refusal.waitMs(now) };
    if (dry) return this.#miss(ladder, amounts, now);
    for (const meter of ladder) {
      const amount = amounts[meter.unit];
      meter.available -= amount;
      meter.reserved += amount;
      meter.usedAt = now;
      if (!meter.active) this.#wake(meter);
    }
    return { ladder, amounts, turn: this.#turn };
  }

  /** A call ended: what it really used stays spent, the rest is there again. Nothing used is a refund in full. */
  settle({ ladder, amounts, turn }: QuotaHold, used: Amounts): void {
    for (const meter of ladder) {
      if (turn < meter.since) continue;
      const amount = amounts[meter.unit];
      meter.reserved -= amount;
      // A slot is free again when its call has ended, however that went.
      meter.available += meter.kind === 'slots' ? amount : amount - used[meter.unit];
    }
  }

  /** @param giveBack whether the pool is there: without it, what is leased is kept, since no more can be had */
  asks(now: number, giveBack: boolean): QuotaLine[] {
    const lines: QuotaLine[] = [];
    this.#active = this.#active.filter((meter) => {
      if (giveBack) meter.withdraw(unusedOf(meter, now));
      const missing = meter.wish > meter.available;
      const low =
        meter.stock > 1 && meter.available < meter.stock / 2 && now - meter.usedAt < IDLE_MS[meter.kind];
      if (missing || meter.back > 0 || (low && now >= meter.emptyUntil)) lines.push(lineOf(meter));
      meter.need = meter.wish = 0;
      meter.active = missing || meter.available > 0 || meter.reserved > 0;
      return meter.active;
    });
    return lines;
  }

  receive({ meter, period }: QuotaLine, grant: QuotaGrant, now: number): void {
    if (meter.period.name === period) meter.receive(grant, now);
  }

  /**
   * The pool cannot be reached: rates go on, each process with its share. Budgets and slots are not made up: what is
   * leased is all there is.
   */
  refillWithoutPool(elapsedMs: number, processes: number): void {
    for (const meter of this.#active) {
      if (meter.kind !== 'rate') continue;
      const share = meter.limit / Math.max(1, processes);
      const more = Math.max(0, Math.min(share - meter.available, (elapsedMs * share) / MINUTE_MS));
      meter.available += more;
      meter.taken += more;
    }
  }

  /** The pool took this process for dead and gave its leases to others. */
  forfeit(now: number): void {
    this.#turn++;
    for (const meter of this.#meters.values()) meter.begin(periodOf(meter.dimension, now), this.#turn);
  }

  #meter(scope: LimitScope, dimension: LimitDimension, limit: number, now: number): QuotaMeter {
    const id = `${scope.level} ${scope.id} ${dimension}`;
    let meter = this.#meters.get(id);
    if (!meter)
      this.#meters.set(id, (meter = new QuotaMeter(scope, dimension, limit, periodOf(dimension, now))));
    if (meter.limit !== limit) {
      meter.limit = limit;
      meter.emptyUntil = 0;
      meter.withdraw(Math.max(0, meter.available));
      this.#wake(meter);
    }
    return meter;
  }

  #miss(ladder: QuotaLadder, amounts: Amounts, now: number): 'dry' {
    for (const meter of ladder) {
      const amount = amounts[meter.unit];
      meter.usedAt = now;
      if (amount > meter.available) meter.miss(amount);
      if (!meter.active) this.#wake(meter);
    }
    return 'dry';
  }

  #wake(meter: QuotaMeter): void {
    if (!meter.active) this.#active.push(meter);
    meter.active = true;
  }
}

function unusedOf(meter: QuotaMeter, now: number): number {
  if (meter.available <= 0 || meter.need > 0) return 0;
  if (now - meter.usedAt >= IDLE_MS[meter.kind]) return meter.available;
  return meter.kind === 'slots' ? Math.max(0, meter.available - Math.max(1, meter.stock)) : 0;
}

/** The line for a meter, which from then on waits for its answer. */
function lineOf(meter: QuotaMeter): QuotaLine {
  const { period, taken: keep, back, available } = meter;
  const need = Math.max(0, meter.need - available);
  const wish = Math.max(0, meter.wish - available);
  meter.back = 0;
  return { meter, period: period.name, keep, back, need, wish };
}
