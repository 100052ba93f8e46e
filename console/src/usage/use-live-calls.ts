import { callsOperations, liveCall, pathOf, type LiveCall } from '@kulning/sdk';
import { useCallback, useEffect, useReducer } from 'react';
import { z } from 'zod';

/** Calls that are kept; the oldest leave. */
export const MOST_SHOWN = 200;
const againMs = 3_000;

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'ended';

interface Live {
  readonly state: LiveState;
  /** Newest first. */
  readonly calls: readonly LiveCall[];
  readonly paused: boolean;
  /** What came while it was paused, newest first; and how many those were, also of those that have left again. */
  readonly held: readonly LiveCall[];
  readonly heldCount: number;
  readonly skipped: boolean;
}

type Change =
  | { readonly call: LiveCall }
  | { readonly state: LiveState }
  | { readonly skipped: true }
  | { readonly paused: boolean }
  | { readonly cleared: true };

const nothing: Live = {
  state: 'connecting',
  calls: [],
  paused: false,
  held: [],
  heldCount: 0,
  skipped: false,
};

const withCall = (calls: readonly LiveCall[], call: LiveCall) =>
  [call, ...calls.filter(({ id }) => id !== call.id)].slice(0, MOST_SHOWN);

/** What is shown after something came or was pressed; its memory is bounded. */
export function liveAfter(live: Live, change: Change): Live {
  if ('call' in change)
    return live.paused
      ? { ...live, held: withCall(live.held, change.call), heldCount: live.heldCount + 1 }
      : { ...live, calls: withCall(live.calls, change.call) };
  if ('state' in change) return { ...live, state: change.state };
  if ('skipped' in change) return { ...live, skipped: true };
  if ('cleared' in change) return { ...nothing, paused: live.paused };
  if (change.paused) return { ...live, paused: true };
  const calls = live.held.toReversed().reduce(withCall, live.calls);
  return { ...live, paused: false, calls, held: [], heldCount: 0 };
}

const ended = z.object({ reason: z.string() });

/** Calls of the organisation as they end, as long as the screen is open; a stream that breaks is opened again. */
export function useLiveCalls(filter: { outcome?: string; model?: string; keyId?: string }) {
  const [live, change] = useReducer(liveAfter, nothing);
  const url = pathOf(callsOperations.tail, { query: filter });
  useEffect(() => {
    change({ cleared: true });
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const open = () => {
      source = new EventSource(url);
      source.addEventListener('open', () => change({ state: 'live' }));
      source.addEventListener('call', ({ data }: MessageEvent<string>) =>
        change({ call: liveCall.parse(JSON.parse(data)) }),
      );
      source.addEventListener('skipped', () => change({ skipped: true }));
      source.addEventListener('ended', ({ data }: MessageEvent<string>) => {
        if (ended.parse(JSON.parse(data)).reason !== 'revoked') return;
        over = true;
        source?.close();
        change({ state: 'ended' });
      });
      source.addEventListener('error', () => {
        if (over) return;
        change({ state: 'reconnecting' });
        // The browser comes back by itself, unless it was told no.
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, againMs);
      });
    };
    open();
    return () => {
      over = true;
      clearTimeout(timer);
      source?.close();
    };
  }, [url]);
  return { live, pause: useCallback((paused: boolean) => change({ paused }), []) };
}
