import type { ServerResponse } from 'node:http';

import type { OpenAiError } from '../../core/engine/openai-error.ts';
import type { ErrorDialect } from './endpoint.ts';

/** What Kulning says beside the error that OpenAI's clients know. */
export interface ErrorSupplement {
  readonly receipt?: string;
  readonly hint?: string;
  readonly rules?: readonly { readonly id: string; readonly tag: string }[];
}

/** The bytes of an error; OpenAI's shape, with `kulning` as one more member. */
export function errorBytes(error: OpenAiError, supplement: ErrorSupplement = {}): Buffer {
  const kulning = Object.keys(supplement).length > 0 ? { kulning: supplement } : {};
  return Buffer.from(JSON.stringify({ error: { ...error.body.error, ...kulning } }));
}

export const openAiErrors: ErrorDialect = { whole: errorBytes };

/** Sends a whole JSON answer, with the headers given as a flat list. */
export function sendJson(
  response: ServerResponse,
  status: number,
  bytes: Buffer,
  headers: readonly string[],
): void {
  response.writeHead(status, [
    ...headers,
    'content-type',
    'application/json',
    'content-length',
    String(bytes.length),
  ]);
  response.end(bytes);
}

export function retryAfterOf(error: OpenAiError): string[] {
  return error.retryAfter === undefined ? [] : ['retry-after', String(error.retryAfter)];
}

/** A stream that cannot go on ends with this, and not just so. */
export function errorEvent(error: OpenAiError): Buffer {
  return Buffer.from(`data: ${JSON.stringify(error.body)}\n\n`);
}
