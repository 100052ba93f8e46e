import type { EngineCapabilities } from '../../core/engine/engine.ts';
import type { ChatRequest } from './chat-request.ts';

/** What computes in an engine child; the server around it does HTTP, queueing, stop strings and tool calls. */
export type EngineBackend = ChatBackend | EmbeddingBackend | RankingBackend;

export interface BackendFacts {
  readonly model: string;
  readonly contextTokens: number;
  readonly slots: number;
  readonly queueLimit: number;
  readonly capabilities: EngineCapabilities;
}

/** Writes. */
export interface ChatBackend extends BackendFacts {
  /** Changes whenever the same seed may give another answer: weights, engine, settings. */
  readonly fingerprint: string;
  /**
   * Checks and counts, before the request waits for a slot.
   * @throws OpenAiError, such as 400 `context_length_exceeded`
   */
  prepare(request: ChatRequest): Promise<PreparedAnswer>;
}

/** Makes a vector of a text. */
export interface EmbeddingBackend extends BackendFacts {
  /** Of length 1 (Euclid), as llama-server and OpenAI give them. @throws OpenAiError 400 `context_length_exceeded` */
  embed(text: string, slot: number, signal: AbortSignal): Promise<Measured<Float32Array>>;
}

/** Says how well a document answers a query. */
export interface RankingBackend extends BackendFacts {
  /** From 0 to 1. @throws OpenAiError 400 `context_length_exceeded` */
  rank(query: string, document: string, slot: number, signal: AbortSignal): Promise<Measured<number>>;
}

export interface Measured<T> {
  readonly value: T;
  readonly tokens: number;
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
