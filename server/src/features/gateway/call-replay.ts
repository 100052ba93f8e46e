import type { ServerResponse } from 'node:http';

import type { AnswerRelay } from './endpoint.ts';
import type { ExchangeEnd, StreamObserver } from './engine-exchange.ts';

/** An answer that was given before, taken as if the engine gave it now: relayed, judged and recorded like any other. */
export function replayed(
  answer: Buffer,
  isStream: boolean,
  {
    response,
    observer,
    relay: openRelay,
  }: {
    readonly response: ServerResponse;
    readonly observer: StreamObserver;
    readonly relay: () => AnswerRelay;
  },
): ExchangeEnd {
  if (!isStream) return { kind: 'whole', status: 200, headers: {}, bytes: answer };
  const relay = openRelay();
  observer.begin({});
  try {
    const bytes = relay.push(answer);
    if (bytes) {
      observer.sent(bytes);
      response.write(bytes);
    }
    return { kind: 'streamed', relay, error: undefined };
  } catch (thrown) {
    return {
      kind: 'streamed',
      relay,
      error: thrown instanceof Error ? thrown : new Error('not relayed', { cause: thrown }),
    };
  }
}
