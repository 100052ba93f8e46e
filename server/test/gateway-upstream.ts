import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An OpenAI-compatible server that does what the last user message tells it to, and counts what it sees. */
export interface TestUpstream {
  readonly url: string;
  /** Bodies as they came. */
  readonly bodies: Buffer[];
  /** Request ids, as the gateway names its calls. */
  readonly requestIds: string[];
  readonly headers: IncomingHttpHeaders[];
  /** Requests whose connection was cut before the answer was complete. */
  aborted(): number;
  running(): number;
  close(): Promise<void>;
}

const usage = { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 };
const words = ['Kulning', ' brings', ' the', ' herd', ' home.'];

export async function startUpstream(): Promise<TestUpstream> {
  const bodies: Buffer[] = [];
  const requestIds: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let aborted = 0;
  let running = 0;
  const server = createServer((request, response) => {
    running++;
    headers.push(request.headers);
    requestIds.push(String(request.headers['x-request-id']));
    response.on('close', () => {
      running--;
      if (!response.writableFinished) aborted++;
    });
    void readAll(request).then((body) => {
      bodies.push(body);
      return answer(JSON.parse(body.toString()) as UpstreamRequest, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    requestIds,
    headers,
    aborted: () => aborted,
    running: () => running,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface UpstreamRequest {
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly messages: readonly { readonly content: string }[];
}

async function answer(request: UpstreamRequest, response: ServerResponse): Promise<void> {
  const order = request.messages.at(-1)?.content ?? '';
  const status = Number(/^status (\d+)/.exec(order)?.[1] ?? 200);
  if (order === 'die at once') return void response.destroy();
  if (order === 'never answer') return;
  if (status !== 200) {
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(status === 429 && { 'retry-after': '7' }),
    });
    return void response.end(
      JSON.stringify({
        error: {
          message: `as you wish: ${status}`,
          type: 'invalid_request_error',
          param: 'top_k',
          code: 'asked_for',
        },
      }),
    );
  }
  if (request.stream === true) return await stream(request, order, response);
  const body = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'engine-model',
    x_engine_extra: { kept: true },
    choices: [{ index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' }],
    usage,
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function stream(request: UpstreamRequest, order: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: object, finish: string | null) =>
    response.write(
      `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'engine-model', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  chunk({ role: 'assistant', content: '' }, null);
  for (const content of words) {
    chunk({ content }, null);
    if (order.startsWith('slowly')) await sleep(Number(order.slice(7)));
    if (response.destroyed) return;
    if (order === 'die midway' && content === ' the') {
      await sleep(30);
      return void response.destroy();
    }
  }
  if (order === 'long')
    for (let turn = 0; turn < 20_000 && !response.destroyed; turn++)
      if (!chunk({ content: 'x'.repeat(500) }, null)) await drained(response);
  chunk({}, 'stop');
  if (request.stream_options?.include_usage)
    response.write(
      `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'engine-model', choices: [], usage })}\n\n`,
    );
  response.end('data: [DONE]\n\n');
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
