/** Where a call stands in its caller's trace: a W3C `traceparent` (Trace Context, level 1). */
export interface TraceParent {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** The caller's span: 16 hexadecimal digits, not all zero. */
  readonly parentId: string;
  /** Two hexadecimal digits; the lowest bit says that the caller records this trace. */
  readonly flags: string;
}

const SHAPE = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/u;

/** @returns undefined for what is no traceparent: then the call begins a trace of its own, as the standard wants */
export function parseTraceParent(text: string): TraceParent | undefined {
  const [, version, traceId, parentId, flags, more] = SHAPE.exec(text) ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  // Version 00 ends here; a later one may say more, which we do not understand and do not pass on.
  return version === '00' && more !== undefined ? undefined : { traceId, parentId, flags };
}

export const formatTraceParent = ({ traceId, parentId, flags }: TraceParent): string =>
  `00-${traceId}-${parentId}-${flags}`;

export const isSampled = ({ flags }: TraceParent): boolean => (Number.parseInt(flags, 16) & 1) === 1;

/** The spans of one call. */
export interface CallSpanIds {
  /** Of a call without a caller's trace. */
  readonly traceId: string;
  readonly call: string;
  readonly engine: string;
}

/**
 * The ids of a call's spans, from the call's id alone: whoever holds a receipt finds the trace, a span that is sent twice
 * is the same span, and the gateway can name the engine's parent before there is a span. A call's id is a UUIDv7 whose
 * last 62 bits are random; the engine's span differs from the call's in the bit above them.
 */
export function callSpanIds(callId: string): CallSpanIds {
  const traceId = callId.slice(callId.indexOf('_') + 1);
  const call = traceId.slice(16);
  const first = Number.parseInt(call.slice(0, 1), 16) ^ 8;
  return { traceId, call, engine: first.toString(16) + call.slice(1) };
}

/** The same answer for a trace wherever it is asked: its last 52 bits, which are random, against the ratio. */
export const isInSample = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52;
