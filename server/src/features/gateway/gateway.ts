import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Scope } from '@kulning/sdk';

import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { IdSource } from '../../core/id.ts';
import { closeServer, listen, type ListenAddress } from '../../platform/http/http-server.ts';
import {
  assertFresh,
  authorise,
  type CallContext,
  classOf,
  patienceOf,
  purposeOf,
  toOpenAiError,
} from './call-context.ts';
import { CallFlow, type CallFlowDeps } from './call-flow.ts';
import type { Endpoint } from './endpoint.ts';
import { absentPaths, endpoints } from './endpoints.ts';
import type { SpanCounts } from '../../platform/telemetry/span-exporter.ts';
import { parseTraceParent } from '../../platform/telemetry/trace-context.ts';
import { languageOf, say } from './gateway-words.ts';
import type { InnerAnswer, InnerCall } from './inner-call.ts';
import { InnerCalls } from './inner-calls.ts';
import { modelBytes, modelListBytes } from './model-list.ts';
import { openAiErrors, retryAfterOf, sendJson } from './openai-answer.ts';
import { readHead, type RequestHead } from './request-head.ts';
import { type FoundResource, type Resource, resourceAt, resourceCall } from './resource.ts';
import { SlowBodies } from './slow-bodies.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import { keyDigest, type Snapshot } from './snapshot.ts';

export interface GatewayDeps extends CallFlowDeps {
  readonly snapshots: Pick<SnapshotKeeper, 'current' | 'ageMs' | 'renew' | 'wasRevoked'>;
  readonly ids: IdSource;
  /** A receipt of the organisation, or undefined; off the hot path. */
  readonly receiptOf: (organisationId: string, id: string) => Promise<object | undefined>;
  readonly spoolFreeBytes: () => number;
  /** Of those who export spans of this gateway's calls. */
  readonly spans?: () => readonly (SpanCounts | undefined)[];
  /** Files, batches: whatever ends here and not at an engine. */
  readonly resources?: readonly Resource[];
}

export interface Gateway {
  /** @throws KulningError `port.taken` */
  listen(address: ListenAddress): Promise<{ url: string }>;
  /** Makes a call for a key whose owner is not connected. @throws KeyGone; the signal's reason */
  ask(call: InnerCall): Promise<InnerAnswer>;
  /** Stops taking calls, lets running answers end for at most `drainMs`, then cuts them; each is settled. */
  close(drainMs: number): Promise<void>;
}

/**
 * Against slow and greedy clients: the head within 10 s and 16 kB, the whole request within 60 s, and a bounded
 * number of connections.
 */
const serverOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
  noDelay: true,
};
const MAX_CONNECTIONS = 10_000;

/** How a key of Kulning looks: only such a one can be a moment old. */
const KEY = /^kln_[\w-]{43}$/;

/** The OpenAI-compatible API. */
export function createGateway(deps: GatewayDeps): Gateway {
  const running = new Set<Promise<void>>();
  const inner = new InnerCalls(deps);
  const slow = new SlowBodies();
  let draining = false;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const served = new GatewayRequest(deps, request, response, draining, running.size, slow).serve();
    running.add(served);
    void served.finally(() => running.delete(served));
  };
  const server = createServer(serverOptions, serve);
  // Without this, node would say "continue" before anyone looked at where the data may go.
  server.on('checkContinue', serve);
  server.maxConnections = MAX_CONNECTIONS;
  slow.watch(server);
  return {
    async listen(address) {
      await listen(server, address, 'gateway.port');
      return { url: urlOf(server) };
    },
    ask: (call) => inner.ask(call),
    async close(drainMs) {
      draining = true;
      await closeServer(server, drainMs);
      await Promise.allSettled(running);
    },
  };
}

/** One request, routed. */
class GatewayRequest {
  readonly #deps: GatewayDeps;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #draining: boolean;
  readonly #inFlight: number;
  readonly #slow: SlowBodies;
  readonly #begunAt = performance.now();

