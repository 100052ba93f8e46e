import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AdmissionQueue, priorities, type Priority } from './admission-queue.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { RetryBudget } from './retry-budget.ts';

describe('the queue of a deployment', () => {
  it('gives turns by priority and then in order, to none after its deadline, and is bounded', () => {
    const arrival = fc.record({ priority: fc.constantFrom(...priorities), patienceMs: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), fc.nat(1_000), (arrivals, waitedMs) => {
        const queue = new AdmissionQueue<number>();
        const waiting = arrivals.flatMap(({ priority, patienceMs }, ticket) =>
          queue.enter(ticket, { priority, deadlineAt: patienceMs }, 4, 0)
            ? []
            : [{ ticket, priority, patienceMs }],
        );
        expect(waiting.length).toBe(Math.min(arrivals.length, 32));
        const turns: number[] = [];
        for (let turn = queue.next(waitedMs); turn !== undefined; turn = queue.next(waitedMs))
          turns.push(turn);
        const of = (wanted: Priority) =>
          waiting.filter(({ priority, patienceMs }) => priority === wanted && patienceMs > waitedMs);
        expect(turns).toEqual([...of('normal'), ...of('low')].map(({ ticket }) => ticket));
        expect(queue.length).toBe(0);
      }),
    );
  });

  it('tells from observed service times when a turn comes, and sends away who would wait in vain', () => {
    const queue = new AdmissionQueue<string>();
    queue.observe(1_000);
    expect(queue.enter('a', { priority: 'normal', deadlineAt: 10_000 }, 2, 0)).toBeUndefined();
    expect(queue.waitMs(2, 'normal')).toBe(1_000);
    expect(queue.enter('b', { priority: 'normal', deadlineAt: 900 }, 2, 0)).toEqual({
      refused: 'too-long',
      retryAfterMs: 1_000,
    });
    queue.leave('a');
    expect(queue.next(0)).toBeUndefined();
  });
});

describe('a circuit breaker', () => {
  it('opens after three failures in a row, lets one probe through when half open, and closes on its success', () => {
    const breaker = new CircuitBreaker();
    for (let failure = 0; failure < 3; failure++) breaker.end(false, 0);
    expect(breaker.state(0)).toBe('open');
    expect(breaker.state(1_000)).toBe('half-open');
    breaker.begin();
    expect(breaker.state(1_000)).toBe('open');
    breaker.end(true, 1_100);
    expect(breaker.state(1_100)).toBe('closed');
  });

  it('stays open twice as long after each probe that fails, and never longer than half a minute', () => {
    const breaker = new CircuitBreaker();
    breaker.trip(0);
    let now = 0;
    const opened: number[] = [];
    for (let probe = 0; probe < 8; probe++) {
      const from = now;
      while (breaker.state(now) !== 'half-open') now += 100;
      opened.push(now - from);
      breaker.begin();
      breaker.end(false, now);
    }
    expect(opened).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('opens when half of twenty calls fail, and is not moved by calls that say nothing', () => {
    const breaker = new CircuitBreaker();
    for (let call = 0; call < 20; call++) {
      breaker.end(undefined, 0);
      breaker.end(call % 2 === 0, 0);
    }
    expect(breaker.state(0)).toBe('open');
  });
});

describe('the retry budget', () => {
  it('never lets retries be more than a tenth of the calls and the ten that are saved up', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (wishes) => {
        const budget = new RetryBudget();
        let retries = 0;
        for (const wish of wishes) {
          budget.earn();
          if (wish && budget.take()) retries++;
        }
        expect(retries).toBeLessThanOrEqual(10 + wishes.length * 0.1);
      }),
    );
  });
});
