import { asSaid, clientWords, KulningError } from '@kulning/sdk';

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly error?: OpenAiError;
}

interface OpenAiError {
  readonly message?: string;
  readonly type?: string;
  readonly code?: string | null;
  readonly param?: string | null;
  /** What the gateway adds beside OpenAI's fields. */
  readonly kulning?: { readonly hint?: string };
}

/** The OpenAI error shape, as the one error of the console. */
export function errorOfOpenAi(error: OpenAiError, status: number): KulningError {
  const { message = `HTTP ${status}`, kulning: { hint } = {} } = error;
  return new KulningError({
    code: error.code ?? error.type ?? 'gateway.failed',
    status,
    // Clients that know no hint have it in the message; here it has a place of its own.
    text: asSaid({ message: hint === undefined ? message : message.replace(` ${hint}`, ''), hint }),
    retryable: status >= 500,
    ...(error.param && { path: error.param }),
  });
}

/** Lines of a byte stream, however the network cut it; a character split between two chunks stays whole. */
async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const reader = bytes
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/**
 * The words of a streamed chat completion (server-sent events, `data: {chunk}`, ended by `data: [DONE]`).
 * @throws KulningError for an error event, and `gateway.cut` for a stream that just ends.
 */
export async function* completionText(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  for await (const line of linesOf(bytes)) {
    if (!line.startsWith('data:')) continue;
    const data = line.slice('data:'.length).trim();
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error) throw errorOfOpenAi(chunk.error, 502);
    const text = chunk.choices?.[0]?.delta?.content;
    if (text) yield text;
  }
  throw new KulningError({
    code: 'gateway.cut',
    status: 502,
    text: clientWords.answerCut,
    retryable: true,
  });
}
