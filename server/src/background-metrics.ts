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
}

/** Counts of one process's background work since it started, as Prometheus reads them. */
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
  text({ leading, ledgerWaiting }: BackgroundGauges): string {
    const { role, site } = this.#facts;
    const turns = [...this.#turns].flatMap(([task, counts]) =>
      (['done', 'failed'] as const).map((outcome): [string, number] => [
        `{task="${task}",outcome="${outcome}"}`,
        counts[outcome],
      ]),
    );
    const { user, system } = process.cpuUsage();
    return [
      ...metric('kulning_process_info', 'gauge', 'What this process is and where it stands', [
        [`{role="${role}",site="${site}"}`, 1],
      ]),
      ...metric('kulning_background_leader', 'gauge', 'Whether this process does the background work', [
        ['', Number(leading)],
      ]),
      ...metric('kulning_ledger_waiting', 'gauge', 'Events without a place in the ledger yet', [
        ['', ledgerWaiting],
      ]),
      ...metric('kulning_task_turns_total', 'counter', 'Turns of each background task', turns),
      ...metric('process_cpu_seconds_total', 'counter', 'CPU time spent', [['', (user + system) / 1e6]]),
      ...metric('process_resident_memory_bytes', 'gauge', 'Memory held', [['', process.memoryUsage.rss()]]),
      '',
    ].join('\n');
  }
}

function metric(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly (readonly [labels: string, value: number])[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
