/** What an engine says of its own load. It counts everybody's requests, and is as old as the last time it was asked. */
export interface EngineLoad {
  /** Requests being answered. */
  readonly running: number;
  /** Requests that wait inside the engine. */
  readonly queued: number;
  /** Share of the key-value cache in use, 0 to 1. */
  readonly cacheUse?: number;
}

/**
 * The names under which servers publish the same thing (vLLM vllm/v1/metrics/loggers.py, llama.cpp
 * tools/server/README.md, SGLang docs/references/production_metrics.md, TGI docs metrics). The first that is there
 * counts; names of older releases stand behind the newer ones.
 */
const ALIASES = {
  running: [
    'vllm:num_requests_running',
    'llamacpp:requests_processing',
    'sglang:num_running_reqs',
    'tgi_batch_current_size',
  ],
  queued: [
    'vllm:num_requests_waiting',
    'llamacpp:requests_deferred',
    'sglang:num_queue_reqs',
    'tgi_queue_size',
  ],
  cacheUse: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc', 'sglang:token_usage'],
} as const;

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^}]*\})?\s+([0-9.eE+-]+)/u;

/**
 * Reads the Prometheus text format as far as these names need it. A server of several engines publishes one sample
 * for each: requests are added up, of cache use the fullest counts.
 * @returns undefined if it does not say how many requests run: then nothing is known
 */
export function readLoad(metrics: string): EngineLoad | undefined {
  const samples = new Map<string, number[]>();
  for (const line of metrics.split('\n')) {
    const [, name, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || !Number.isFinite(Number(value))) continue;
    samples.set(name, [...(samples.get(name) ?? []), Number(value)]);
  }
  const first = (names: readonly string[]) => names.map((name) => samples.get(name)).find(Boolean);
  const sum = (values: readonly number[] | undefined) => values?.reduce((total, value) => total + value, 0);
  const running = sum(first(ALIASES.running));
  if (running === undefined) return undefined;
  const cache = first(ALIASES.cacheUse);
  return {
    running,
    queued: sum(first(ALIASES.queued)) ?? 0,
    ...(cache !== undefined && { cacheUse: Math.max(...cache) }),
  };
}

const MISSES_UNTIL_STALE = 3;

/** The last word of each engine. One that did not answer three times in a row is not believed any longer. */
export class LoadBoard {
  readonly #heard = new Map<string, { readonly load: EngineLoad; misses: number }>();

  heard(deploymentId: string, load: EngineLoad): void {
    this.#heard.set(deploymentId, { load, misses: 0 });
  }

  missed(deploymentId: string): void {
    const known = this.#heard.get(deploymentId);
    if (known && ++known.misses >= MISSES_UNTIL_STALE) this.#heard.delete(deploymentId);
  }

  keepOnly(deploymentIds: ReadonlySet<string>): void {
    for (const id of this.#heard.keys()) if (!deploymentIds.has(id)) this.#heard.delete(id);
  }

  /** For the inputs of a decision, which records them. */
  signals(): Readonly<Record<string, EngineLoad>> {
    return Object.fromEntries([...this.#heard].map(([id, { load }]) => [id, load]));
  }
}
