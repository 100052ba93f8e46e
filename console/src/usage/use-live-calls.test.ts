import type { LiveCall } from '@kulning/sdk';
import { describe, expect, it } from 'vitest';

import { liveAfter, MOST_SHOWN } from './use-live-calls.ts';

const nothing = { state: 'live', calls: [], paused: false, held: [], heldCount: 0, skipped: false } as const;
const callOf = (id: number) => ({ id: `call_${id}` }) as LiveCall;
const ids = (calls: readonly LiveCall[]) => calls.map(({ id }) => Number(id.slice(5)));

describe('the live tail on the screen', () => {
  it('shows the newest first, each once, and no more than it can', () => {
    let live: Parameters<typeof liveAfter>[0] = nothing;
    for (let id = 0; id < 3 * MOST_SHOWN; id++) live = liveAfter(live, { call: callOf(id) });
    live = liveAfter(live, { call: callOf(3 * MOST_SHOWN - 5) });
    expect(live.calls).toHaveLength(MOST_SHOWN);
    expect(ids(live.calls).slice(0, 3)).toEqual([3 * MOST_SHOWN - 5, 3 * MOST_SHOWN - 1, 3 * MOST_SHOWN - 2]);
  });

  it('holds what comes in a pause, counts it, and shows it afterwards', () => {
    let live = liveAfter(nothing, { call: callOf(1) });
    live = liveAfter(live, { paused: true });
    for (let id = 2; id < 2 + 2 * MOST_SHOWN; id++) live = liveAfter(live, { call: callOf(id) });
    expect(ids(live.calls)).toEqual([1]);
    expect([live.held.length, live.heldCount]).toEqual([MOST_SHOWN, 2 * MOST_SHOWN]);
    live = liveAfter(live, { paused: false });
    expect(ids(live.calls)[0]).toBe(2 * MOST_SHOWN + 1);
    expect([live.calls.length, live.held.length, live.heldCount]).toEqual([MOST_SHOWN, 0, 0]);
  });
});
