import type { LimitValues } from '@kulning/sdk';

import { limitDimensions, type LimitDimension, type Limits } from '../../core/limits/limit.ts';

/** How people name and measure each dimension, and how many of its units that is. */
export const shown = {
  requestsPerMinute: { name: 'requestsPerMinute', units: 1 },
  tokensPerMinute: { name: 'tokensPerMinute', units: 1 },
  concurrentCalls: { name: 'concurrentCalls', units: 1 },
  nanoEurPerDay: { name: 'eurPerDay', units: 1e9 },
  nanoEurPerMonth: { name: 'eurPerMonth', units: 1e9 },
  microgramsCo2PerMonth: { name: 'gramsCo2PerMonth', units: 1e6 },
} as const satisfies Record<LimitDimension, { name: keyof LimitValues; units: number }>;

export function viewLimits(limits: Limits): LimitValues {
  const entries = limitDimensions.map((dimension) => {
    const { name, units } = shown[dimension];
    const limit = limits[dimension];
    return [name, limit === undefined ? null : limit / units];
  });
  return Object.fromEntries(entries) as LimitValues;
}

/** What is left out stays as it is; null lifts it. */
export type LimitChange = { readonly [Name in keyof LimitValues]?: LimitValues[Name] | undefined };

export function changedLimits(before: Limits, change: LimitChange): Limits {
  const entries = limitDimensions.flatMap((dimension) => {
    const { name, units } = shown[dimension];
    const given = change[name];
    const limit =
      given === undefined ? before[dimension] : given === null ? undefined : Math.round(given * units);
    return limit === undefined ? [] : [[dimension, limit]];
  });
  return Object.fromEntries(entries) as Limits;
}
