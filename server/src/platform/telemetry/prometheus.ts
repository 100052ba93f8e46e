/** Counts and sums in the text format 0.0.4 of Prometheus. */

export type Labels = Readonly<Record<string, string | number>>;
export type Sample = readonly [labels: Labels, value: number];

/** Observations counted by upper limits, in the unit of the limits. */
export class Histogram {
  readonly limits: readonly number[];
  readonly counts: Float64Array;
  sum = 0;

  /** @param limits in rising order */
  constructor(limits: readonly number[]) {
    this.limits = limits;
    this.counts = new Float64Array(limits.length + 1);
  }

  observe(value: number): void {
    const { limits, counts } = this;
    let bucket = 0;
    while (bucket < limits.length && value > (limits[bucket] ?? 0)) bucket++;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}

/**
 * One thing for each value of a label, as long as there are few: values beyond `most` share one, so that whoever makes
 * values up does not make series.
 */
export class BoundedLabels<T> {
  static readonly other = 'other';
  readonly #most: number;
  readonly #create: () => T;
  readonly #known = new Map<string, T>();

  constructor(most: number, create: () => T) {
    this.#most = most;
    this.#create = create;
  }

  of(value: string): T {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#most && value !== BoundedLabels.other) return this.of(BoundedLabels.other);
    const created = this.#create();
    this.#known.set(value, created);
    return created;
  }

  entries(): MapIterator<[string, T]> {
    return this.#known.entries();
  }
}

export function counter(name: string, help: string, samples: readonly Sample[]): string[] {
  return family(name, 'counter', help, samples);
}

export function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  return family(name, 'gauge', help, samples);
}

export function histogram(
  name: string,
  help: string,
  series: readonly (readonly [labels: Labels, observed: Histogram])[],
): string[] {
  const lines = series.flatMap(([labels, { limits, counts, sum }]) => {
    let total = 0;
    const buckets = [...limits, '+Inf'].map((limit, index) => {
      total += counts[index] ?? 0;
      return `${name}_bucket${labelText({ ...labels, le: limit })} ${total}`;
    });
    return [
      ...buckets,
      `${name}_sum${labelText(labels)} ${sum}`,
      `${name}_count${labelText(labels)} ${total}`,
    ];
  });
  return [...head(name, 'histogram', help), ...lines];
}

/** What each process says of itself. */
export function processLines(): string[] {
  const { user, system } = process.cpuUsage();
  return [
    ...counter('process_cpu_seconds_total', 'CPU time of this process.', [[{}, (user + system) / 1e6]]),
    ...gauge('process_resident_memory_bytes', 'Resident memory of this process.', [
      [{}, process.memoryUsage.rss()],
    ]),
  ];
}

export const prometheusText = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string[] {
  return [
    ...head(name, type, help),
    ...samples.map(
      ([labels, value]) => `${name}${labelText(labels)} ${Number.isFinite(value) ? value : 'NaN'}`,
    ),
  ];
}

const head = (name: string, type: string, help: string) => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string) =>
  value.replaceAll(/["\\\n]/gu, (sign) => (sign === '\n' ? String.raw`\n` : `\\${sign}`));
