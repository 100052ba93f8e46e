import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Amounts, limitDimensions, type Limits, unitOf } from './limit.ts';
import { QuotaPoolModel } from './quota-pool-model.ts';
import { isHold, type QuotaHold, QuotaTable } from './quota-table.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const scopes = [
  { level: 'key', id: 'key_1' },
  { level: 'team', id: 'team_1' },
  { level: 'organisation', id: 'org_1' },
  { level: 'agency', id: 'org_0' },
] as const;

/** Reserves as a gateway does: what this process lacks is leased, then tried once more. */
function call(
  table: QuotaTable,
  pool: QuotaPoolModel,
  limits: readonly Limits[],
  amounts: Amounts,
  now: number,
) {
  const ladder = table.ladder(
    limits.map((each, index) => ({ scope: scopes[index] ?? scopes[0], limits: each })),
    now,
  );
  const first = table.reserve(ladder, amounts, now);
  if (first !== 'dry') return first;
  pool.exchange('process', table, now);
  return table.reserve(ladder, amounts, now);
}

const limitsOf = fc.record(
  Object.fromEntries(limitDimensions.map((name) => [name, fc.integer({ min: 0, max: 60 })])),
  { requiredKeys: [] },
) as fc.Arbitrary<Limits>;
const amountsOf = fc.tuple(fc.constant(1), fc.nat(20), fc.nat(20), fc.nat(20)) as fc.Arbitrary<Amounts>;

describe('reserving at four levels', () => {
  it('never passes a limit, however many calls run at once', () => {
    fc.assert(
      fc.property(
        fc.array(limitsOf, { minLength: 1, maxLength: 4 }),
        fc.array(amountsOf, { maxLength: 80 }),
        (limits, calls) => {
          const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
          const held = calls.map((amounts) => call(table, pool, limits, amounts, noon)).filter(isHold);
          for (const each of limits)
            for (const dimension of limitDimensions) {
              const sum = held.reduce((total, { amounts }) => total + amounts[unitOf[dimension]], 0);
              expect(sum).toBeLessThanOrEqual(each[dimension] ?? Number.POSITIVE_INFINITY);
            }
        },
      ),
    );
  });

  it('admits whatever fits: a refusal names a limit that the call would have passed', () => {
    fc.assert(
      fc.property(limitsOf, fc.array(amountsOf, { maxLength: 60 }), (limits, calls) => {
        const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
        const used = [0, 0, 0, 0];
        for (const amounts of calls) {
          const answer = call(table, pool, [limits], amounts, noon);
          const fits = limitDimensions.every(
            (name) =>
              used[unitOf[name]]! + amounts[unitOf[name]] <= (limits[name] ?? Number.POSITIVE_INFINITY),
          );
          expect(isHold(answer)).toBe(fits);
          if (isHold(answer)) amounts.forEach((amount, unit) => (used[unit]! += amount));
        }
      }),
    );
  });

  it('takes all or nothing, and gives all back: after every call was refunded the whole limit is there', () => {
    fc.assert(
      fc.property(
        fc.array(limitsOf, { minLength: 1, maxLength: 4 }),
        fc.array(amountsOf, { maxLength: 60 }),
        (limits, calls) => {
          const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
          const refund = (hold: QuotaHold) => table.settle(hold, [0, 0, 0, 0]);
          calls
            .map((amounts) => call(table, pool, limits, amounts, noon))
            .filter(isHold)
            .forEach(refund);
          const ladder = table.ladder(
            limits.map((each, index) => ({ scope: scopes[index] ?? scopes[0], limits: each })),
            noon,
          );
          for (const meter of ladder) {
            expect(meter.reserved).toBe(0);
            expect(meter.available + pool.free(meter, noon)).toBeCloseTo(meter.limit, 6);
          }
        },
      ),
    );
  });

  it('lets what was used above the reservation be paid by later calls', () => {
    const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
    const limits = [{ nanoEurPerDay: 100 }];
    const first = call(table, pool, limits, [1, 0, 10, 0], noon);
    if (isHold(first)) table.settle(first, [1, 0, 95, 0]);
    expect(isHold(call(table, pool, limits, [1, 0, 5, 0], noon))).toBe(true);
    expect(isHold(call(table, pool, limits, [1, 0, 1, 0], noon))).toBe(false);
  });

  it('begins anew with the day, and a call of yesterday changes nothing today', () => {
    const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
    const limits = [{ nanoEurPerDay: 10 }];
    const late = call(table, pool, limits, [1, 0, 10, 0], noon);
    const tomorrow = noon + 12 * 3_600_000;
    const today = call(table, pool, limits, [1, 0, 10, 0], tomorrow);
    expect([late, today].every(isHold)).toBe(true);
    if (isHold(late)) table.settle(late, [0, 0, 0, 0]);
    expect(isHold(call(table, pool, limits, [1, 0, 1, 0], tomorrow))).toBe(false);
  });

  it('refuses a call that is larger than its limit for good, and any other with a time', () => {
    const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
    const limits = [{ tokensPerMinute: 60 }];
    expect(call(table, pool, limits, [1, 61, 0, 0], noon)).toMatchObject({ waitMs: undefined });
    expect(isHold(call(table, pool, limits, [1, 60, 0, 0], noon))).toBe(true);
    expect(call(table, pool, limits, [1, 5, 0, 0], noon)).toMatchObject({ waitMs: 5_000 });
    expect(isHold(call(table, pool, limits, [1, 5, 0, 0], noon + 5_000))).toBe(true);
  });

  it('uses a limit that was lowered at once', () => {
    const [table, pool] = [new QuotaTable(), new QuotaPoolModel()];
    expect(isHold(call(table, pool, [{ nanoEurPerDay: 1000 }], [1, 0, 10, 0], noon))).toBe(true);
    expect(isHold(call(table, pool, [{ nanoEurPerDay: 15 }], [1, 0, 10, 0], noon))).toBe(false);
  });
});
