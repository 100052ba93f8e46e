import type { EngineAbility } from '../../core/engine/engine.ts';

/**
 * `gen_ai.operation.name` of OpenTelemetry's semantic conventions for generative AI (in development; as of 2026). What
 * they do not know keeps its own name.
 */
export const genAiOperations: Readonly<Record<EngineAbility, string>> = {
  chat: 'chat',
  responses: 'chat',
  completions: 'text_completion',
  fim: 'text_completion',
  embeddings: 'embeddings',
  rerank: 'rerank',
};

/** `gen_ai.provider.name`: whose flavour of telemetry this is. */
export const genAiProvider = 'kulning';
