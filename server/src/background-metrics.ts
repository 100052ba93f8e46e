import {
  counter,
  gauge,
  processLines,
  prometheusText,
  type Sample,
} from './platform/telemetry/prometheus.ts';
import type { SpanCounts } from './platform/telemetry/span-exporter.ts';
import { spanLines } from './platform/telemetry/span-metrics.ts';
import type { TaskObserver } from './tasks.ts';

/** What the process is, for whoever scrapes several of them. */
interface ProcessFacts {
  readonly role: string;
  readonly site: string;
}

/** Figures that are read, not counted. */
export interface BackgroundGauges {
  /** This process does the background work of the instance; of all of them one says 1. */
  readonly leading: boolean;
  /** Events that wait for their place in the ledger. */
  readonly ledgerWaiting: number;
  /** Of the calls of dead gateways that it adopted. */
  readonly spans: SpanCounts | undefined;
}

/** Counts of one process's background work since it started, as Prometheus reads them. Tasks are a fixed list. */
export class BackgroundMetrics {
  readonly #facts: ProcessFacts;
  readonly #turns = new Map<string, { done: number; failed: number }>();

  constructor(facts: ProcessFacts) {
    this.#facts = facts;
  }

  readonly observe: TaskObserver = (task, outcome) => {
    const turns = this.#turns.get(task) ?? { done: 0, failed: 0 };
    turns[outcome] += 1;
    this.#turns.set(task, turns);
  };

  /** Prometheus text format 0.0.4. */
  text({ leading, ledgerWaiting, spans }: BackgroundGauges): string {
    const turns = [...this.#turns].flatMap(([task, counts]) =>
      (['done', 'failed'] as const).map((outcome): Sample => [{ task, outcome }, counts[outcome]]),
    );
    return prometheusText([
      ...gauge('kulning_process_info', 'What this process is and where it stands', [[{ ...this.#facts }, 1]]),
      ...gauge('kulning_background_leader', 'Whether this process does the background work', [
        [{}, Number(leading)],
      ]),
      ...gauge('kulning_ledger_waiting', 'Events without a place in the ledger yet', [[{}, ledgerWaiting]]),
      ...counter('kulning_task_turns_total', 'Turns of each background task', turns),
      ...spanLines([spans]),
      ...processLines(),
    ]);
  }
}
