import { request as open, type IncomingMessage, type ServerResponse } from 'node:http';

import { acceptedLanguage, KulningError } from '@kulning/sdk';

import { httpWords } from './http-words.ts';

/**
 * Hands requests under `/v1/` to the gateway, so that the console's page speaks to one origin. Bytes pass through as
 * they come, both ways; a browser that goes away ends the gateway's call too.
 */
export function createGatewayForwarder(
  gatewayUrl: () => string | undefined,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (!request.url?.startsWith('/v1/')) return false;
    const base = gatewayUrl();
    if (base === undefined) refuse(request, response);
    else forward(base, request, response);
    return true;
  };
}

function forward(base: string, request: IncomingMessage, response: ServerResponse): void {
  const { host: _, connection: __, cookie: ___, ...headers } = request.headers;
  const upstream = open(new URL(request.url ?? '/', base), {
    method: request.method,
    headers,
    timeout: 600_000,
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  upstream.on('timeout', () => upstream.destroy());
  upstream.on('error', () => (response.headersSent ? response.destroy() : refuse(request, response)));
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const error = new KulningError({
    code: 'gateway.unreachable',
    status: 503,
    text: httpWords.gatewayDown,
    retryable: true,
  });
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '2' });
  response.end(JSON.stringify(error.toBody(acceptedLanguage(request.headers['accept-language']) ?? 'en')));
}
