import { languages, type Language, type Words } from '../policy/rule.ts';
import { engineErrorWords } from './engine-error-words.ts';

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

/** What an error says besides its message. */
interface OpenAiErrorDetails {
  readonly code?: string;
  readonly param?: string;
  readonly type?: OpenAiErrorType;
  readonly retryAfter?: number;
}

/**
 * A refusal in the shape of the OpenAI API, before the first byte of an answer. Who throws it knows the caller's language
 * and says it in that, or does not and says it in each; then `in` chooses, where the language is known.
 */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';
  readonly status: number;
  readonly body: OpenAiErrorBody;
  /** The message in each language; undefined where one was chosen already. */
  readonly said: Words | undefined;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(status: number, said: string | Words, more: OpenAiErrorDetails = {}) {
    const message = typeof said === 'string' ? said : said.en;
    super(message);
    this.said = typeof said === 'string' ? undefined : said;
    this.status = status;
    this.retryAfter = more.retryAfter;
    const type = more.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
    this.body = { error: { message, type, param: more.param ?? null, code: more.code ?? null } };
  }

  in(language: Language): OpenAiError {
    if (this.said === undefined || language === 'en') return this;
    const { type, param, code } = this.body.error;
    return new OpenAiError(this.status, this.said[language], {
      type,
      ...(param !== null && { param }),
      ...(code !== null && { code }),
      ...(this.retryAfter !== undefined && { retryAfter: this.retryAfter }),
    });
  }

  /** For another process of Kulning, which knows the caller's language. */
  get wire(): object {
    return { error: { ...this.body.error, ...(this.said && { said: this.said }) } };
  }
}

/** @param counted `all` of the prompt, or `some`: counting stopped when the answer was clear */
export function promptTooLong(
  promptTokens: number,
  contextTokens: number,
  counted: 'all' | 'some' = 'all',
  param = 'messages',
): OpenAiError {
  const words = counted === 'all' ? engineErrorWords.promptTooLong : engineErrorWords.promptMuchTooLong;
  return new OpenAiError(400, words(promptTokens, contextTokens), {
    code: 'context_length_exceeded',
    param,
  });
}

/** Counts as servers word them: llama-server in fields, vLLM and others in a sentence. */
const CONTEXT_SENTENCE =
  /maximum context length (?:is|of) (\d+) tokens.*?(?:requested|contains at least|has) (\d+)/isu;

/**
 * What llama-server answers 500 to although the request is at fault (its handler knows one kind of exception as the
 * caller's; tools/server/server.cpp, `ex_wrapper`): a body that is no JSON, media that the model cannot take,
 * arguments of past calls that are no JSON, and texts to embed that are too long.
 */
const CALLERS_FAULT =
  /^\[json\.exception\.|^Failed to parse (?:messages|tools|tool call arguments)|(?:image|audio|video) input is not supported|^Failed to load image|^Invalid base64|^input \(\d+ tokens\) is too large to process/u;

/** llama-server's, of a text to embed or rank: it must be one batch. */
const POOLED_SENTENCE = /^input \((\d+) tokens\) is too large to process.*batch size: (\d+)/su;

/** The status that an engine's error means: 400 for what it should have answered so. */
export function meantStatus(status: number, text: string): number {
  if (status !== 500) return status;
  const error = parseObject(text)?.['error'];
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : '';
  return CALLERS_FAULT.test(message) ? 400 : status;
}

/**
 * What another server said, in our words: one code for a prompt that is too long, whoever refuses it, and an OpenAI
 * body for a server that answers in its own shape. The server's message is kept; an engine of ours says it in each language.
 */
export function normaliseEngineError(answered: number, text: string): OpenAiError {
  const status = meantStatus(answered, text);
  const body = parseObject(text);
  const error = isObject(body?.['error']) ? body['error'] : body;
  const message =
    typeof error?.['message'] === 'string' ? error['message'] : (messageOf(error) ?? text.slice(0, 500));
  const promptTokens = error?.['n_prompt_tokens'];
  const contextTokens = error?.['n_ctx'];
  if (typeof promptTokens === 'number' && typeof contextTokens === 'number')
    return promptTooLong(promptTokens, contextTokens);
  const pooled = POOLED_SENTENCE.exec(message);
  if (pooled !== null) return promptTooLong(Number(pooled[1]), Number(pooled[2]), 'all', 'input');
  const said = CONTEXT_SENTENCE.exec(message);
  if (status === 400 && said !== null) return promptTooLong(Number(said[2]), Number(said[1]));
  const code = typeof error?.['code'] === 'string' ? error['code'] : undefined;
  const param = typeof error?.['param'] === 'string' ? error['param'] : undefined;
  const own = message === '' ? engineErrorWords.answered(status) : wordsOf(error?.['said']);
  return new OpenAiError(status, own ?? message, {
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
    ...(status === 429 && { type: 'rate_limit_error' }),
    ...(status === 401 && { type: 'authentication_error' }),
  });
}

function wordsOf(said: unknown): Words | undefined {
  return isObject(said) && languages.every((each) => typeof said[each] === 'string')
    ? (said as Words)
    : undefined;
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
