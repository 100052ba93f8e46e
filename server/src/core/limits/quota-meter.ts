import {
  kindOf,
  type LimitDimension,
  type LimitKind,
  type LimitScope,
  type Period,
  unitOf,
} from './limit.ts';
import type { QuotaGrant } from './quota-grant.ts';

/**
 * One limit of one scope in this process: what was leased for it, and what calls have done with that. Conserved
 * between exchanges: `taken = available + reserved + spent`. `available` is negative when calls took more than was
 * reserved for them; the next lease pays that first.
 */
export class QuotaMeter {
  readonly scope: LimitScope;
  readonly dimension: LimitDimension;
  readonly kind: LimitKind;
  readonly unit: 0 | 1 | 2 | 3;
  limit: number;
  period: Period;
  available = 0;
  reserved = 0;
  /** All that was leased in this period and not given back. */
  taken = 0;
  /** What the pool had left for everybody when it was last asked. */
  free = 0;
  /** Until then the pool has no more; asking earlier is in vain. Milliseconds since 1970. */
  emptyUntil = 0;
  /** The largest amount that a call lacked since the last exchange, and the sum of all. */
  need = 0;
  wish = 0;
  /** Size of the last lease. */
  stock = 0;
  usedAt = 0;
  /** Was withdrawn, and the pool is still to hear of it. */
  back = 0;
  /** Is looked at in exchanges. */
  active = false;
  /** The turn of the table in which this lease began: reservations from before it are not of this lease. */
  since = 0;

  constructor(scope: LimitScope, dimension: LimitDimension, limit: number, period: Period) {
    this.scope = scope;
    this.dimension = dimension;
    this.kind = kindOf[dimension];
    this.unit = unitOf[dimension];
    this.limit = limit;
    this.period = period;
  }

  /** Nothing is leased any more: a period ended, or the pool took the leases of this process for lost. */
  begin(period: Period, turn: number): void {
    this.period = period;
    this.available = this.reserved = this.taken = this.free = this.stock = this.back = 0;
    this.emptyUntil = 0;
    this.since = turn;
  }

  miss(amount: number): void {
    this.need = Math.max(this.need, amount);
    this.wish += amount;
  }

  /** Takes what is unused out of the lease, to give it back. */
  withdraw(amount: number): void {
    this.available -= amount;
    this.taken -= amount;
    this.back += amount;
  }

  receive({ granted, free, againMs }: QuotaGrant, now: number): void {
    this.available += granted;
    this.taken += granted;
    if (granted > 0) this.stock = granted;
    this.free = free;
    this.emptyUntil = againMs === undefined ? 0 : now + againMs;
  }

  /** Milliseconds until an amount may be there again, as far as this process knows. */
  waitMs(now: number): number {
    return this.kind === 'budget' ? this.period.endsAt - now : Math.max(1, this.emptyUntil - now);
  }
}
