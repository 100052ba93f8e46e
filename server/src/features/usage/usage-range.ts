import { KulningError } from '@kulning/sdk';

import { usageWords } from './usage-words.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_MS = 7 * 24 * HOUR_MS;
/** Hours are kept, so a range is of whole ones. */
export interface UsageRange {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

/**
 * Widens what was asked to whole hours, UTC. A date is its first moment.
 * @throws KulningError `usage.range_wrong` when it ends before it begins
 */
export function usageRange(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): UsageRange {
  const to = Math.ceil((asked.to === undefined ? now : Date.parse(asked.to)) / HOUR_MS) * HOUR_MS;
  const from =
    asked.from === undefined ? to - DEFAULT_MS : Math.floor(Date.parse(asked.from) / HOUR_MS) * HOUR_MS;
  if (from < to) return { from: new Date(from), to: new Date(to) };
  throw new KulningError({
    code: 'usage.range_wrong',
    status: 400,
    path: 'query.from',
    text: usageWords.rangeWrong,
  });
}
