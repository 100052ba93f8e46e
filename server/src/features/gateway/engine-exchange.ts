import type { ServerResponse } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

import { type Dispatcher, neverSent } from '../dispatch/index.ts';
import type { AnswerRelay } from './endpoint.ts';
import { CallerGone } from './request-body.ts';

/** An answer that is not streamed is held until its record is durable, so it has to fit. */
const MAX_WHOLE_BYTES = 64 * 1024 * 1024;
/** A caller that takes nothing for so long is gone. */
const STALLED_CALLER_MS = 60_000;

/** How the exchange ended, from the engine's side. */
export type ExchangeEnd =
  /** Not a byte of the request reached the engine. */
  | { readonly kind: 'unreachable'; readonly error: Error }
  | { readonly kind: 'gone' }
  /** Before anything was passed on. */
  | { readonly kind: 'broken'; readonly error: Error }
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly bytes: Buffer;
    }
  /** All events but the last have left. */
  | { readonly kind: 'streamed'; readonly relay: AnswerRelay; readonly error: Error | undefined };

/** What the call does with a stream while it runs. */
export interface StreamObserver {
  /** Once, before the first event: the head is to be written. */
  begin(headers: IncomingHttpHeaders): void;
  /** Bytes that were just sent. */
  sent(bytes: Buffer): void;
}

/**
 * One request to an engine and its answer, relayed with backpressure both ways. A caller that hangs up ends the
 * engine's work at once, in a stream and before one.
 */
export class EngineExchange implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #observer: StreamObserver;
  readonly #openRelay: () => AnswerRelay;
  readonly #settle: (end: ExchangeEnd) => void;
  #ended = false;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #relay: AnswerRelay | undefined;
  #chunks: Buffer[] = [];
  #length = 0;
  #stalled: NodeJS.Timeout | undefined;
  #answeredAt = 0;

  constructor(options: {
    response: ServerResponse;
    observer: StreamObserver;
    relay: () => AnswerRelay;
    end: (end: ExchangeEnd) => void;
  }) {
    this.#response = options.response;
    this.#observer = options.observer;
    this.#openRelay = options.relay;
    this.#settle = options.end;
  }

  /** `performance.now()` when the engine's head came; 0 before. */
  get answeredAt(): number {
    return this.#answeredAt;
  }

  /** The caller's connection is gone; if that was before the end, so is the call. */
  callerClosed(): void {
    if (!this.#ended) this.#controller?.abort(new CallerGone());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed) controller.abort(new CallerGone());
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#answeredAt = performance.now();
    this.#status = status;
    this.#headers = headers;
    if (status !== 200 || !headers['content-type']?.startsWith('text/event-stream')) return;
    this.#relay = this.#openRelay();
    this.#observer.begin(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#relay) {
      this.#length += chunk.length;
      if (this.#length > MAX_WHOLE_BYTES) controller.abort(new RangeError('the engine’s answer is too long'));
      else this.#chunks.push(chunk);
      return;
    }
    const bytes = this.#relay.push(chunk);
    if (!bytes) return;
    this.#observer.sent(bytes);
    if (!this.#response.write(bytes)) this.#waitForCaller(controller);
  }

  onResponseEnd(): void {
    this.#stopWaiting();
    if (this.#relay) return this.#end({ kind: 'streamed', relay: this.#relay, error: undefined });
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#length);
    this.#end({ kind: 'whole', status: this.#status, headers: this.#headers, bytes });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#stopWaiting();
    if (error instanceof CallerGone || this.#response.destroyed) this.#end({ kind: 'gone' });
    else if (this.#relay) this.#end({ kind: 'streamed', relay: this.#relay, error });
    else this.#end({ kind: neverSent(error) ? 'unreachable' : 'broken', error });
  }

  #end(end: ExchangeEnd): void {
    this.#ended = true;
    this.#settle(end);
  }

  #waitForCaller(controller: Dispatcher.DispatchController): void {
    controller.pause();
    this.#stalled ??= setTimeout(() => this.#response.destroy(), STALLED_CALLER_MS);
    this.#response.once('drain', () => {
      this.#stopWaiting();
      controller.resume();
    });
  }

  #stopWaiting(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
  }
}
