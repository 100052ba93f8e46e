import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'vitest';

import type { EngineEndpoint } from '../../core/engine/engine.ts';

export interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly choices: readonly {
    readonly delta: { readonly content?: string | null; readonly tool_calls?: readonly ToolCallPart[] };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage | null;
}
interface ToolCall {
  readonly index: number;
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}
/** The first of a call names it; arguments may come in parts. */
interface ToolCallPart {
  readonly index: number;
  readonly function: { readonly name?: string; readonly arguments?: string };
}
interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}
export interface Completion {
  readonly object: string;
  readonly choices: readonly {
    readonly message: {
      readonly role: string;
      readonly content: string | null;
      readonly tool_calls?: readonly ToolCall[];
    };
    readonly finish_reason: string;
  }[];
  readonly usage: Usage;
}

export async function call(
  endpoint: EngineEndpoint,
  path: string,
  body?: string,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    path: endpoint.basePath + path,
    method: body === undefined ? 'GET' : 'POST',
    agent: false,
    ...('socketPath' in endpoint.origin
      ? { socketPath: endpoint.origin.socketPath }
      : { host: new URL(endpoint.origin.url).hostname, port: new URL(endpoint.origin.url).port }),
    ...(signal !== undefined && { signal }),
    headers: {
      'content-type': 'application/json',
      ...(endpoint.authorization !== undefined && { authorization: endpoint.authorization }),
    },
  };
  return new Promise((resolve, reject) => {
    const request = requestHttp(options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** Rejects when the body breaks off. */
export async function textOf(reply: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of reply as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

export async function firstBytes(reply: IncomingMessage): Promise<void> {
  await new Promise<void>((resolve) => reply.once('readable', resolve));
  reply.on('error', () => undefined); // The caller leaves on purpose.
}

export function chunksOf(text: string): Chunk[] {
  const events = text.split('\n\n').filter((event) => event !== '');
  expect(events.at(-1)).toBe('data: [DONE]');
  return events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as Chunk);
}

export function contentOf(chunks: readonly Chunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
}

/** Calls of a stream, put together from their parts. */
export function callsOf(chunks: readonly Chunk[]): { name: string; arguments: string }[] {
  const calls: { name: string; arguments: string }[] = [];
  for (const { index, function: part } of chunks.flatMap(
    (chunk) => chunk.choices[0]?.delta.tool_calls ?? [],
  )) {
    const call = (calls[index] ??= { name: part.name ?? '', arguments: '' });
    call.arguments += part.arguments ?? '';
  }
  return calls;
}

/** Servers add details of their own, such as what they took from a cache. */
export function countsOf(usage: Usage | null | undefined): Usage | undefined {
  if (!usage) return undefined;
  const { prompt_tokens, completion_tokens, total_tokens } = usage;
  return { prompt_tokens, completion_tokens, total_tokens };
}

/** What a child of ours counts. */
export async function generatedByChild(endpoint: EngineEndpoint): Promise<number> {
  const reply = await call({ ...endpoint, basePath: '' }, '/health');
  return (JSON.parse(await textOf(reply)) as { generatedTokens: number }).generatedTokens;
}

/** What llama-server counts. */
export async function generatedByLlamaServer(endpoint: EngineEndpoint): Promise<number> {
  const metrics = await textOf(await call({ ...endpoint, basePath: '' }, '/metrics'));
  return Number(/^llamacpp:tokens_predicted_total (\d+)$/mu.exec(metrics)?.[1]);
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
