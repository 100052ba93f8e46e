import type { EngineAbility } from '../../core/engine/engine.ts';
import { genAiOperations, genAiProvider } from '../../platform/telemetry/gen-ai.ts';
import {
  type BoundedLabels,
  Histogram,
  histogram,
  type Labels,
} from '../../platform/telemetry/prometheus.ts';
import type { SettledCall } from './gateway-metrics.ts';

/** The limits that the semantic conventions for generative AI metrics recommend; seconds and tokens. */
const DURATION = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const PER_SECOND = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000];

/** What one model is asked for and how fast it answers, by operation; there are four of those. */
export class ModelMetrics {
  readonly #operations = new Map<string, OperationMetrics>();

  settled(call: SettledCall, ability: EngineAbility): void {
    const name = genAiOperations[ability];
    let operation = this.#operations.get(name);
    if (!operation) this.#operations.set(name, (operation = new OperationMetrics()));
    operation.settled(call);
  }

  entries(): MapIterator<[string, OperationMetrics]> {
    return this.#operations.entries();
  }
}

class OperationMetrics {
  readonly duration = new Histogram(DURATION);
  readonly firstToken = new Histogram(FIRST_TOKEN);
  readonly perToken = new Histogram(PER_TOKEN);
  readonly perSecond = new Histogram(PER_SECOND);
  readonly input = new Histogram(TOKENS);
  readonly output = new Histogram(TOKENS);

  settled({ outcome, totalMs, firstByteMs, tokens }: SettledCall): void {
    this.duration.observe(totalMs / 1000);
    if (tokens) {
      this.input.observe(tokens.input);
      this.output.observe(tokens.output);
    }
    if (firstByteMs === undefined || outcome !== 'answered') return;
    this.firstToken.observe(firstByteMs / 1000);
    const seconds = (totalMs - firstByteMs) / 1000;
    // The first token came with the first byte; what follows took the rest of the time.
    if (!tokens || tokens.output < 2 || seconds <= 0) return;
    this.perToken.observe(seconds / (tokens.output - 1));
    this.perSecond.observe((tokens.output - 1) / seconds);
  }
}

/** Names and labels of the semantic conventions, as their Prometheus exporter writes them. */
export function modelLines(models: BoundedLabels<ModelMetrics>): string[] {
  const all = [...models.entries()].flatMap(([model, operations]) =>
    [...operations.entries()].map(([operation, metrics]) => ({
      labels: labelsOf(model, operation),
      metrics,
    })),
  );
  const series = (of: (metrics: OperationMetrics) => Histogram, more: Labels = {}) =>
    all.map(({ labels, metrics }): [Labels, Histogram] => [{ ...labels, ...more }, of(metrics)]);
  return [
    ...histogram(
      'gen_ai_server_request_duration_seconds',
      'Until the end of the answer.',
      series((of) => of.duration),
    ),
    ...histogram(
      'gen_ai_server_time_to_first_token_seconds',
      'Until the first byte of an answered stream.',
      series((of) => of.firstToken),
    ),
    ...histogram(
      'gen_ai_server_time_per_output_token_seconds',
      'Per token of an answered stream after the first.',
      series((of) => of.perToken),
    ),
    ...histogram(
      'kulning_output_tokens_per_second',
      'Tokens of answered streams, after the first.',
      series((of) => of.perSecond),
    ),
    ...histogram('gen_ai_client_token_usage', 'Tokens of a call, as the engine reports them.', [
      ...series((of) => of.input, { gen_ai_token_type: 'input' }),
      ...series((of) => of.output, { gen_ai_token_type: 'output' }),
    ]),
  ];
}

const labelsOf = (model: string, operation: string): Labels => ({
  gen_ai_operation_name: operation,
  gen_ai_provider_name: genAiProvider,
  gen_ai_request_model: model,
});
