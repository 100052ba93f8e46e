import { type Dispatcher, Pool } from 'undici';

import { KulningError } from '@kulning/sdk';

import type { EngineEndpoint } from '../../core/engine/engine.ts';
import { isPlacement, type Placement } from '../../core/placement/decide.ts';
import { guardedLookup } from '../../platform/engine-host/engine-address.ts';

const CONNECT_TIMEOUT_MS = 3_000;
/** A model may think long before its first token, and pause between two. */
const FIRST_BYTE_TIMEOUT_MS = 300_000;
const IDLE_TIMEOUT_MS = 120_000;
/**
 * An idle connection is given up well before the engine would: one that closes just as a call is put on it costs that
 * call, because nobody can tell whether it arrived. uvicorn and node close after 5 s.
 */
const KEEP_ALIVE_MS = 2_500;

export interface EngineRequest {
  /** Below the engine's base path: `/chat/completions`. */
  readonly path: string;
  readonly body: Buffer;
  readonly requestId: string;
  readonly traceparent?: string | undefined;
}

/**
 * Connections to engines, and the only code that sends to one. A pool opens as many connections as there are calls:
 * how many that may be is decided before (`slots`), so that no call waits in a queue that nobody sees.
 */
export class EnginePools {
  readonly #pools = new Map<string, { readonly endpoint: EngineEndpoint; readonly pool: Dispatcher }>();

  /** @throws TypeError for anything but what `decide` made */
  send(
    placement: Placement,
    endpoint: EngineEndpoint,
    request: EngineRequest,
    handler: Dispatcher.DispatchHandler,
  ): void {
    if (!isPlacement(placement)) throw new TypeError('only a placement opens the way to an engine');
    const headers = ['content-type', 'application/json', 'x-request-id', request.requestId];
    if (endpoint.authorization !== undefined) headers.push('authorization', endpoint.authorization);
    if (request.traceparent !== undefined) headers.push('traceparent', request.traceparent);
    const pool = this.#poolOf(placement.deploymentId, endpoint);
    pool.dispatch(
      { path: endpoint.basePath + request.path, method: 'POST', headers, body: request.body },
      handler,
    );
  }

  /** Closes the pools of deployments that are gone; answers that are under way end first. */
  keepOnly(endpoints: ReadonlyMap<string, EngineEndpoint>): void {
    for (const [deploymentId, { pool }] of this.#pools)
      if (!endpoints.has(deploymentId)) {
        this.#pools.delete(deploymentId);
        void pool.close();
      }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.destroy()));
    this.#pools.clear();
  }

  #poolOf(deploymentId: string, endpoint: EngineEndpoint): Dispatcher {
    const known = this.#pools.get(deploymentId);
    if (known && sameOrigin(known.endpoint, endpoint)) return known.pool;
    if (known) void known.pool.close();
    const pool = openPool(endpoint);
    this.#pools.set(deploymentId, { endpoint, pool });
    return pool;
  }
}

function openPool({ origin }: EngineEndpoint): Dispatcher {
  const common = {
    pipelining: 1,
    headersTimeout: FIRST_BYTE_TIMEOUT_MS,
    bodyTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: 60_000,
    keepAliveTimeoutThreshold: 5_000 - KEEP_ALIVE_MS,
  };
  return 'socketPath' in origin
    ? new Pool('http://engine', {
        ...common,
        connect: { socketPath: origin.socketPath, timeout: CONNECT_TIMEOUT_MS },
      })
    : new Pool(origin.url, { ...common, connect: { lookup: guardedLookup, timeout: CONNECT_TIMEOUT_MS } });
}

function sameOrigin(a: EngineEndpoint, b: EngineEndpoint): boolean {
  if ('socketPath' in a.origin)
    return 'socketPath' in b.origin && a.origin.socketPath === b.origin.socketPath;
  return 'url' in b.origin && a.origin.url === b.origin.url;
}

/** The request never left: another engine may be asked without repeating anything. */
export function neverSent(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return (
    error instanceof KulningError ||
    [
      'ECONNREFUSED',
      'ENOENT',
      'EACCES',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'UND_ERR_CONNECT_TIMEOUT',
    ].some((each) => each === code)
  );
}
