import type { EngineAbility, EngineEndpoint } from '../../core/engine/engine.ts';
import type { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import type { ErrorSupplement } from './openai-answer.ts';
import type { TokenUsage } from './token-usage.ts';

/**
 * One path of the API that ends at an engine. All of them walk the same way (decide → intent → send → settle); an
 * endpoint says only what its bytes mean.
 */
export interface Endpoint {
  readonly path: string;
  /** What the deployment must be able to do. */
  readonly ability: EngineAbility;
  readonly errors: ErrorDialect;
  /** @throws OpenAiError 400 with the byte or the field that is wrong */
  parse(bytes: Buffer, language: Language): Asked;
}

/** A request, as far as the gateway understands it. */
export interface Asked {
  /** As they came. */
  readonly bytes: Buffer;
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokens: number | undefined;
  readonly user: string | undefined;
  /** For those who keep it: read once more, so that nobody else holds every prompt twice until its answer has come. */
  content(): unknown;
  /** @throws OpenAiError 400 for what this engine cannot do, which would otherwise be ignored in silence */
  forEngine(engine: EngineEndpoint, call: CallMark): Passage;
}

/** What answers that are written here say of their call. */
export interface CallMark {
  readonly callId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How one request travels to one engine, and how its answer comes back. */
export interface Passage {
  /** Below the engine's base path. */
  readonly path: string;
  readonly body: Buffer;
  /** For an answer in events. */
  relay(): AnswerRelay;
  /** For an answer in one piece. @throws TypeError where it is not what the path promises */
  whole(bytes: Buffer): WholeAnswer;
}

/** The caller's view of the engine's stream. What must not leave before the call is settled is held back. */
export interface AnswerRelay {
  readonly usage: TokenUsage | undefined;
  /** What may leave now. @throws RangeError for an event without end, TypeError for one that cannot be read */
  push(chunk: Buffer): Buffer | undefined;
  /** The engine's stream is over. `complete`: it said so; `failed`: it told of an error instead. */
  finish(): { readonly rest: Buffer; readonly complete: boolean; readonly failed: boolean };
  /** The last event of a stream that cannot go on. */
  broken(error: OpenAiError): Buffer;
}

export interface WholeAnswer {
  readonly bytes: Buffer;
  readonly usage: TokenUsage | undefined;
}

/** How an error looks to the clients of a dialect. */
export interface ErrorDialect {
  whole(error: OpenAiError, supplement?: ErrorSupplement): Buffer;
}
