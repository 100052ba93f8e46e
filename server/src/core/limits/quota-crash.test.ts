import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { QuotaPoolModel } from './quota-pool-model.ts';
import { isHold, type QuotaHold, QuotaTable } from './quota-table.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const limit = 1_000;
const scope = { level: 'organisation', id: 'org_1' } as const;

interface Journaled {
  readonly amount: number;
}

/** One gateway: a table in memory, which a crash takes, and a journal on disk, which it does not. */
class ProcessModel {
  readonly name: string;
  readonly table = new QuotaTable();
  readonly pool: QuotaPoolModel;
  readonly holds: QuotaHold[] = [];
  readonly journal: Journaled[];

  constructor(name: string, pool: QuotaPoolModel, journal: Journaled[] = []) {
    this.name = name;
    this.pool = pool;
    this.journal = journal;
  }

  meter() {
    const [meter] = this.table.ladder([{ scope, limits: { nanoEurPerMonth: limit } }], noon);
    if (!meter) throw new Error('one limit is one meter');
    return meter;
  }

  begin(amount: number, now: number): void {
    const answer = () => this.table.reserve([this.meter()], [1, 0, amount, 0], now);
    let given = answer();
    if (given === 'dry') {
      this.pool.exchange(this.name, this.table, now);
      given = answer();
    }
    if (isHold(given)) this.holds.push(given);
  }

  /** The outcome is in the journal before the caller has its last byte; the table is told in the same turn. */
  end(usedShare: number): void {
    const hold = this.holds.shift();
    if (!hold) return;
    const amount = Math.floor(hold.amounts[2] * usedShare);
    this.journal.push({ amount });
    this.table.settle(hold, [1, 0, amount, 0]);
  }

  ship(count: number): void {
    for (const { amount } of this.journal.splice(0, count))
      this.pool.ship(this.name, this.meter(), amount, noon);
  }
}

type Step =
  | { kind: 'begin'; process: number; amount: number }
  | { kind: 'end'; process: number; share: number }
  | { kind: 'ship'; process: number; count: number }
  | { kind: 'exchange' | 'adopt' | 'presumed dead'; process: number }
  | { kind: 'wait'; ms: number };

const process = fc.nat(2);
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('begin' as const), process, amount: fc.integer({ min: 1, max: 120 }) }),
    fc.record({
      kind: fc.constant('end' as const),
      process,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ kind: fc.constant('ship' as const), process, count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      kind: fc.constantFrom('exchange' as const, 'adopt' as const, 'presumed dead' as const),
      process,
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
  ),
  { minLength: 10, maxLength: 300 },
) as fc.Arbitrary<Step[]>;

/** Runs steps on three processes. @returns what was spent in all, and the largest lease that a wrong reclaim gave away */
function run(given: readonly Step[]) {
  const pool = new QuotaPoolModel();
  const running = [0, 1, 2].map((index) => new ProcessModel(`process_${index}_0`, pool));
  let now = noon;
  let births = 0;
  let givenAway = 0;
  for (const step of given) {
    if (step.kind === 'wait') {
      now += step.ms;
      continue;
    }
    const one = running[step.process];
    if (!one) continue;
    if (step.kind === 'begin') one.begin(step.amount, now);
    else if (step.kind === 'end') one.end(step.share);
    else if (step.kind === 'ship') one.ship(step.count);
    else if (step.kind === 'exchange') pool.exchange(one.name, one.table, now);
    else if (step.kind === 'adopt') {
      // Killed: what it journaled is moved by the next process, and only then are its leases free.
      one.ship(one.journal.length);
      pool.reclaim(one.name);
      running[step.process] = new ProcessModel(`process_${step.process}_${++births}`, pool);
    } else {
      // Not killed, and taken for dead: it spends on, until its next exchange tells it.
      const meter = one.meter();
      givenAway +=
        meter.available + meter.reserved + one.journal.reduce((sum, { amount }) => sum + amount, 0);
      pool.reclaim(one.name);
      one.table.forfeit(now);
    }
  }
  for (const one of running) {
    while (one.holds.length > 0) one.end(1);
    one.ship(one.journal.length);
  }
  const probe = running[0]?.meter();
  return { spent: probe ? pool.spent(probe, now) : 0, givenAway };
}

describe('a budget that several processes spend', () => {
  it('is never passed, whichever process is killed and restarted, and whenever', () => {
    fc.assert(
      fc.property(
        steps.map((all) => all.filter(({ kind }) => kind !== 'presumed dead')),
        (given) => {
          expect(run(given).spent).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is passed by no more than the blocks of a process that was wrongly taken for dead', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { spent, givenAway } = run(given);
        expect(spent).toBeLessThanOrEqual(limit + givenAway);
      }),
      { numRuns: 400 },
    );
  });
});
