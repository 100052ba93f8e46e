import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an engine of a test says to a request. */
export interface EngineSays {
  readonly text?: string;
  readonly arguments?: string;
  /** Length of each piece of a stream. */
  readonly piece?: number;
}

type Body = Record<string, unknown>;

/** An engine that speaks chat, completions, embeddings and responses, and says what the test tells it to. */
export async function startContentEngine(say: (body: Body, path: string) => EngineSays) {
  const bodies: Body[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      bodies.push(body);
      const path = request.url ?? '';
      answer(path, body, say(body, path), response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const call = (args: string) => [
  { index: 0, id: 'call_1', type: 'function', function: { name: 'mail', arguments: args } },
];

function answer(path: string, body: Body, says: EngineSays, response: ServerResponse): void {
  const { text = '', arguments: args } = says;
  if (path.endsWith('/embeddings'))
    return json(response, { data: [{ embedding: [0.1, 0.2], index: 0 }], usage });
  if (path.endsWith('/responses'))
    return body['stream'] === true ? typed(says, response) : json(response, responseOf(says));
  const isChat = path.endsWith('/chat/completions');
  const shows = body['logprobs'] === true;
  if (body['stream'] === true) return stream(isChat, shows, says, response);
  const message = { role: 'assistant', content: text, ...(args !== undefined && { tool_calls: call(args) }) };
  const logprobs = { content: pieces(text, 1).map((token) => ({ token })) };
  const choice = { ...(isChat ? { message } : { text }), ...(shows && { logprobs }) };
  json(response, { id: 'x', object: 'y', choices: [{ index: 0, ...choice, finish_reason: 'stop' }], usage });
}

function json(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function pieces(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
}

function stream(
  isChat: boolean,
  shows: boolean,
  { text = '', arguments: args, piece = 3 }: EngineSays,
  response: ServerResponse,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (choice: object) =>
    response.write(
      `data: ${JSON.stringify({ id: 'x', object: 'y', created: 1, model: 'm', choices: [{ index: 0, ...choice }] })}\n\n`,
    );
  if (isChat) send({ delta: { role: 'assistant', content: '' }, finish_reason: null });
  for (const each of pieces(text, piece))
    send(
      isChat
        ? {
            delta: { content: each },
            finish_reason: null,
            ...(shows && { logprobs: { content: [{ token: each }] } }),
          }
        : { text: each, finish_reason: null },
    );
  if (args !== undefined) {
    send({ delta: { tool_calls: call('') }, finish_reason: null });
    for (const each of pieces(args, piece))
      send({ delta: { tool_calls: [{ index: 0, function: { arguments: each } }] }, finish_reason: null });
  }
  send({ ...(isChat ? { delta: {} } : { text: '' }), finish_reason: 'stop' });
  response.write(`data: ${JSON.stringify({ id: 'x', choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

function responseOf({ text = '', arguments: args }: EngineSays): Body {
  const output = [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [] }],
    },
    ...(args === undefined
      ? []
      : [{ type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'mail', arguments: args }]),
  ];
  return {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    output,
    usage: { input_tokens: 7, output_tokens: 3 },
  };
}

function typed(says: EngineSays, response: ServerResponse): void {
  const { text = '', arguments: args, piece = 3 } = says;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let number = 0;
  const send = (event: Body) =>
    response.write(
      `event: ${String(event['type'])}\ndata: ${JSON.stringify({ ...event, sequence_number: number++ })}\n\n`,
    );
  const part = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  send({ type: 'response.created', response: { id: 'resp_1' } });
  for (const delta of pieces(text, piece)) send({ type: 'response.output_text.delta', ...part, delta });
  send({ type: 'response.output_text.done', ...part, text });
  if (args !== undefined) {
    const item = { item_id: 'fc_1', output_index: 1 };
    for (const delta of pieces(args, piece))
      send({ type: 'response.function_call_arguments.delta', ...item, delta });
    send({ type: 'response.function_call_arguments.done', ...item, arguments: args });
  }
  send({ type: 'response.completed', response: responseOf(says) });
  response.end();
}
