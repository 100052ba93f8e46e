import {
  IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';

import type { DataClass } from '../../core/placement/facts.ts';
import type { Language } from '../../core/policy/rule.ts';

/** A call that no connection brought: a line of a batch. From here on it goes the way of every other. */
export interface InnerCall {
  /** Its scopes and limits hold, and it must still be valid. */
  readonly keyId: string;
  /** `/v1/chat/completions` and the like. */
  readonly path: string;
  readonly body: Buffer;
  /** Of the data; tightens what the key says. */
  readonly dataClass: DataClass | undefined;
  readonly purpose: string;
  readonly language: Language;
  /** How long it may wait for a slot, behind everybody else. */
  readonly maxWaitMs: number;
  /** Hangs up: the engine stops at once. */
  readonly signal: AbortSignal;
}

export interface InnerAnswer {
  readonly callId: string;
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The two ends of a call that has no connection: node's own objects, so that a call cannot tell the difference. */
export class InnerExchange {
  readonly request: IncomingMessage;
  readonly response: HeldResponse;

  constructor(path: string, body: Buffer) {
    const request = new IncomingMessage(new Socket());
    request.method = 'POST';
    request.url = path;
    request.push(body);
    request.push(null);
    request.complete = true;
    this.request = request;
    this.response = new HeldResponse(request);
  }

  /** The caller is gone, as when a connection closes. */
  hangUp(): void {
    if (this.response.answer) return;
    this.response.destroy();
    this.response.emit('close');
  }
}

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Keeps the answer instead of sending it. */
class HeldResponse extends ServerResponse {
  answer: Omit<InnerAnswer, 'callId'> | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  readonly #chunks: Buffer[] = [];

  override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
    this.#status = status;
    this.#headers = flat(typeof reason === 'string' ? headers : reason);
    return this;
  }

  override write(chunk: unknown): boolean {
    this.#chunks.push(bytesOf(chunk));
    return true;
  }

  override end(chunk?: unknown): this {
    if (chunk !== undefined && typeof chunk !== 'function') this.#chunks.push(bytesOf(chunk));
    this.answer = { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) };
    return this;
  }
}

function bytesOf(chunk: unknown): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array);
}

/** The gateway writes heads as flat lists of names and values. */
function flat(headers: Headers | undefined): Record<string, string> {
  const given = Array.isArray(headers)
    ? headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), headers[at + 1]] as const] : []))
    : Object.entries(headers ?? {});
  return Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
