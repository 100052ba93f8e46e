import type { CallOutcomeName } from '@kulning/sdk';

const BUCKETS_MS = [0.25, 0.5, 1, 2, 5, 10, 25, 100, 500, 2_500, 10_000, 60_000] as const;

class Histogram {
  readonly #counts = new Float64Array(BUCKETS_MS.length + 1);
  #sum = 0;

  observe(ms: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_MS.length && ms > (BUCKETS_MS[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += ms;
  }

  /** Prometheus wants seconds and running totals. */
  text(name: string, help: string): string {
    let total = 0;
    const lines = BUCKETS_MS.map(
      (limit, index) => `${name}_bucket{le="${limit / 1000}"} ${(total += this.#counts[index] ?? 0)}`,
    );
    total += this.#counts[BUCKETS_MS.length] ?? 0;
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} histogram`,
      ...lines,
      `${name}_bucket{le="+Inf"} ${total}`,
      `${name}_sum ${this.#sum / 1000}`,
      `${name}_count ${total}`,
    ].join('\n');
  }
}

/** Figures that are read, not counted. */
export interface Gauges {
  readonly inFlight: number;
  readonly snapshotAgeSeconds: number;
  readonly spoolFreeBytes: number;
}

/** Counts of one gateway process. Labels are from fixed lists, so their number is bounded. */
export class GatewayMetrics {
  readonly #outcomes = new Map<CallOutcomeName, number>();
  readonly #rejected = new Map<number, number>();
  readonly #duration = new Histogram();
  readonly #overhead = new Histogram();
  #inputTokens = 0;
  #outputTokens = 0;

  settled(call: {
    outcome: CallOutcomeName;
    totalMs: number;
    overheadMs: number;
    input: number;
    output: number;
  }): void {
    this.#outcomes.set(call.outcome, (this.#outcomes.get(call.outcome) ?? 0) + 1);
    this.#duration.observe(call.totalMs);
    this.#overhead.observe(call.overheadMs);
    this.#inputTokens += call.input;
    this.#outputTokens += call.output;
  }

  /** A request that never became a call: wrong key, wrong body, unknown path. */
  rejected(status: number): void {
    this.#rejected.set(status, (this.#rejected.get(status) ?? 0) + 1);
  }

  /** Prometheus text format 0.0.4. */
  text(gauges: Gauges): string {
    const cpu = process.cpuUsage();
    const counter = (name: string, help: string, samples: readonly string[]) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} counter`,
        ...samples.map((sample) => `${name}${sample}`),
      ].join('\n');
    const gauge = (name: string, help: string, value: number) =>
      `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${Number.isFinite(value) ? value : 'NaN'}`;
    return `${[
      counter(
        'kulning_calls_total',
        'Calls by outcome.',
        [...this.#outcomes].map(([name, n]) => `{outcome="${name}"} ${n}`),
      ),
      counter(
        'kulning_rejected_total',
        'Requests that never became calls, by HTTP status.',
        [...this.#rejected].map(([status, n]) => `{status="${status}"} ${n}`),
      ),
      counter('kulning_tokens_total', 'Tokens as engines report them.', [
        `{direction="input"} ${this.#inputTokens}`,
        `{direction="output"} ${this.#outputTokens}`,
      ]),
      this.#duration.text(
        'kulning_call_duration_seconds',
        'From the request’s head to the end of the answer.',
      ),
      this.#overhead.text('kulning_call_overhead_seconds', 'Time that Kulning itself adds to a call.'),
      gauge('kulning_calls_in_flight', 'Calls under way.', gauges.inFlight),
      gauge(
        'kulning_snapshot_age_seconds',
        'Since when keys and policy are not known to be current.',
        gauges.snapshotAgeSeconds,
      ),
      gauge('kulning_spool_free_bytes', 'Journal space that is reserved and free.', gauges.spoolFreeBytes),
      counter('process_cpu_seconds_total', 'CPU time of this process.', [
        ` ${(cpu.user + cpu.system) / 1e6}`,
      ]),
      gauge('process_resident_memory_bytes', 'Resident memory of this process.', process.memoryUsage.rss()),
    ].join('\n')}\n`;
  }
}
