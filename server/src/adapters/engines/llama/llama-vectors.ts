import { abilitiesOf, type LlamaOptions } from '../../../core/engine/engine.ts';
import { promptTooLong } from '../../../core/engine/openai-error.ts';
import type {
  BackendFacts,
  EmbeddingBackend,
  RankingBackend,
} from '../../../platform/engine-host/engine-backend.ts';
import { loadLibrary } from './llama-library.ts';

/** A model that makes one vector of a text, in the way that its file says (`pooling_type`). */
export async function openEmbeddings(model: string, options: LlamaOptions): Promise<EmbeddingBackend> {
  const weights = await load(options);
  const contexts = await forSlots(options, () => weights.createEmbeddingContext(contextOf(options)));
  return {
    ...factsOf(model, options, 'embeddings'),
    async embed(text, slot, signal) {
      signal.throwIfAborted();
      const context = at(contexts, slot);
      const tokens = context.calculateInputLength(text);
      if (tokens > options.contextTokens) throw promptTooLong(tokens, options.contextTokens, 'all', 'input');
      const { vector } = await context.getEmbeddingFor(text);
      return { value: ofLengthOne(vector), tokens };
    },
  };
}

/** A model that says how well a document answers a query. */
export async function openRanking(model: string, options: LlamaOptions): Promise<RankingBackend> {
  const weights = await load(options);
  const contexts = await forSlots(options, () => weights.createRankingContext(contextOf(options)));
  return {
    ...factsOf(model, options, 'rerank'),
    async rank(query, document, slot, signal) {
      signal.throwIfAborted();
      const context = at(contexts, slot);
      const tokens = context.calculateInputLength(query, document);
      if (tokens > options.contextTokens)
        throw promptTooLong(tokens, options.contextTokens, 'all', 'documents');
      return { value: await context.rank(query, document), tokens };
    },
  };
}

async function load({ modelPath, threads }: LlamaOptions) {
  return (await loadLibrary(threads)).loadModel({ modelPath });
}

/** All of a text is pooled, so all of it must be one batch. */
function contextOf({ contextTokens, threads }: LlamaOptions) {
  const contextSize = contextTokens + 1; // The library keeps one place free.
  return { contextSize, batchSize: contextSize, threads };
}

function forSlots<T>({ slots }: LlamaOptions, open: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: slots }, open));
}

function factsOf(model: string, options: LlamaOptions, serves: 'embeddings' | 'rerank'): BackendFacts {
  const { contextTokens, slots, queueLimit } = options;
  return {
    model,
    contextTokens,
    slots,
    queueLimit,
    capabilities: {
      ...abilitiesOf(serves),
      tools: 'none',
      jsonSchema: false,
      lora: false,
      server: 'Kulning',
      contextTokens,
      slots,
    },
  };
}

function at<T>(contexts: readonly T[], slot: number): T {
  const context = contexts[slot];
  if (context === undefined) throw new RangeError(`there is no slot ${slot}`);
  return context;
}

/** By Euclid's measure, as llama-server does (`--embd-normalize 2`); a vector of zeros stays. */
function ofLengthOne(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (each) => (length === 0 ? each : each / length));
}
