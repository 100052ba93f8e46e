import type { LimitLevel, Limits } from '../../core/limits/limit.ts';
import type { Price } from '../../core/limits/price.ts';

export interface ValidPrice extends Price {
  /** Milliseconds since 1970. */
  readonly validFrom: number;
}

/** What limits and prices are, at one version of the control data. Part of a gateway's snapshot. */
export interface LimitFacts {
  /** By `limitId`; a scope without limits is not in it. */
  readonly limits: ReadonlyMap<string, Limits>;
  readonly teamOfKey: ReadonlyMap<string, string>;
  /** Of organisations that have one. */
  readonly parentOf: ReadonlyMap<string, string>;
  /** By deployment, the latest first. */
  readonly prices: ReadonlyMap<string, readonly ValidPrice[]>;
}

export const noLimits: LimitFacts = {
  limits: new Map(),
  teamOfKey: new Map(),
  parentOf: new Map(),
  prices: new Map(),
};

export const limitId = (level: LimitLevel, scopeId: string) => `${level} ${scopeId}`;

/** Undefined: nobody said what it costs, which is not the same as nothing. */
export function priceAt(facts: LimitFacts, deploymentId: string, at: number): ValidPrice | undefined {
  return facts.prices.get(deploymentId)?.find(({ validFrom }) => validFrom <= at);
}
