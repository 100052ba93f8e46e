export type SpanAttribute = string | number | boolean | readonly string[];

/** A part of a trace, as OpenTelemetry has it. Attributes are identifiers, names of things, codes and counts; never content. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: 'server' | 'client';
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  /** What is undefined is unknown, and left out. */
  readonly attributes: Readonly<Record<string, SpanAttribute | undefined>>;
  /** Why it failed, as a stable code. */
  readonly error?: string;
}

/** Who reports. */
export type TelemetryResource = Readonly<Record<string, string>>;
