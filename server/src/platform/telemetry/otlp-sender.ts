import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { OutboundHosts } from '../outbound/outbound-hosts.ts';

/** What became of one export request. */
export type ExportEnd =
  /** `rejected` spans were not taken, and would not be another time. */
  | { readonly kind: 'taken'; readonly rejected: number }
  /** The same bytes may be sent again, after so long if the receiver said so. */
  | { readonly kind: 'later'; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'refused'; readonly status: number };

export interface OtlpReceiver {
  /** Base address, as `http://collector:4318`; `/v1/traces` is added. */
  readonly endpoint: string;
  readonly authorization?: string | undefined;
  readonly timeoutMs: number;
}

const compress = promisify(gzip);
/** As the protocol lists them; all other 4xx and 5xx are for good. */
const LATER = new Set([429, 502, 503, 504]);
/** An answer is a few counts; what is longer is not read. */
const MOST_ANSWER_BYTES = 64 * 1024;

/**
 * One export over OTLP/HTTP with JSON. The receiver is judged by the operator's list before anything is sent and again when
 * its name is resolved; redirects are not followed.
 * @throws KulningError `outbound.host_not_allowed`, `outbound.url_invalid`
 */
export async function exportTraces(
  hosts: OutboundHosts,
  { endpoint, authorization, timeoutMs }: OtlpReceiver,
  body: string,
  signal: AbortSignal,
): Promise<ExportEnd> {
  const url = hosts.require(`${endpoint.replace(/\/+$/u, '')}/v1/traces`);
  const bytes = await compress(body);
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'content-length': String(bytes.length),
    ...(authorization !== undefined && { authorization }),
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await post(url, hosts, headers, bytes, limit);
    const { statusCode: status = 0 } = answer;
    const said = await shortBody(answer);
    if (status >= 200 && status < 300) return { kind: 'taken', rejected: rejectedIn(said) };
    if (LATER.has(status)) return { kind: 'later', retryAfterMs: retryAfterOf(answer) };
    return { kind: 'refused', status };
  } catch (cause) {
    if (isRefusal(cause)) throw cause;
    // Nobody there, or no answer in time: the receiver may come back.
    return { kind: 'later', retryAfterMs: undefined };
  }
}

function post(
  url: URL,
  hosts: OutboundHosts,
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = request(
      url,
      { method: 'POST', agent: false, headers, signal, lookup: hosts.lookup },
      resolve,
    );
    sent.on('error', reject);
    sent.end(bytes);
  });
}

async function shortBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** `partialSuccess.rejectedSpans` of the answer; a receiver that says nothing has taken all. */
function rejectedIn(said: string): number {
  try {
    const { partialSuccess } = JSON.parse(said) as { partialSuccess?: { rejectedSpans?: string | number } };
    return Number(partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return 0;
    throw cause;
  }
}

function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  const seconds = Number(said);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

const isRefusal = (cause: unknown) =>
  cause instanceof Error && 'code' in cause && String(cause.code).startsWith('outbound.');
