import type { LlamaOptions } from '../../../core/engine/engine.ts';
import type { EngineBackend } from '../../../platform/engine-host/engine-backend.ts';
import { openLlamaBackend } from './llama-backend.ts';
import { openEmbeddings, openRanking } from './llama-vectors.ts';

/** A GGUF file, loaded for what it is deployed for. */
export function openLlama(model: string, options: LlamaOptions): Promise<EngineBackend> {
  if (options.serves === 'embeddings') return openEmbeddings(model, options);
  return options.serves === 'rerank' ? openRanking(model, options) : openLlamaBackend(model, options);
}
