import { Hono, type Context } from 'hono';
import type { z } from 'zod';

import {
  acceptedLanguage,
  KulningError,
  type Language,
  openApiDocument,
  type Operation,
  problemWords,
} from '@kulning/sdk';

import type { IdSource } from '../../core/id.ts';
import { issueSentence } from '../issue-words.ts';
import type { Logger } from '../log/logger.ts';
import { httpWords } from './http-words.ts';
import type { AuthorisedCaller, Caller, Route, RouteContext } from './route.ts';

export interface ApiOptions {
  readonly routes: readonly Route[];
  /** Finds out who asks. Throws `auth.*` for a credential that is wrong; a stranger is no error. */
  readonly identify: (header: (name: string) => string | undefined) => Promise<Caller>;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly maxBodyBytes: number;
  readonly version: string;
  /** For a stranger who asks for none. */
  readonly language: Language;
}

/** The admin API: each route checked, parsed and authorised by its row of the contract, then handed over. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono({ strict: false });
  const seen = new Set<string>();
  const operations = options.routes.map(({ operation }) => operation);
  for (const route of options.routes) {
    const { method, path } = route.operation;
    if (seen.has(`${method} ${path}`)) throw new Error(`two routes serve ${method} ${path}`);
    seen.add(`${method} ${path}`);
    app.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => serve(route, c, options));
  }
  const document = JSON.stringify(openApiDocument(operations, options.version));
  app.get('/openapi.json', (c) => c.body(document, 200, { 'content-type': 'application/json' }));
  app.all('/api/*', (c) => {
    const id = options.ids.next('request');
    return answerError(
      c,
      id,
      new KulningError({
        code: 'route.unknown',
        status: 404,
        text: httpWords.routeUnknown(c.req.method, c.req.path),
      }),
      acceptedLanguage(c.req.header('accept-language')) ?? options.language,
    );
  });
  return app;
}

async function serve(route: Route, c: Context, options: ApiOptions): Promise<Response> {
  const requestId = options.ids.next('request');
  const started = performance.now();
  const header = (name: string) => c.req.header(name);
  let language = acceptedLanguage(header('accept-language')) ?? options.language;
  try {
    const found = await options.identify(header);
    ({ language } = found);
    const caller = authorise(found, route.operation, c);
    const input = {
      params: parse(route.operation.params, c.req.param(), 'params'),
      query: parse(route.operation.query, c.req.query(), 'query'),
      body: parse(
        route.operation.body,
        route.operation.body && (await readBody(c.req.raw, options.maxBodyBytes)),
        'body',
      ),
    };
    const context: RouteContext = {
      caller,
      requestId,
      signal: c.req.raw.signal,
      stillAuthorised: () => isStillAuthorised(caller, route.operation, c, options),
      cookies: [],
      header,
    };
    const result = await route.handle(input as Parameters<Route['handle']>[0], context);
    for (const cookie of context.cookies) c.header('set-cookie', cookie, { append: true });
    c.header('x-request-id', requestId);
    c.header('cache-control', 'no-store');
    options.log.info('api.request', {
      requestId,
      operation: route.operation.id,
      status: 200,
      ms: Math.round(performance.now() - started),
    });
    if (route.operation.file !== undefined)
      return new Response(result as BodyInit, {
        headers: { ...Object.fromEntries(c.res.headers), 'content-type': route.operation.file },
      });
    return c.json(result as object);
  } catch (cause) {
    const error = cause instanceof KulningError ? cause : unexpected(cause);
    const fields = { requestId, operation: route.operation.id, status: error.status, errorCode: error.code };
    if (error.status >= 500) options.log.error('api.failed', cause, fields);
    else options.log.info('api.refused', fields);
    return answerError(c, requestId, error, language);
  }
}

function authorise(caller: Caller, operation: Operation, c: Context): AuthorisedCaller {
  if (caller.kind === 'session' && c.req.method !== 'GET' && c.req.header('x-kulning-csrf') !== '1') {
    throw new KulningError({
      code: 'auth.csrf',
      status: 403,
      text: httpWords.csrf,
    });
  }
  if (operation.scope === 'none') return { ...caller, organisationId: caller.organisationId ?? '' };
  if (caller.organisationId === undefined) {
    throw new KulningError({
      code: 'auth.required',
      status: 401,
      text: httpWords.authRequired,
    });
  }
  if (!caller.scopes.has(operation.scope)) {
    throw new KulningError({
      code: 'auth.scope',
      status: 403,
      text: httpWords.scopeMissing(operation.scope),
    });
  }
  return { ...caller, organisationId: caller.organisationId };
}

/** In the same organisation, with the same right. When nobody can tell, it is not. */
async function isStillAuthorised(
  { organisationId }: AuthorisedCaller,
  operation: Operation,
  c: Context,
  { identify, log }: ApiOptions,
): Promise<boolean> {
  try {
    const found = authorise(await identify((name) => c.req.header(name)), operation, c);
    return found.organisationId === organisationId;
  } catch (cause) {
    if (!(cause instanceof KulningError) || cause.status >= 500) log.error('api.not_identified', cause);
    return false;
  }
}

function parse(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const path = [part, ...issue.path].map(String).join('.');
  const field = issue.path.length === 0 ? part : issue.path.map(String).join('.');
  const { en, fr, sv } = issueSentence(issue, field, Object.values(problemWords));
  throw new KulningError({
    code: 'request.invalid',
    status: 400,
    path,
    text: {
      en: { message: en, hint: httpWords.requestInvalid.en },
      fr: { message: fr, hint: httpWords.requestInvalid.fr },
      sv: { message: sv, hint: httpWords.requestInvalid.sv },
    },
  });
}

/** Reads at most `limit` bytes, then stops reading: an oversized body is refused before it is held. */
async function readBody(request: Request, limit: number): Promise<unknown> {
  const tooLarge = new KulningError({
    code: 'request.too_large',
    status: 413,
    text: httpWords.tooLarge(limit),
  });
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks, size).toString('utf8'));
  } catch (cause) {
    throw new KulningError({
      code: 'request.not_json',
      status: 400,
      text: notJson(cause),
      cause,
    });
  }
}

function notJson(cause: unknown) {
  const position = cause instanceof SyntaxError ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
  return position === undefined ? httpWords.notJson : httpWords.notJsonAt(position);
}

function unexpected(cause: unknown): KulningError {
  return new KulningError({
    code: 'internal',
    status: 500,
    text: httpWords.internal,
    retryable: true,
    cause,
  });
}

function answerError(c: Context, requestId: string, error: KulningError, language: Language): Response {
  c.header('x-request-id', requestId);
  c.header('cache-control', 'no-store');
  if (error.retryable && error.status === 503) c.header('retry-after', '2');
  return c.json(error.toBody(language, requestId), error.status as 400);
}
