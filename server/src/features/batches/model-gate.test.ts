import { assert, asyncProperty, array, constantFrom, nat, record } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { linesAtOnce, ModelGate } from './model-gate.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('lines of batches', () => {
  it('take half of the slots of engines that are ready, and one at least', () => {
    expect(
      linesAtOnce([
        { slots: 8, ready: true },
        { slots: 1, ready: true },
        { slots: 4, ready: false },
      ]),
    ).toBe(5);
    expect(linesAtOnce([{ ready: true }])).toBe(2);
    expect(linesAtOnce([{ slots: 8, ready: false }])).toBe(0);
    expect(linesAtOnce([])).toBe(1);
  });

  it('are never more at once than they may be, and none that may go waits', async () => {
    const step = record({
      act: constantFrom('enter', 'leave', 'abort', 'change'),
      which: nat(3),
      most: nat(3),
    });
    await assert(
      asyncProperty(array(step, { maxLength: 40 }), async (steps) => {
        let most = 2;
        const gate = new ModelGate(() => most);
        const inside: (() => void)[] = [];
        const waiting: AbortController[] = [];
        const enter = async (at: ModelGate, stop: AbortController) => {
          const leave = await at.enter('herd', stop.signal).catch(() => undefined);
          waiting.splice(waiting.indexOf(stop), 1);
          if (leave) inside.push(leave);
        };
        for (const { act, which, most: next } of steps) {
          if (act === 'enter') {
            const stop = new AbortController();
            waiting.push(stop);
            void enter(gate, stop);
          } else if (act === 'leave') {
            const leave = inside.splice(which, 1)[0];
            leave?.();
            leave?.();
          } else if (act === 'abort') waiting[which]?.abort();
          else {
            most = Math.max(next, inside.length);
            gate.look();
          }
          await settled();
          expect(inside.length).toBeLessThanOrEqual(most);
          if (waiting.length > 0) expect(inside.length).toBe(most);
          expect(gate.room('herd')).toBe(Math.max(0, most - inside.length - waiting.length));
        }
      }),
      { numRuns: 60 },
    );
  });
});
