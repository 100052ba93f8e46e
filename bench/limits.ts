// Reserving and settling one call, beside the same sums without checks: `node bench/limits.ts`.
import { type Amounts, limitLevels, type Limits } from '../server/src/core/limits/limit.ts';
import { isHold, QuotaTable } from '../server/src/core/limits/quota-table.ts';
import { report } from './figure.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const plenty = 1e12;
const all: Limits = {
  requestsPerMinute: plenty,
  tokensPerMinute: plenty,
  concurrentCalls: plenty,
  nanoEurPerDay: plenty,
  nanoEurPerMonth: plenty,
  microgramsCo2PerMonth: plenty,
};
const reserved: Amounts = [1, 2_000, 40_000, 900];
const used: Amounts = [1, 1_400, 31_000, 700];

/** CPU time, so that other work on the machine counts less. */
function measure(what: string, times: number, work: () => void) {
  for (let index = 0; index < times / 10; index++) work();
  const before = process.cpuUsage();
  for (let index = 0; index < times; index++) work();
  const { user, system } = process.cpuUsage(before);
  return { what, microseconds: Number(((user + system) / times).toFixed(3)) };
}

/** Levels, each with all six limits, and leases that last for the whole run. */
function reserveAndSettle(levels: number): () => void {
  const table = new QuotaTable();
  const rungs = limitLevels.slice(0, levels).map((level) => ({ scope: { level, id: level }, limits: all }));
  const ladder = table.ladder(rungs, now);
  for (const meter of ladder) meter.receive({ granted: plenty, free: 0, againMs: undefined }, now);
  return () => {
    const hold = table.reserve(ladder, reserved, now);
    if (!isHold(hold)) throw new Error('the limits are out of reach');
    table.settle(hold, used);
  };
}

function sumsOnly(): () => void {
  const left = new Float64Array(24).fill(plenty);
  const add = (amounts: Amounts, sign: 1 | -1) => {
    for (let index = 0; index < 24; index++)
      left[index] = (left[index] ?? 0) + sign * (amounts[index % 4] ?? 0);
  };
  return () => {
    add(reserved, -1);
    add(reserved, 1);
    add(used, -1);
  };
}

const bare = measure('baseline: the sums of 24 limits, unchecked', 1_000_000, sumsOnly());
const four = measure('key, team, organisation, agency: 24 limits', 1_000_000, reserveAndSettle(4));
console.table([
  bare,
  measure('no limit set: reserve + settle', 1_000_000, reserveAndSettle(0)),
  measure('key only, six limits: reserve + settle', 1_000_000, reserveAndSettle(1)),
  four,
]);
const beside = { what: 'the bare sums', value: bare.microseconds };
report([
  {
    what: 'limits: reserve and settle 24',
    value: four.microseconds,
    unit: 'µs',
    beside,
    target: { atMost: 3 },
  },
]);
