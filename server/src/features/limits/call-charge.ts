import { type LimitDimension, type LimitLevel, limitLevels } from '../../core/limits/limit.ts';
import { isCurrent, type QuotaHold } from '../../core/limits/quota-table.ts';

/** Dimensions whose use is kept in the database; a bit for each at each level says which leases a call was paid from. */
export const budgetDimensions = ['nanoEurPerDay', 'nanoEurPerMonth', 'microgramsCo2PerMonth'] as const;

/** What a call counts for, beside key and organisation; part of its journaled end. */
export interface CallCharge {
  /** When it was reserved, milliseconds since 1970: the day and month that it counts for. */
  readonly at: number;
  /** Billionths of a euro; null is unknown. */
  readonly nanoEur: number | null;
  readonly priceId: string | null;
  /** Against budgets: what is known, else what was reserved for an answer that was delivered, else nothing. */
  readonly budget: { readonly nanoEur: number; readonly microgramsCo2: number };
  readonly teamId: string | null;
  /** The parent organisation, or the organisation itself. */
  readonly agencyId: string;
  /** See `budgetDimensions`: bit `level × 3 + dimension`. */
  readonly leases: number;
}

/** A call as it goes into the books. */
export interface ChargedCall {
  readonly organisationId: string;
  readonly keyId: string | null;
  readonly tokens: { readonly input: number; readonly output: number } | undefined;
  readonly charge: CallCharge;
}

const bitOf = (level: LimitLevel, dimension: number) => 1 << (limitLevels.indexOf(level) * 3 + dimension);

/** The leases that a reservation was taken from and that are still this process's. */
export function leasesOf(hold: QuotaHold): number {
  let bits = 0;
  for (const meter of hold.ladder) {
    if (meter.kind !== 'budget' || !isCurrent(hold, meter)) continue;
    bits |= bitOf(meter.scope.level, budgetDimensions.indexOf(meter.dimension as BudgetDimension));
  }
  return bits;
}

export const isLeased = (leases: number, level: LimitLevel, dimension: number): boolean =>
  (leases & bitOf(level, dimension)) !== 0;

export type BudgetDimension = Extract<LimitDimension, (typeof budgetDimensions)[number]>;
