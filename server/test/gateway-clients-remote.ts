import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server as others run them, with what research on llama-server showed that it gets wrong: `any` is a 400, a named
 * choice counts as `auto`, ids of tool calls that are not nine letters and digits raise in its template, its own are 32
 * characters long, and a stream that dies just ends.
 */
export interface RemoteEngine {
  readonly url: string;
  /** Paths and bodies, as they came. */
  readonly seen: { readonly path: string; readonly body: Body }[];
  aborted(): number;
  close(): Promise<void>;
}

interface Body {
  readonly model: string;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly messages?: readonly Message[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly tool_choice?: unknown;
  readonly input?: unknown;
  readonly [name: string]: unknown;
}
interface Message {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string }[];
}

const usage = { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 };

export async function startRemoteEngine(): Promise<RemoteEngine> {
  const seen: { path: string; body: Body }[] = [];
  let aborted = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(await readAll(request)) as Body;
    const path = request.url ?? '';
    seen.push({ path, body });
    const answer = answers[path];
    if (answer) answer(body, response);
    else json(response, 404, { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } });
  };
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) aborted++;
    });
    void serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    aborted: () => aborted,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const answers: Readonly<Record<string, (body: Body, response: ServerResponse) => void>> = {
  '/v1/chat/completions': chat,
  '/v1/embeddings': (body, response) => {
    const inputs = Array.isArray(body.input) ? body.input : [body.input];
    const floats = Buffer.from(new Float32Array([0.6, 0.8, 0]).buffer).toString('base64');
    const embedding = body['encoding_format'] === 'base64' ? floats : [0.6, 0.8, 0];
    const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding }));
    json(response, 200, {
      object: 'list',
      model: 'engine',
      data,
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
  },
  '/v1/rerank': (_, response) => {
    const results = [{ index: 0, relevance_score: 0.75 }];
    json(response, 200, {
      object: 'list',
      model: 'engine',
      results,
      usage: { prompt_tokens: 6, total_tokens: 6 },
    });
  },
  '/v1/completions': (body, response) => {
    const choice = { index: 0, text: `${String(body['prompt'])} …`, logprobs: null, finish_reason: 'stop' };
    const head = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'engine' };
    if (body.stream !== true) return json(response, 200, { ...head, choices: [choice], usage });
    const { include_usage: wanted } = body.stream_options ?? {};
    events(response, [{ ...head, choices: [choice] }, ...(wanted ? [{ ...head, choices: [], usage }] : [])]);
  },
};

function chat(body: Body, response: ServerResponse): void {
  const messages = body.messages ?? [];
  const last = messages.at(-1);
  const order = typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content ?? '');
  const refusal = refusalOf(body, messages);
  if (refusal !== undefined)
    return json(response, 400, { error: { message: refusal, type: 'invalid_request_error', code: 400 } });
  if (order === 'wait') return; // Reads its prompt for ever.
  const { content, calls } = answerTo(body, last, order);
  const finish = calls.length > 0 ? 'tool_calls' : 'stop';
  const head = { id: 'chatcmpl-1', created: 1, model: 'engine', system_fingerprint: 'b1' };
  if (body.stream !== true) {
    const message = {
      role: 'assistant',
      content: calls.length > 0 ? null : content,
      ...(order.includes('think') && { reasoning_content: 'Let me see.' }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const choices = [{ index: 0, message, finish_reason: finish }];
    return json(response, 200, { ...head, object: 'chat.completion', choices, usage });
  }
  const chunk = (delta: object, reason: string | null = null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const { include_usage: wanted } = body.stream_options ?? {};
  const pieces = [
    chunk({ role: 'assistant', content: '' }),
    ...(order.includes('think')
      ? [chunk({ reasoning_content: 'Let me' }), chunk({ reasoning_content: ' see.' })]
      : []),
    ...(calls.length > 0 ? [] : content.split(/(?=\s)/u).map((word) => chunk({ content: word }))),
    ...calls.flatMap((call, index) => [
      chunk({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] }),
      ...call.function.arguments
        .split(/(?=,)/u)
        .map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
    ]),
    chunk({}, finish),
    ...(wanted ? [{ ...head, object: 'chat.completion.chunk', choices: [], usage }] : []),
  ];
  if (order === 'die') events(response, pieces.slice(0, 3), false);
  else if (order === 'endless') endless(response, chunk({ content: 'on and on ' }));
  else events(response, pieces);
}

function refusalOf(body: Body, messages: readonly Message[]): string | undefined {
  const ids = messages.flatMap(({ tool_call_id: id, tool_calls: calls }) => [
    id,
    ...(calls ?? []).map((each) => each.id),
  ]);
  if (ids.some((id) => id !== undefined && !/^[a-zA-Z0-9]{9}$/u.test(id)))
    return 'Tool call IDs should be alphanumeric strings with length 9!';
  if (body.tool_choice === 'any') return 'Invalid tool_choice: any';
  if (messages.some(({ content }) => typeof content === 'string' && content.length > 5000))
    return "This model's maximum context length is 2048 tokens. However, you requested 9000 tokens.";
  return undefined;
}

/** Parallel calls of all tools where a call is required or asked for; a named choice counts for nothing. */
function answerTo(body: Body, last: Message | undefined, order: string) {
  const required = body.tool_choice === 'required' || order.includes('use your tools');
  const tools = body.tool_choice === 'none' || last?.role === 'tool' || !required ? [] : (body.tools ?? []);
  const calls = tools.map(({ function: { name } }, index) => ({
    id: `call${String(index).padStart(28, '0')}`,
    type: 'function',
    function: { name, arguments: '{"city":"Borlänge","days":2}' },
  }));
  const content = last?.role === 'tool' ? `The tool said ${order}` : 'Kulning brings the herd home.';
  return { content, calls };
}

function events(response: ServerResponse, list: readonly object[], whole = true): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const each of list) response.write(`data: ${JSON.stringify(each)}\n\n`);
  if (whole) response.end('data: [DONE]\n\n');
  else response.end();
}

function endless(response: ServerResponse, chunk: object): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => response.write(`data: ${JSON.stringify(chunk)}\n\n`), 5);
  response.on('close', () => clearInterval(timer));
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
