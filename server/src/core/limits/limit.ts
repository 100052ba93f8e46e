/** From the caller outwards: an agency's limits hold for its own calls and those of its clients together. */
export const limitLevels = ['key', 'team', 'organisation', 'agency'] as const;

export type LimitLevel = (typeof limitLevels)[number];

/** Money is counted in billionths of a euro and carbon in millionths of a gram: integers, so sums are exact. */
export const limitDimensions = [
  'requestsPerMinute',
  'tokensPerMinute',
  'concurrentCalls',
  'nanoEurPerDay',
  'nanoEurPerMonth',
  'microgramsCo2PerMonth',
] as const;

export type LimitDimension = (typeof limitDimensions)[number];

/**
 * `rate`: a bucket that refills all the time (one minute fills it). `slots`: taken and given back. `budget`: spent
 * until its period ends.
 */
export type LimitKind = 'rate' | 'slots' | 'budget';

export const kindOf: Readonly<Record<LimitDimension, LimitKind>> = {
  requestsPerMinute: 'rate',
  tokensPerMinute: 'rate',
  concurrentCalls: 'slots',
  nanoEurPerDay: 'budget',
  nanoEurPerMonth: 'budget',
  microgramsCo2PerMonth: 'budget',
};

/** Absent is unlimited; zero admits nothing. */
export type Limits = Readonly<Partial<Record<LimitDimension, number>>>;

export interface LimitScope {
  readonly level: LimitLevel;
  readonly id: string;
}

/** What a call takes, or took, of each unit: calls, tokens, billionths of a euro, millionths of a gram. */
export type Amounts = readonly [calls: number, tokens: number, nanoEur: number, microgramsCo2: number];

/** Which of a call's amounts a dimension counts. */
export const unitOf: Readonly<Record<LimitDimension, 0 | 1 | 2 | 3>> = {
  requestsPerMinute: 0,
  tokensPerMinute: 1,
  concurrentCalls: 0,
  nanoEurPerDay: 2,
  nanoEurPerMonth: 2,
  microgramsCo2PerMonth: 3,
};

export interface Period {
  /** `2026-11-22`, `2026-11`, or empty for what has none. */
  readonly name: string;
  /** Milliseconds since 1970 at which the next one begins. */
  readonly endsAt: number;
}

const endless: Period = { name: '', endsAt: Number.POSITIVE_INFINITY };

/** Days and months are UTC, like everything that is recorded. */
export function periodOf(dimension: LimitDimension, now: number): Period {
  if (kindOf[dimension] !== 'budget') return endless;
  const iso = new Date(now).toISOString();
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return dimension === 'nanoEurPerDay'
    ? { name: iso.slice(0, 10), endsAt: Date.UTC(year, month, date.getUTCDate() + 1) }
    : { name: iso.slice(0, 7), endsAt: Date.UTC(year, month + 1) };
}
