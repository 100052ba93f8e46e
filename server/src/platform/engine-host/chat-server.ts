import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { createAnswerParser, type AnswerPart } from '../../core/engine/answer-parser.ts';
import {
  completionBody,
  createChunkWriter,
  type AnswerHead,
  type FinishReason,
  type Usage,
} from '../../core/engine/chat-completion.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import { createAdmission, type Admission } from './admission.ts';
import { chatWords } from './chat-words.ts';
import { parseChatRequest, type ChatRequest } from './chat-request.ts';
import type {
  ChatBackend,
  EmbeddingBackend,
  EngineBackend,
  PreparedAnswer,
  RankingBackend,
} from './engine-backend.ts';
import {
  embeddingBody,
  parseEmbeddingRequest,
  parseRerankRequest,
  rerankBody,
  type EmbeddingRequest,
  type RerankRequest,
} from './vector-request.ts';

const MAX_BODY_BYTES = 16 * 2 ** 20;

export interface ChatServer {
  readonly server: Server;
  load(): { readonly running: number; readonly queued: number };
}

interface Counters {
  answered: number;
  generatedTokens: number;
  /** Moving average of how long an answer holds a slot. */
  secondsPerAnswer: number;
}

/**
 * The OpenAI API in front of one backend: `/v1/chat/completions` (or `/v1/embeddings`, or `/v1/rerank`), `/v1/models`, `/health`. When a client goes away,
 * its work stops. When the backend fails in the middle of an answer, the connection is cut: no end is made up.
 */
export function createChatServer(backend: EngineBackend, onFailure: (error: unknown) => void): ChatServer {
  const counters: Counters = { answered: 0, generatedTokens: 0, secondsPerAnswer: 1 };
  const admission = createAdmission(backend.slots, backend.queueLimit, () => counters.secondsPerAnswer);
  const started = Math.floor(Date.now() / 1000);

  const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0];
    if (request.method === 'POST') {
      if (path === '/v1/chat/completions' && 'prepare' in backend)
        return chat(backend, admission, counters, request, response);
      if (path === '/v1/embeddings' && 'embed' in backend)
        return vectors(parseEmbeddingRequest, embed, backend, admission, counters, request, response);
      if (path === '/v1/rerank' && 'rank' in backend)
        return vectors(parseRerankRequest, rank, backend, admission, counters, request, response);
    }
    if (request.method === 'GET' && path === '/v1/models')
      return sendJson(response, 200, modelList(backend, started));
    if (request.method === 'GET' && path === '/health')
      return sendJson(response, 200, healthOf(backend, admission, counters));
    throw new OpenAiError(404, chatWords.noPath(`${request.method} ${path}`), { code: 'not_found' });
  };
  const server = createServer((request, response) => {
    answerTo(request, response).catch((error: unknown) => {
      if (!(error instanceof OpenAiError) && !response.destroyed) onFailure(error);
      fail(response, error);
    });
  });
  return { server, load: () => ({ running: admission.running, queued: admission.queued }) };
}

function modelList(backend: EngineBackend, created: number) {
  const model = {
    id: backend.model,
    object: 'model',
    created,
    owned_by: 'kulning',
    context_length: backend.contextTokens,
  };
  return { object: 'list', data: [model] };
}

function healthOf(backend: EngineBackend, admission: Admission, counters: Counters) {
  return {
    status: 'ok',
    model: backend.model,
    slots: backend.slots,
    running: admission.running,
    queued: admission.queued,
    answered: counters.answered,
    generatedTokens: counters.generatedTokens,
    capabilities: backend.capabilities,
  };
}

async function chat(
  backend: ChatBackend,
  admission: Admission,
  counters: Counters,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const asked = parseChatRequest(await readBody(request));
  const prepared = await backend.prepare(asked);
  const slot = await admission.enter(gone.signal);
  const startedAt = performance.now();
  try {
    const head: AnswerHead = {
      id: `chatcmpl-${randomBytes(12).toString('hex')}`,
      created: Math.floor(Date.now() / 1000),
      model: backend.model,
      fingerprint: backend.fingerprint,
    };
    await (asked.stream ? streamAnswer : wholeAnswer)(
      head,
      asked,
      generated(asked, prepared, slot, gone.signal, counters),
      response,
    );
    counters.answered++;
  } finally {
    tookTime(counters, startedAt);
    admission.leave(slot);
  }
}

