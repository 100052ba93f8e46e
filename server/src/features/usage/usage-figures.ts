import type { UsageFigures } from '@kulning/sdk';

import { quantileMs } from '../../core/usage/duration-sketch.ts';
import { exactEur } from '../limits/index.ts';
import type { DurationCount, UsageSums } from './usage-views.ts';

type Sketches = Partial<Record<DurationCount['measure'], number[]>>;
type Place = Pick<UsageSums, 'whole' | 'at' | 'id'>;

export const placeOf = ({ whole, at, id }: Place): string =>
  whole ? 'whole' : `${at?.getTime() ?? ''} ${id ?? ''}`;

/** Counts by line and measure. */
export function sketchesOf(counts: readonly DurationCount[]): ReadonlyMap<string, Sketches> {
  const sketches = new Map<string, Sketches>();
  for (const counted of counts) {
    const place = placeOf(counted);
    let line = sketches.get(place);
    if (!line) sketches.set(place, (line = {}));
    const sketch = (line[counted.measure] ??= []);
    while (sketch.length < counted.bucket) sketch.push(0);
    sketch[counted.bucket - 1] = counted.count;
  }
  return sketches;
}

/** What people read: where nothing is known of calls that could be known, null and never zero. */
export function figuresOf(sums: UsageSums, sketches: Sketches = {}): UsageFigures {
  const { placed, charged, tokensKnown, eurKnown, energyKnown, carbonKnown, streamingUs } = sums;
  const { latency = [], firstByte = [], overhead = [] } = sketches;
  const tokens = (sum: number) => knownSum(sum, tokensKnown, placed);
  return {
    calls: sums.calls,
    answered: sums.answered,
    refused: sums.refused,
    failed: sums.failed,
    cancelled: sums.cancelled,
    interrupted: sums.interrupted,
    simulated: sums.simulated,
    inputTokens: tokens(sums.inputTokens),
    outputTokens: tokens(sums.outputTokens),
    tokensKnown: share(tokensKnown, placed),
    eur: charged > 0 && eurKnown === 0 ? null : exactEur(BigInt(sums.nanoEur)),
    eurKnown: share(eurKnown, charged),
    wattHours: knownSum(sums.wattHours, energyKnown, placed),
    energyKnown: share(energyKnown, placed),
    energyProvenance: provenancesIn(sums.energyProvenance),
    gramsCo2: knownSum(sums.gramsCo2, carbonKnown, placed),
    carbonKnown: share(carbonKnown, placed),
    carbonProvenance: provenancesIn(sums.carbonProvenance),
    p50Ms: quantileMs(latency, 0.5),
    p95Ms: quantileMs(latency, 0.95),
    p99Ms: quantileMs(latency, 0.99),
    firstByteP50Ms: quantileMs(firstByte, 0.5),
    firstByteP95Ms: quantileMs(firstByte, 0.95),
    firstByteP99Ms: quantileMs(firstByte, 0.99),
    overheadP50Ms: quantileMs(overhead, 0.5),
    overheadP95Ms: quantileMs(overhead, 0.95),
    overheadP99Ms: quantileMs(overhead, 0.99),
    tokensPerSecond: streamingUs > 0 ? sums.streamedTokens / (streamingUs / 1e6) : null,
  };
}

const knownSum = (sum: number, known: number, possible: number) => (possible > 0 && known === 0 ? null : sum);
const share = (known: number, possible: number) => (possible === 0 ? null : known / possible);

/** In the order of their bits (0013_usage.sql). */
const provenances = ['measured', 'apportioned', 'modelled', 'declared'] as const;

const provenancesIn = (bits: number) => provenances.filter((_, bit) => (bits & (1 << bit)) !== 0);