  constructor(
    deps: GatewayDeps,
    request: IncomingMessage,
    response: ServerResponse,
    draining: boolean,
    inFlight: number,
    slow: SlowBodies,
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#response = response;
    this.#draining = draining;
    this.#inFlight = inFlight;
    this.#slow = slow;
  }

  /** Never rejects: whatever happens, the caller gets an answer. */
  async serve(): Promise<void> {
    const head = readHead(this.#request);
    try {
      try {
        await this.#route(head);
      } catch (error) {
        await this.#routeYoungKey(head, error);
      }
    } catch (error) {
      const told = toOpenAiError(error, languageOf(head.acceptLanguage, 'en'));
      if (told.status >= 500 && !(error instanceof OpenAiError))
        this.#deps.log.error('gateway.request_failed', error);
      this.#deps.metrics.rejected(told.status);
      if (this.#response.headersSent || this.#response.destroyed) return;
      const headers = [...this.#mark(), ...retryAfterOf(told)];
      const [path = ''] = (this.#request.url ?? '').split('?', 1);
      const { whole } = endpoints.get(path)?.errors ?? openAiErrors;
      sendJson(this.#response, told.status, whole(told), [...headers, ...this.#closing()]);
    }
  }

  /** A key that was made a moment ago is looked for once more. Nothing of the request was read by then. */
  async #routeYoungKey(head: RequestHead, error: unknown): Promise<void> {
    const { snapshots } = this.#deps;
    const unknown = error instanceof OpenAiError && error.body.error.code === 'invalid_api_key';
    const { bearer = '' } = head;
    if (!unknown || !KEY.test(bearer) || snapshots.wasRevoked(keyDigest(bearer))) throw error;
    await snapshots.renew();
    await this.#route(head);
  }

  #route(head: RequestHead): Promise<void> | void {
    const { method = '' } = this.#request;
    const [path = ''] = (this.#request.url ?? '').split('?', 1);
    if (head.hosts > 1)
      throw new OpenAiError(400, say('hostTwice', languageOf(head.acceptLanguage, 'en')), {
        code: 'host_twice',
      });
    const endpoint = method === 'POST' ? endpoints.get(path) : undefined;
    if (endpoint) return this.#call(head, endpoint);
    const absent = method === 'POST' ? absentPaths.get(path) : undefined;
    if (absent) {
      authorise(head, this.#snapshot(head), 'calls:create', this.#deps.now());
      const told = say(absent, languageOf(head.acceptLanguage, 'en'));
      throw new OpenAiError(404, told, { code: 'endpoint_absent' });
    }
    if (method === 'GET') {
      if (path === '/v1/models' || path.startsWith('/v1/models/'))
        return this.#models(head, path.slice('/v1/models/'.length));
      if (path.startsWith('/v1/receipts/')) return this.#receipt(head, path.slice('/v1/receipts/'.length));
      if (path === '/healthz') return this.#text(200, 'ok\n');
      if (path === '/readyz') return this.#readiness();
      if (path === '/metrics') return this.#metrics();
    }
    const found = resourceAt(this.#deps.resources ?? [], method, path);
    if (found) return this.#resource(head, found);
    const words = say('pathUnknown', languageOf(head.acceptLanguage, 'en'), {
      method,
      path: path.slice(0, 200),
    });
    throw new OpenAiError(404, words, { code: 'path_unknown' });
  }

  #call(head: RequestHead, endpoint: Endpoint): Promise<void> {
    const call = new CallFlow(this.#context(head, 'calls:create'), endpoint, this.#deps);
    return call.run().catch((error: unknown) => call.fail(error));
  }

  /** Who asks, and how their data is to be treated: all that the head tells. */
  #context(head: RequestHead, scope: Scope): CallContext {
    const { ids, snapshots } = this.#deps;
    const snapshot = this.#snapshot(head);
    if (this.#draining)
      throw new OpenAiError(503, say('draining', languageOf(head.acceptLanguage, 'en')), {
        code: 'draining',
        retryAfter: 1,
      });
    const authorised = authorise(head, snapshot, scope, this.#deps.now());
    const dataClass = classOf(head, authorised);
    assertFresh(snapshots.ageMs(), dataClass, authorised.language);
    return {
      key: authorised.key,
      organisation: authorised.organisation,
      language: authorised.language,
      request: this.#request,
      response: this.#response,
      snapshot,
      callId: ids.next('call'),
      begunAt: this.#begunAt,
      dataClass,
      purpose: purposeOf(head, authorised),
      subjects: head.subjects,
      patience: patienceOf(head),
      repeatable: head.repeatable,
      announced: head.announced,
      trace: head.traceparent === undefined ? undefined : parseTraceParent(head.traceparent),
    };
  }

  async #resource(head: RequestHead, { resource, params }: FoundResource): Promise<void> {
    const context = this.#context(head, resource.scope);
    const call = resourceCall(context, params, this.#deps.dispatch);
    const serve = () => resource.serve(call);
    try {
      await (resource.slowBody === true ? this.#slow.during(this.#request.socket, serve) : serve());
    } catch (error) {
      const told = toOpenAiError(error, context.language);
      if (told.status >= 500) this.#deps.log.error('gateway.request_failed', error);
      // Half an answer ends the connection: it must not look whole.
      if (this.#response.headersSent) return void this.#response.destroy();
      throw told;
    }
  }

  #models(head: RequestHead, id: string): void {
    const snapshot = this.#snapshot(head);
    const { language } = authorise(head, snapshot, 'models:read', this.#deps.now());
    const bytes =
      id === '' ? modelListBytes(snapshot) : modelBytes(snapshot, decodeURIComponent(id), language);
    sendJson(this.#response, 200, bytes, this.#mark());
  }

  async #receipt(head: RequestHead, id: string): Promise<void> {
    const { organisation, language } = authorise(
      head,
      this.#snapshot(head),
      'receipts:read',
      this.#deps.now(),
    );
    const receipt = await this.#deps.receiptOf(organisation.id, id);
    if (!receipt)
      throw new OpenAiError(404, say('receiptUnknown', language, { id: id.slice(0, 80) }), {
        code: 'receipt_unknown',
      });
    sendJson(this.#response, 200, Buffer.from(JSON.stringify(receipt)), this.#mark());
  }

  #readiness(): void {
    const ready =
      !this.#draining && this.#deps.snapshots.current !== undefined && this.#deps.spoolFreeBytes() > 0;
    this.#text(ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
  }

  #metrics(): void {
    const { metrics, snapshots, spoolFreeBytes } = this.#deps;
    const text = metrics.text({
      inFlight: this.#inFlight,
      snapshotAgeSeconds: snapshots.ageMs() / 1000,
      spoolFreeBytes: spoolFreeBytes(),
      spans: this.#deps.spans?.() ?? [],
    });
    this.#text(200, text, 'text/plain; version=0.0.4; charset=utf-8');
  }

  #text(status: number, text: string, type = 'text/plain; charset=utf-8'): void {
    this.#response.writeHead(status, [
      'content-type',
      type,
      'content-length',
      String(Buffer.byteLength(text)),
    ]);
    this.#response.end(text);
  }

  #snapshot(head: RequestHead): Snapshot {
    const { current } = this.#deps.snapshots;
    if (current) return current;
    throw new OpenAiError(503, say('notReady', languageOf(head.acceptLanguage, 'en')), {
      code: 'not_ready',
      retryAfter: 1,
    });
  }

  /** Headers of an answer that is no call's: all of the time is Kulning's own. */
  #mark(): string[] {
    const overheadUs = String(Math.round((performance.now() - this.#begunAt) * 1000));
    return ['x-request-id', this.#deps.ids.next('request'), 'x-kulning-overhead-us', overheadUs];
  }

  /** A body that nobody read would be taken for the next request. */
  #closing(): string[] {
    return this.#request.method === 'POST' && !this.#request.complete ? ['connection', 'close'] : [];
  }
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
