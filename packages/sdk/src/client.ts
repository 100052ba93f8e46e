import { clientWords } from './client-words.ts';
import type { ClientInput, Operation, OperationResult } from './contract/operation.ts';
import { KulningError, type ErrorBody } from './errors.ts';
import { asSaid, type Language } from './language.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:8470`, or the empty string in a page that the server itself served. */
  readonly baseUrl: string;
  /** An API key; a browser relies on its session cookie instead. */
  readonly key?: string | undefined;
  readonly language?: Language | undefined;
  /** Another transport, as for a unix socket. */
  readonly fetch?: typeof fetch | undefined;
  /** Milliseconds until a request is given up. */
  readonly timeoutMs?: number | undefined;
}

export interface Client {
  /**
   * Calls one operation of the contract and parses its answer.
   * @throws KulningError with the server's code, or `network.unreachable`, `network.timeout`, `answer.invalid`.
   */
  call<const O extends Operation>(operation: O, ...input: InputArguments<O>): Promise<OperationResult<O>>;
}

type InputArguments<O extends Operation> =
  object extends ClientInput<O> ? [input?: ClientInput<O>] : [input: ClientInput<O>];

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? fetch;
  return {
    async call(operation, ...[input]) {
      const response = await request(operation, (input ?? {}) as AnyInput, options, send);
      if (!response.ok) throw await errorOf(response);
      if (isStream(operation)) return response.body as never;
      if (operation.file !== undefined) return (await response.blob()) as never;
      const parsed = operation.result.safeParse(await response.json());
      if (!parsed.success) {
        throw new KulningError({
          code: 'answer.invalid',
          status: 502,
          text: clientWords.answerUnfit(operation.id),
          cause: parsed.error,
        });
      }
      return parsed.data as never;
    },
  };
}

/** An answer without an end, which is read as it comes. */
const isStream = ({ file }: Operation) => file?.startsWith('text/event-stream') === true;

async function request(
  operation: Operation,
  input: AnyInput,
  options: ClientOptions,
  send: typeof fetch,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'x-kulning-csrf': '1' };
  if (options.key !== undefined) headers.authorization = `Bearer ${options.key}`;
  if (options.language !== undefined) headers['accept-language'] = options.language;
  if (input.body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await send(options.baseUrl + pathOf(operation, input), {
      method: operation.method,
      headers,
      signal: isStream(operation) ? null : AbortSignal.timeout(options.timeoutMs ?? 60_000),
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
    });
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw new KulningError({
      code: timedOut ? 'network.timeout' : 'network.unreachable',
      status: 503,
      text: timedOut ? clientWords.timedOut(options.baseUrl) : clientWords.unreachable(options.baseUrl),
      retryable: true,
      cause,
    });
  }
}

/** The URL path and query of one request; a query value that is an array is repeated. */
export function pathOf(operation: Operation, input: AnyInput): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(input.params?.[name] ?? ''),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value])
      if (item !== undefined && item !== null) query.append(name, String(item));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

async function errorOf(response: Response): Promise<KulningError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    return new KulningError({ ...error, status: response.status, text: asSaid(error) });
  } catch (cause) {
    return new KulningError({
      code: 'answer.invalid',
      status: response.status,
      text: clientWords.answerUnreadable(response.status),
      cause,
    });
  }
}
