import type { EngineCapabilities } from '../../core/engine/engine.ts';
import type { ChatRequest } from './chat-request.ts';

/** What makes text in an engine child; the server around it does HTTP, queueing, stop strings and tool calls. */
export interface EngineBackend {
  readonly model: string;
  readonly contextTokens: number;
  readonly slots: number;
  readonly queueLimit: number;
  readonly capabilities: EngineCapabilities;
  /** Changes whenever the same seed may give another answer: weights, engine, settings. */
  readonly fingerprint: string;
  /**
   * Checks and counts, before the request waits for a slot.
   * @throws OpenAiError, such as 400 `context_length_exceeded`
   */
  prepare(request: ChatRequest): Promise<PreparedAnswer>;
}

export interface PreparedAnswer {
  readonly promptTokens: number;
  /** Text comes in whole characters. Throws when the answer cannot go on: the client then sees a broken body. */
  generate(slot: number, signal: AbortSignal): AsyncGenerator<GeneratedPiece, 'stop' | 'length'>;
}

export interface GeneratedPiece {
  readonly text: string;
  /** Tokens generated so far, this piece included. */
  readonly completionTokens: number;
}
