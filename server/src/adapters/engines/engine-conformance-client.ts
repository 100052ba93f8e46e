import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'vitest';

import type { EngineEndpoint } from '../../core/engine/engine.ts';

export interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly choices: readonly {
    readonly delta: { readonly content?: string; readonly tool_calls?: readonly ToolCall[] };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage | null;
}
interface ToolCall {
  readonly index: number;
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
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

export interface Health {
  readonly running: number;
  readonly queued: number;
  readonly answered: number;
  readonly generatedTokens: number;
}

export async function health(endpoint: EngineEndpoint): Promise<Health> {
  const reply = await call({ ...endpoint, basePath: '' }, '/health');
  return JSON.parse(await textOf(reply)) as Health;
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
