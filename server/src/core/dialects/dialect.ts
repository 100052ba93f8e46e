/** What a translated answer says of itself: the engine's own ids and names stay with the engine. */
export interface AnswerHead {
  /** Letters and digits, unique to the call. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As the caller named it. */
  readonly model: string;
}

/** Chat chunks in, events of another dialect out, as the text of a stream. Pure but for its own memory. */
export interface EventTranslator {
  /** One chunk, parsed. @throws TypeError for what is no chunk of a chat completion */
  chunk(data: unknown): string;
  /** What ends the stream. */
  end(): string;
  /** What ends a stream that cannot go on. */
  broken(error: StreamFailure): string;
}

export interface StreamFailure {
  readonly status: number;
  readonly message: string;
  readonly code: string | null;
}

/** One server-sent event (WHATWG HTML §9.2) that carries its type twice, as both dialects want it. */
export function typedEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
