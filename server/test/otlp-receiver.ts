import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import protobuf from 'protobufjs';

/** What a receiver read, after the protocol's own schema has judged it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: string;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly resources: Readonly<Record<string, unknown>>[];
  /** Everything that arrived, unpacked: heads and bodies. */
  readonly bytes: Buffer[];
  readonly requests: number;
  /** What the schema has against what arrived; a test expects none. */
  readonly faults: string[];
  /** How the next requests are answered; taken when the list is empty. */
  readonly answers: { status: number; headers?: Record<string, string>; body?: object }[];
  close(): Promise<void>;
}

const schema = new protobuf.Root();
schema.resolvePath = (_, target) => join(import.meta.dirname, 'otlp', target);
const request = schema
  .loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto')
  .lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');

/** An OTLP/HTTP receiver that takes JSON and believes nothing that is not in the official schema. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const received = {
    spans: [] as ReceivedSpan[],
    resources: [] as Record<string, unknown>[],
    bytes: [] as Buffer[],
  };
  const answers: OtlpReceiver['answers'] = [];
  const faults: string[] = [];
  let requests = 0;
  const server = createServer((asked, answer) => {
    void serve(asked, answer);
  });
  const serve = async (asked: IncomingMessage, answer: ServerResponse) => {
    const packed = await buffer(asked);
    requests++;
    const body = asked.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    received.bytes.push(Buffer.from(JSON.stringify([asked.url, asked.rawHeaders])), body);
    const { status, headers = {}, body: said = {} } = answers.shift() ?? { status: 200 };
    if (status === 200) faults.push(...faultsOf(body, received));
    answer.writeHead(status, { 'content-type': 'application/json', ...headers });
    answer.end(JSON.stringify(said));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...received,
    faults,
    answers,
    get requests() {
      return requests;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Decoded {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly DecodedSpan[] }[];
  }[];
}

interface DecodedSpan extends Omit<ReceivedSpan, 'attributes' | 'status' | 'startMs' | 'endMs'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status?: { readonly code?: string };
}

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly boolValue?: boolean;
    readonly intValue?: string;
    readonly doubleValue?: number;
    readonly arrayValue?: { readonly values: readonly KeyValue['value'][] };
  };
}

function faultsOf(body: Buffer, into: Pick<OtlpReceiver, 'spans' | 'resources'>): string[] {
  try {
    take(body, into);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

/** @throws Error for what the schema does not have */
function take(body: Buffer, into: Pick<OtlpReceiver, 'spans' | 'resources'>): void {
  const given = JSON.parse(body.toString(), idsAsBytes) as Record<string, unknown>;
  // There and back through the binary form: what the schema does not name, or has of another type, is lost on the way.
  const read = request.toObject(request.decode(request.encode(request.fromObject(given)).finish()), {
    longs: String,
    enums: String,
    bytes: String,
    arrays: true,
  });
  const lost = missing(given, read);
  if (lost.length > 0) throw new Error(`the schema does not have ${lost.join(', ')}`);
  for (const { resource, scopeSpans } of (read as unknown as Decoded).resourceSpans) {
    into.resources.push(valuesOf(resource.attributes));
    for (const { spans } of scopeSpans) into.spans.push(...spans.map(spanOf));
  }
}

/** OTLP's JSON writes ids in hexadecimal, where JSON of protobuf has base64. */
function idsAsBytes(key: string, value: unknown): unknown {
  if (!['traceId', 'spanId', 'parentSpanId'].includes(key)) return value;
  const bytes = key === 'traceId' ? 32 : 16;
  if (typeof value !== 'string' || !new RegExp(`^[0-9a-f]{${bytes}}$`).test(value))
    throw new Error(`${key} is no id: ${String(value)}`);
  return Buffer.from(value, 'hex');
}

/** Paths that were given and not read, or read as something else; enums are given as numbers and read as names. */
function missing(given: unknown, read: unknown, path = ''): string[] {
  if (Buffer.isBuffer(given)) return given.toString('base64') === read ? [] : [path];
  if (typeof given !== 'object' || given === null)
    return given === read || (typeof given === 'number' && typeof read === 'string') ? [] : [path];
  return Object.entries(given).flatMap(([name, value]) => {
    const there = (read as Record<string, unknown> | undefined)?.[name];
    const empty = Array.isArray(value) && value.length === 0;
    if (there === undefined && !empty) return [`${path}${name}`];
    return missing(value, there, `${path}${name}.`);
  });
}

const hex = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString('hex');

function spanOf(span: DecodedSpan): ReceivedSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: span.name,
    kind: span.kind,
    startMs: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
    endMs: Number(BigInt(span.endTimeUnixNano) / 1000n) / 1000,
    attributes: valuesOf(span.attributes),
    status: span.status?.code ?? 'STATUS_CODE_UNSET',
  };
}

const valuesOf = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

function valueOf({ stringValue, boolValue, intValue, doubleValue, arrayValue }: KeyValue['value']): unknown {
  if (arrayValue) return (arrayValue.values ?? []).map(valueOf);
  return stringValue ?? boolValue ?? doubleValue ?? Number(intValue);
}
