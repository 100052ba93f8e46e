import type { CallOutcomeName } from '@kulning/sdk';

import type { EngineAbility } from '../../core/engine/engine.ts';
import {
  BoundedLabels,
  counter,
  gauge,
  Histogram,
  histogram,
  processLines,
  prometheusText,
} from '../../platform/telemetry/prometheus.ts';
import type { SpanCounts } from '../../platform/telemetry/span-exporter.ts';
import { spanLines } from '../../platform/telemetry/span-metrics.ts';
import { ModelMetrics, modelLines } from './model-metrics.ts';

/** Seconds. */
const DURATION = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const OVERHEAD = [
  0.0001, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1, 0.5,
];
const WAIT = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const FRAMES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** Models of which each has its own series; those beyond share one. */
const MOST_MODELS = 64;

/** Figures that are read, not counted. */
export interface Gauges {
  readonly inFlight: number;
  readonly snapshotAgeSeconds: number;
  readonly spoolFreeBytes: number;
  readonly spans?: readonly (SpanCounts | undefined)[];
}

/** What a call that has ended tells. */
export interface SettledCall {
  readonly outcome: CallOutcomeName;
  readonly totalMs: number;
  readonly overheadMs: number;
  readonly firstByteMs?: number | undefined;
  readonly tokens?: { readonly input: number; readonly output: number } | undefined;
}

/** Counts of one gateway process. Labels are from fixed or bounded lists, so their number is bounded. */
export class GatewayMetrics {
  readonly #outcomes = new Map<CallOutcomeName, number>();
  readonly #rejected = new Map<number, number>();
  readonly #duration = new Histogram(DURATION);
  readonly #overhead = new Histogram(OVERHEAD);
  readonly #queueWait = new Histogram(WAIT);
  readonly #spoolWait = new Histogram(WAIT);
  readonly #framesPerSync = new Histogram(FRAMES);
  readonly #models = new BoundedLabels(MOST_MODELS, () => new ModelMetrics());
  #inputTokens = 0;
  #outputTokens = 0;

  /** @param asked what an engine was asked for; undefined where none was */
  settled(call: SettledCall, asked?: { readonly model: string; readonly ability?: EngineAbility }): void {
    const { outcome, totalMs, overheadMs, tokens } = call;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    this.#duration.observe(totalMs / 1000);
    this.#overhead.observe(overheadMs / 1000);
    if (tokens) {
      this.#inputTokens += tokens.input;
      this.#outputTokens += tokens.output;
    }
    if (asked) this.#models.of(asked.model).settled(call, asked.ability ?? 'chat');
  }

  /** A request that never became a call: wrong key, wrong body, unknown path. */
  rejected(status: number): void {
    this.#rejected.set(status, (this.#rejected.get(status) ?? 0) + 1);
  }

  /** A call had to wait for a slot at an engine. */
  queued(ms: number): void {
    this.#queueWait.observe(ms / 1000);
  }

  /** One write of the journal is on stable storage: so many frames, of which the first waited so long. */
  synced(frames: number, waitMs: number): void {
    this.#framesPerSync.observe(frames);
    this.#spoolWait.observe(waitMs / 1000);
  }

  /** Prometheus text format 0.0.4. */
  text({ inFlight, snapshotAgeSeconds, spoolFreeBytes, spans = [] }: Gauges): string {
    return prometheusText([
      ...counter(
        'kulning_calls_total',
        'Calls by outcome.',
        [...this.#outcomes].map(([outcome, count]) => [{ outcome }, count]),
      ),
      ...counter(
        'kulning_rejected_total',
        'Requests that never became calls, by HTTP status.',
        [...this.#rejected].map(([status, count]) => [{ status }, count]),
      ),
      ...counter('kulning_tokens_total', 'Tokens as engines report them.', [
        [{ direction: 'input' }, this.#inputTokens],
        [{ direction: 'output' }, this.#outputTokens],
      ]),
      ...histogram('kulning_call_duration_seconds', 'From the request’s head to the end of the answer.', [
        [{}, this.#duration],
      ]),
      ...histogram('kulning_call_overhead_seconds', 'Time that Kulning itself adds to a call.', [
        [{}, this.#overhead],
      ]),
      ...histogram('kulning_queue_wait_seconds', 'Time that calls waited for a slot, of those that had to.', [
        [{}, this.#queueWait],
      ]),
      ...histogram('kulning_spool_wait_seconds', 'Longest wait of a frame for the disk, of each sync.', [
        [{}, this.#spoolWait],
      ]),
      ...histogram('kulning_spool_frames_per_sync', 'Frames that shared a sync; a call writes two.', [
        [{}, this.#framesPerSync],
      ]),
      ...modelLines(this.#models),
      ...gauge('kulning_calls_in_flight', 'Calls under way.', [[{}, inFlight]]),
      ...gauge('kulning_snapshot_age_seconds', 'Since when keys and policy are not known to be current.', [
        [{}, snapshotAgeSeconds],
      ]),
      ...gauge('kulning_spool_free_bytes', 'Journal space that is reserved and free.', [
        [{}, spoolFreeBytes],
      ]),
      ...spanLines(spans),
      ...processLines(),
    ]);
  }
}