/** Of texts in order, on one slot: an answer in one piece. */
async function vectors<Backend extends EngineBackend, Asked>(
  parse: (body: string) => Asked,
  compute: (backend: Backend, asked: Asked, slot: number, signal: AbortSignal) => Promise<object>,
  backend: Backend,
  admission: Admission,
  counters: Counters,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const asked = parse(await readBody(request));
  const slot = await admission.enter(gone.signal);
  const startedAt = performance.now();
  try {
    sendJson(response, 200, await compute(backend, asked, slot, gone.signal));
    counters.answered++;
  } finally {
    tookTime(counters, startedAt);
    admission.leave(slot);
  }
}

async function embed(backend: EmbeddingBackend, asked: EmbeddingRequest, slot: number, signal: AbortSignal) {
  const found: Float32Array[] = [];
  let tokens = 0;
  for (const text of asked.texts) {
    const embedded = await backend.embed(text, slot, signal);
    found.push(embedded.value);
    tokens += embedded.tokens;
  }
  return embeddingBody(backend.model, found, asked.base64, tokens);
}

async function rank(backend: RankingBackend, asked: RerankRequest, slot: number, signal: AbortSignal) {
  const scores: number[] = [];
  let tokens = 0;
  for (const document of asked.documents) {
    const ranked = await backend.rank(asked.query, document, slot, signal);
    scores.push(ranked.value);
    tokens += ranked.tokens;
  }
  return rerankBody(backend.model, asked, scores, tokens);
}

function tookTime(counters: Counters, startedAt: number): void {
  counters.secondsPerAnswer += ((performance.now() - startedAt) / 1000 - counters.secondsPerAnswer) / 8;
}

interface Ending {
  readonly finish: FinishReason;
  readonly usage: Usage;
}

/** Parts of the answer as a client sees them; stops the backend at a stop string. */
async function* generated(
  asked: ChatRequest,
  prepared: PreparedAnswer,
  slot: number,
  signal: AbortSignal,
  counters: Counters,
): AsyncGenerator<AnswerPart, Ending> {
  const parser = createAnswerParser({ stop: asked.stop, tools: asked.tools.length > 0 });
  const pieces = prepared.generate(slot, signal);
  let completionTokens = 0;
  let finish: FinishReason = 'stop';
  let called = false;
  const seen = (parts: AnswerPart[]) => {
    called ||= parts.some((part) => part.kind === 'tool-call');
    return parts;
  };
  try {
    while (!parser.stopped) {
      const next = await pieces.next();
      signal.throwIfAborted();
      if (next.done === true) {
        finish = next.value;
        break;
      }
      counters.generatedTokens += next.value.completionTokens - completionTokens;
      completionTokens = next.value.completionTokens;
      yield* seen(parser.push(next.value.text));
    }
  } finally {
    await pieces.return('stop');
  }
  yield* seen(parser.end());
  if (called && finish === 'stop') finish = 'tool_calls';
  return { finish, usage: { promptTokens: prepared.promptTokens, completionTokens } };
}

type Writer = (
  head: AnswerHead,
  asked: ChatRequest,
  parts: AsyncGenerator<AnswerPart, Ending>,
  response: ServerResponse,
) => Promise<void>;

const wholeAnswer: Writer = async (head, _asked, parts, response) => {
  const seen: AnswerPart[] = [];
  for (let next = await parts.next(); ; next = await parts.next()) {
    if (next.done === true)
      return sendJson(response, 200, completionBody(head, seen, next.value.finish, next.value.usage));
    seen.push(next.value);
  }
};

/** Headers leave with the first part: an engine that fails while it reads the prompt still answers with a status. */
const streamAnswer: Writer = async (head, asked, parts, response) => {
  const chunks = createChunkWriter(head, asked.includeUsage);
  const write = async (text: string) => {
    if (!response.headersSent) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      });
      response.write(chunks.start());
    }
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  };
  for (let next = await parts.next(); ; next = await parts.next()) {
    if (next.done === true) {
      await write(chunks.finish(next.value.finish, next.value.usage));
      response.end();
      return;
    }
    await write(chunks.part(next.value));
  }
};

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_BODY_BYTES)
      throw new OpenAiError(413, chatWords.bodyTooLarge(MAX_BODY_BYTES / 2 ** 20), {
        code: 'body_too_large',
      });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** Before the first byte an error has a status; after it the only true thing to do is to cut the connection. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const refusal =
    error instanceof OpenAiError ? error : new OpenAiError(500, chatWords.failed, { code: 'engine_failed' });
  const retry = refusal.retryAfter === undefined ? undefined : { 'retry-after': String(refusal.retryAfter) };
  sendJson(response, refusal.status, refusal.wire, retry);
}
