import type { HandlerInput, Language, Operation, OperationResult, Scope } from '@kulning/sdk';

/** Who asks. Made by the identity slice from a session, a key or the local socket; never by a handler. */
export interface Caller {
  readonly kind: 'session' | 'key' | 'socket' | 'stranger';
  readonly userId: string | undefined;
  readonly keyId: string | undefined;
  /** The organisation the call acts in; a stranger has none. */
  readonly organisationId: string | undefined;
  readonly scopes: ReadonlySet<Scope>;
  readonly language: Language;
}

/** A caller that the router has let through: it holds the operation's scope and acts in an organisation. */
export interface AuthorisedCaller extends Caller {
  readonly organisationId: string;
}

export interface RouteContext {
  readonly caller: AuthorisedCaller;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Whether the credential would still let the caller through; for answers that take their time. */
  stillAuthorised(): Promise<boolean>;
  /** Set-Cookie lines to send with the answer (sessions only). */
  readonly cookies: string[];
  /** Lower-case request headers. */
  header(name: string): string | undefined;
}

export interface Route {
  readonly operation: Operation;
  handle(input: HandlerInput<Operation>, context: RouteContext): Promise<unknown>;
}

/** Ties a row of the contract to the code that serves it; the types of both must agree. A `file` operation returns a `Blob`, a string or a stream. */
export function route<const O extends Operation>(
  operation: O,
  handle: (input: HandlerInput<O>, context: RouteContext) => Promise<OperationResult<O>>,
): Route {
  return { operation, handle };
}
