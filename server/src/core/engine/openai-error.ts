/** Type names as OpenAI's clients know them: they decide which exception class a program sees. */
export type OpenAiErrorType =
  | 'invalid_request_error'
  | 'server_error'
  | 'rate_limit_error'
  | 'authentication_error';

export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: OpenAiErrorType;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A refusal in the words of the OpenAI API, before the first byte of an answer. */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';
  readonly status: number;
  readonly body: OpenAiErrorBody;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    message: string,
    more: {
      readonly code?: string;
      readonly param?: string;
      readonly type?: OpenAiErrorType;
      readonly retryAfter?: number;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.retryAfter = more.retryAfter;
    const type = more.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
    this.body = { error: { message, type, param: more.param ?? null, code: more.code ?? null } };
  }
}

/** @param counted `all` of the prompt, or `some`: counting stopped when the answer was clear */
export function promptTooLong(
  promptTokens: number,
  contextTokens: number,
  counted: 'all' | 'some' = 'all',
): OpenAiError {
  const has = counted === 'all' ? promptTokens : `more than ${promptTokens}`;
  return new OpenAiError(400, `prompt has ${has} tokens, the model takes ${contextTokens}`, {
    code: 'context_length_exceeded',
    param: 'messages',
  });
}

/** Counts as servers word them: llama-server in fields, vLLM and others in a sentence. */
const CONTEXT_SENTENCE =
  /maximum context length (?:is|of) (\d+) tokens.*?(?:requested|contains at least|has) (\d+)/isu;

/**
 * What another server said, in our words: one code for a prompt that is too long, whoever refuses it, and an OpenAI
 * body for a server that answers in its own shape. The server's message is kept.
 */
export function normaliseEngineError(status: number, text: string): OpenAiError {
  const body = parseObject(text);
  const error = isObject(body?.['error']) ? body['error'] : body;
  const message =
    typeof error?.['message'] === 'string' ? error['message'] : (messageOf(error) ?? text.slice(0, 500));
  const promptTokens = error?.['n_prompt_tokens'];
  const contextTokens = error?.['n_ctx'];
  if (typeof promptTokens === 'number' && typeof contextTokens === 'number')
    return promptTooLong(promptTokens, contextTokens);
  const said = CONTEXT_SENTENCE.exec(message);
  if (status === 400 && said !== null) return promptTooLong(Number(said[2]), Number(said[1]));
  const code = typeof error?.['code'] === 'string' ? error['code'] : undefined;
  const param = typeof error?.['param'] === 'string' ? error['param'] : undefined;
  return new OpenAiError(status, message === '' ? `the engine answered ${status}` : message, {
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
    ...(status === 429 && { type: 'rate_limit_error' }),
    ...(status === 401 && { type: 'authentication_error' }),
  });
}

function messageOf(error: Readonly<Record<string, unknown>> | undefined): string | undefined {
  for (const field of ['error', 'detail']) if (typeof error?.[field] === 'string') return error[field];
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
