export const usageRanges = ['24h', '7d', '30d', '90d'] as const;

export type UsageRangeName = (typeof usageRanges)[number];

/** How the address says a range: by name, or by days of one's own. */
export interface RangeSearch {
  readonly range?: UsageRangeName | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ShownRange {
  /** ISO 8601, as the API takes them; `to` is not included. */
  readonly from: string;
  readonly to: string;
  readonly step: 'hour' | 'day';
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Finer than a chart of this many hours is wide would be noise. */
const mostHours = 8 * 24;
const lengthMs: Readonly<Record<UsageRangeName, number>> = {
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '90d': 90 * dayMs,
};

const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** Whole hours or days, UTC, so that the same question is asked until the hour is over. */
export function rangeOf({ range, from, to }: RangeSearch, nowMs: number): ShownRange {
  const ownTo = isDay(to) ? Date.parse(to) : undefined;
  const ownFrom = isDay(from) ? Date.parse(from) : undefined;
  const end = ownTo ?? Math.ceil((nowMs + 1) / hourMs) * hourMs;
  const begin = ownFrom ?? end - lengthMs[range ?? '24h'];
  const step = end - begin <= mostHours * hourMs ? 'hour' : 'day';
  const wholeBegin = step === 'day' ? Math.floor(begin / dayMs) * dayMs : begin;
  return { from: new Date(wholeBegin).toISOString(), to: new Date(end).toISOString(), step };
}

/** When each step of a range begins, milliseconds since 1970. */
export function stepsOf({ from, to, step }: ShownRange): number[] {
  const stepMs = step === 'hour' ? hourMs : dayMs;
  const begin = Date.parse(from);
  const count = Math.max(0, Math.ceil((Date.parse(to) - begin) / stepMs));
  return Array.from({ length: count }, (_, index) => begin + index * stepMs);
}
