import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import type { Clock } from './core/clock.ts';
import type { TracingSettings } from './features/calls/index.ts';
import type { Logger } from './platform/log/logger.ts';
import type { SpoolCarrier, SpoolStretch } from './platform/spool/spool-shipper.ts';
import { spoolWords } from './platform/spool/spool-words.ts';
import type { SpanCounts } from './platform/telemetry/span-exporter.ts';
import { superviseProcess } from './up/child-process.ts';

type Carried = Awaited<ReturnType<SpoolCarrier['carry']>>;

export interface ToShipper {
  readonly id: number;
  readonly stretch: SpoolStretch;
}

export type FromShipper =
  | { readonly ready: true }
  /** Of the spans that it exports, when their counts have changed. */
  | { readonly spans: SpanCounts }
  | { readonly id: number; readonly carried: Carried }
  /** The code of what went wrong; the shipper's log has the rest. */
  | { readonly id: number; readonly refused: string };

export interface ShipperProcess extends SpoolCarrier {
  /** What the present shipper last said of its spans; undefined where none are made. */
  spans(): SpanCounts | undefined;
  stop(): Promise<void>;
}

export interface ShipperOptions {
  readonly databaseUrl: string;
  /** Exports spans of what it ships. */
  readonly tracing?: TracingSettings | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** Takes the lines of the shipper's log. */
  readonly write: (line: string) => void;
}

const drainMs = 5_000;
/** Where a shipper finds the settings of its traces, as JSON: a line of arguments would show them to every user. */
export const tracingVariable = 'KULNING_SHIPPER_TRACING';

/**
 * Starts the shipper and keeps it alive. When it dies, what it was carrying is refused to the caller, who carries it
 * again: what had arrived by then is known by its sequence and counts once.
 */
export function startShipper({ databaseUrl, tracing, log, clock, write }: ShipperOptions): ShipperProcess {
  const waiting = new Map<number, PromiseWithResolvers<Carried>>();
  let lastId = 0;
  let spans: SpanCounts | undefined;
  const answer = (message: FromShipper) => {
    if ('ready' in message) return;
    if ('spans' in message) return void (spans = message.spans);
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if ('carried' in message) asked?.resolve(message.carried);
    else asked?.reject(notShipped(message.refused));
  };
  const shipper = superviseProcess(
    {
      name: 'shipper',
      script: join(import.meta.dirname, 'shipper.ts'),
      args: [],
      env: {
        ...process.env,
        KULNING_DATABASE_URL: databaseUrl,
        [tracingVariable]: tracing && JSON.stringify(tracing),
      },
      drainMs,
      onMessage: (message) => answer(message as FromShipper),
      onEnd: () => {
        for (const { reject } of waiting.values()) reject(notShipped('shipper.ended'));
        waiting.clear();
      },
    },
    log,
    clock,
    write,
  );
  return {
    carry(stretch) {
      const asked = Promise.withResolvers<Carried>();
      const id = ++lastId;
      if (!shipper.send({ id, stretch } satisfies ToShipper)) asked.reject(notShipped('shipper.ended'));
      else waiting.set(id, asked);
      return asked.promise;
    },
    spans: () => spans,
    stop: () => shipper.stop(),
  };
}

/** The journal keeps what was not moved; the next turn tries again. */
function notShipped(code: string): KulningError {
  return new KulningError({ code, status: 503, text: spoolWords.notShipped, retryable: true });
}
