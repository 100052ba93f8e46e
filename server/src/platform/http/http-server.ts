import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

import { KulningError } from '@kulning/sdk';

import { httpWords } from './http-words.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface HttpServer {
  readonly url: string;
  /** Stops taking connections, lets running requests end for at most `drainMs`, then cuts them. */
  close(drainMs: number): Promise<void>;
}

/** Slow clients are cut: headers within 10 s, the whole request within 60 s (Slowloris), give or take the interval. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16_384,
};

const mostConnections = 2_000;

/**
 * Serves an application on TCP or on a unix socket (`address` a path).
 * @param before takes a request the application must not see (a forwarded stream) and says so by returning true
 * @throws KulningError `port.taken` with the setting that moves it
 */
export async function serveHttp(
  app: Hono,
  address: ListenAddress | string,
  setting: string,
  before: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<HttpServer> {
  const listener = getRequestListener(app.fetch);
  const server = createServer(limits, (request, response) => {
    if (!before(request, response)) void listener(request, response);
  });
  server.maxConnections = mostConnections;
  if (typeof address === 'string') await removeDeadSocket(address);
  await listen(server, address, setting);
  const bound = server.address() as AddressInfo | string;
  return {
    url: typeof bound === 'string' ? bound : `http://${hostInUrl(bound)}:${bound.port}`,
    close: (drainMs) => closeServer(server, drainMs),
  };
}

/** A process that was killed leaves its socket's file behind; one that still answers keeps it. */
function removeDeadSocket(path: string): Promise<void> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve();
    });
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ECONNREFUSED') rmSync(path, { force: true });
      resolve();
    });
  });
}

/** Binds; a taken port or a forbidden one becomes an error that names the setting. */
export function listen(server: Server, address: ListenAddress | string, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = typeof address === 'string' ? address : `${address.host}:${address.port}`;
      const taken = cause.code === 'EADDRINUSE';
      reject(
        new KulningError({
          code: taken ? 'port.taken' : 'port.refused',
          status: 500,
          path: setting,
          text: taken
            ? httpWords.portTaken(where, setting)
            : httpWords.portRefused(where, cause.code ?? cause.name, setting),
          cause,
        }),
      );
    });
    server.listen(typeof address === 'string' ? { path: address } : address, resolve);
  });
}

export async function closeServer(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(cut);
}

function hostInUrl(address: AddressInfo): string {
  return address.family === 'IPv6' ? `[${address.address}]` : address.address;
}
