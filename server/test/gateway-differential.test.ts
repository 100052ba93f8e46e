import { array, asyncProperty, assert, constantFrom, integer, record, string } from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { EventReader } from '../src/core/dialects/event-reader.ts';
import { startRemoteEngine, type RemoteEngine } from './gateway-clients-remote.ts';
import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';

let remote: RemoteEngine;
let stage: Stage;
beforeAll(async () => {
  remote = await startRemoteEngine();
  stage = await startStage(snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(remote.url) }]));
});
afterAll(async () => {
  await stage.close();
  await remote.close();
});

async function ask(url: string, path: string, body: object): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.internal}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('through the gateway and directly', () => {
  const words = constantFrom('hello', 'use your tools', 'think', 'åäö 🐄', 'think and use your tools');
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];

  it('a chat has the same bytes and the same events, and the engine sees the same request', async () => {
    const request = record({
      messages: array(words, { minLength: 1, maxLength: 3 }).map((all) =>
        all.map((content) => ({ role: 'user', content })),
      ),
      stream: constantFrom(true, false),
      more: constantFrom(
        {},
        { tools },
        { tools, tool_choice: 'required' },
        { x_unknown: { deep: [1, null] } },
      ),
      seed: integer(),
      user: string({ unit: 'grapheme' }),
    });
    await assert(
      asyncProperty(request, async ({ more, stream, ...rest }) => {
        const usage = stream ? { stream_options: { include_usage: true } } : {};
        const body = { model: 'engine-model', stream, ...usage, ...rest, ...more };
        const direct = await ask(remote.url, '/v1/chat/completions', body);
        const through = await ask(stage.url, '/v1/chat/completions', { ...body, model: 'herd' });
        expect(through).toEqual(direct);
        const [first, second] = remote.seen.slice(-2);
        expect(second).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['/v1/completions', { prompt: 'Once' }],
    ['/v1/completions', { prompt: 'Once', stream: true, stream_options: { include_usage: true } }],
    ['/v1/rerank', { query: 'herd', documents: ['cow', { text: 'rust' }], top_n: 1, x_unknown: 1 }],
  ])('%s %j has the same bytes', async (path, body) => {
    const direct = await ask(remote.url, path, { model: 'engine-model', ...body });
    expect(await ask(stage.url, path, { model: 'herd', ...body })).toEqual(direct);
  });
});

it('embeddings have the same bytes, and an id that Mistral’s clients ask for', async () => {
  const direct = await ask(remote.url, '/v1/embeddings', { model: 'engine-model', input: 'a' });
  const through = await ask(stage.url, '/v1/embeddings', { model: 'herd', input: 'a' });
  const { length } = '"id":"call_00000000000000000000000000000000",';
  expect(through.bytes.subarray(1, length + 1).toString()).toMatch(/^"id":"call_[0-9a-f]{32}",$/u);
  expect(through.bytes.subarray(length + 1)).toEqual(direct.bytes.subarray(1));
});

/** The cuts of real sockets; stream-splits.test.ts has every byte. */
describe('a stream that is cut somewhere', () => {
  const chunk = (delta: object, finish: string | null = null) =>
    JSON.stringify({
      id: 'c',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const list = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Kö på åkern 🐄' }),
    chunk({ tool_calls: [{ index: 0, id: 'abc', function: { name: 'f', arguments: '{"a":"ö"}' } }] }),
    chunk({}, 'tool_calls'),
    JSON.stringify({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    '[DONE]',
  ];
  const bytes = Buffer.from(
    list.map((data, at) => `${at === 1 ? ': ping\r\n' : ''}data: ${data}\r\n\r\n`).join(''),
  );

  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] }],
    ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }],
    ['/v1/responses', { input: 'x' }],
  ])(
    '%s',
    async (path, body) => {
      let cut = 0;
      const cutting = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.socket?.setNoDelay(true);
        response.write(bytes.subarray(0, cut));
        setImmediate(() => response.end(bytes.subarray(cut)));
      });
      await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve));
      const { port } = cutting.address() as AddressInfo;
      const engine = { deployment: deployment(), endpoint: httpEndpoint(`http://127.0.0.1:${port}`) };
      const behind = await startStage(snapshotOf([engine]));
      const seen = new Set<string>();
      const asked = { model: 'herd', stream: true, ...body };
      for (cut = 1; cut < bytes.length; cut += 61) {
        const { bytes: answer } = await ask(behind.url, path, asked);
        const events = new EventReader()
          .push(answer)
          .map((data) => data.replaceAll(/[0-9a-f]{32}|"created_at":\d+/gu, ''));
        seen.add(JSON.stringify(events));
      }
      await behind.close();
      cutting.close();
      expect([...seen]).toHaveLength(1);
      expect([...seen][0]).toContain('Kö på åkern 🐄');
    },
    60_000,
  );
});
