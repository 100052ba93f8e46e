import type { z } from 'zod';

import type { Scope } from './scopes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One row of the API. Routes, validation, authorisation, OpenAPI, the typed client and the CLI's flags all come
 * from it, so nothing about an operation is written twice.
 */
export interface Operation {
  /** `area.verb`, unique: `sites.list`. The client exposes it as `client.sites.list`. */
  readonly id: string;
  readonly method: Method;
  /** `/api/v1/...` with `{name}` for each path parameter. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** What the caller must hold; `none` for what a stranger may ask (health, claim, login). */
  readonly scope: Scope | 'none';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly result: z.ZodType;
  /** The answer is a file: its bytes are passed on as they are, with this media type. */
  readonly file?: string;
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;
type Given<T> = T extends z.ZodType ? z.input<T> : undefined;

/** What a handler receives: parsed, defaults applied. */
export interface HandlerInput<O extends Operation> {
  readonly params: Parsed<O['params']>;
  readonly query: Parsed<O['query']>;
  readonly body: Parsed<O['body']>;
}

/** What a client passes: only the parts that the operation has. */
export type ClientInput<O extends Operation> = (O['params'] extends z.ZodType
  ? { params: Given<O['params']> }
  : object) &
  (O['query'] extends z.ZodType ? { query?: Given<O['query']> } : object) &
  (O['body'] extends z.ZodType ? { body: Given<O['body']> } : object);

export type OperationResult<O extends Operation> = z.output<O['result']>;

/** Keeps the literal types of a row. */
export function op<const O extends Operation>(operation: O): O {
  return operation;
}
