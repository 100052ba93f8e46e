import type { Span, SpanAttribute, TelemetryResource } from './span.ts';

const KINDS = { server: 2, client: 3 } as const;
const STATUS_ERROR = 2;
const SCOPE = 'kulning';

/**
 * An ExportTraceServiceRequest in the JSON encoding of OTLP 1.x: names in lowerCamelCase, ids in hexadecimal, enums as
 * numbers, 64-bit integers as text (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding").
 */
export function traceRequestJson(
  resource: TelemetryResource,
  version: string,
  spans: readonly Span[],
): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: SCOPE, version }, spans: spans.map(spanOf) }],
      },
    ],
  });
}

function spanOf({ traceId, spanId, parentId, name, kind, startMs, endMs, attributes, error }: Span) {
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(Math.max(startMs, endMs)),
    attributes: attributesOf(attributes),
    status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
  };
}

/** Whole microseconds: a double does not hold the nanoseconds of today. */
const nanos = (ms: number) => `${Math.round(ms * 1000)}000`;

function attributesOf(attributes: Readonly<Record<string, SpanAttribute | undefined>>) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(value) }],
  );
}

function valueOf(value: SpanAttribute) {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
  }
}
