import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from '../log/logger.ts';
import type { OutboundHosts } from '../outbound/outbound-hosts.ts';
import { traceRequestJson } from './otlp-json.ts';
import { type ExportEnd, exportTraces, type OtlpReceiver } from './otlp-sender.ts';
import type { Span, TelemetryResource } from './span.ts';

/** Spans of one process since it started. */
export interface SpanCounts {
  readonly exported: number;
  /** There was no room for them. */
  readonly dropped: number;
  /** The receiver did not want them. */
  readonly rejected: number;
  readonly waiting: number;
}

export interface SpanExporterOptions {
  readonly receiver: OtlpReceiver;
  readonly hosts: OutboundHosts;
  readonly resource: TelemetryResource;
  readonly version: string;
  /** How many spans may wait. */
  readonly mostWaiting: number;
  readonly log: Logger;
  /** Milliseconds that spans are gathered before they are sent. */
  readonly gatherMs?: number;
}

const BATCH_SPANS = 512;
const GATHER_MS = 1_000;
const RETRY_MS = { first: 1_000, most: 30_000 };
/** For what is left when the process ends. */
const FAREWELL_MS = 1_500;

/**
 * Sends spans to their receiver, in order, one request at a time. Adding never waits: what finds no room is dropped and
 * counted. Nothing is kept on disk, so a process that dies takes what it had not sent with it; the ledger has the calls.
 */
export class SpanExporter {
  readonly #options: SpanExporterOptions;
  readonly #stopping = new AbortController();
  #waiting: Span[] = [];
  #counts = { exported: 0, dropped: 0, rejected: 0 };
  #running: Promise<void> | undefined;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
  }

  get counts(): SpanCounts {
    return { ...this.#counts, waiting: this.#waiting.length };
  }

  add(spans: readonly Span[]): void {
    const room = Math.max(0, this.#options.mostWaiting - this.#waiting.length);
    this.#waiting.push(...spans.slice(0, room));
    this.#counts.dropped += Math.max(0, spans.length - room);
    if (this.#waiting.length > 0 && !this.#stopping.signal.aborted) this.#running ??= this.#run();
  }

  /** Tries once more to send what waits, for a moment, and gives up. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const farewell = AbortSignal.timeout(FAREWELL_MS);
    while (this.#waiting.length > 0 && !farewell.aborted) {
      const end = await this.#send(farewell);
      if (end.kind === 'later') break;
    }
    this.#counts.dropped += this.#waiting.length;
    this.#waiting = [];
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (this.#waiting.length > 0 && !signal.aborted) {
      if (this.#waiting.length < BATCH_SPANS) await pause(this.#options.gatherMs ?? GATHER_MS, signal);
      if (signal.aborted) break;
      const end = await this.#send(signal);
      if (end.kind !== 'later') {
        failures = 0;
        continue;
      }
      if (failures === 0 && !signal.aborted)
        this.#options.log.warn('telemetry.receiver_away', { waiting: this.#waiting.length });
      await pause(end.retryAfterMs ?? Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures++), signal);
    }
    this.#running = undefined;
  }

  /** The first batch leaves the queue unless it is to be sent again. */
  async #send(signal: AbortSignal): Promise<ExportEnd> {
    const { hosts, receiver, resource, version, log } = this.#options;
    const batch = this.#waiting.slice(0, BATCH_SPANS);
    const body = traceRequestJson(resource, version, batch);
    const end = await exportTraces(hosts, receiver, body, signal).catch((cause: unknown): ExportEnd => {
      log.error('telemetry.receiver_not_allowed', cause);
      return { kind: 'refused', status: 0 };
    });
    if (end.kind === 'later') return end;
    this.#waiting.splice(0, batch.length);
    const rejected = end.kind === 'taken' ? Math.min(batch.length, end.rejected) : batch.length;
    this.#counts.rejected += rejected;
    this.#counts.exported += batch.length - rejected;
    if (end.kind === 'refused') log.warn('telemetry.spans_refused', { status: end.status, spans: rejected });
    return end;
  }
}

/** Sleeps, or returns early when aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
