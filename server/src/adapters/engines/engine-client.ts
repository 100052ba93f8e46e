import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

import { KulningError } from '@kulning/sdk';

import type { EngineEndpoint } from '../../core/engine/engine.ts';
import { guardedLookup } from '../../platform/engine-host/engine-address.ts';
import { engineWords } from './engine-words.ts';

const MOST_BYTES = 4 << 20;

export interface EngineReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/**
 * One small GET to an engine, for probes; calls go through dispatch.
 * @param path from the origin's root: `/v1/models`
 * @throws KulningError `engine.unreachable` with what the network said
 */
export async function getFromEngine(
  endpoint: EngineEndpoint,
  path: string,
  signal: AbortSignal,
): Promise<EngineReply> {
  const headers = {
    accept: 'application/json',
    ...(endpoint.authorization !== undefined && { authorization: endpoint.authorization }),
  };
  try {
    if ('socketPath' in endpoint.origin)
      return await get({ socketPath: endpoint.origin.socketPath, path, headers, signal });
    const { protocol, hostname, port, pathname } = new URL(path, endpoint.origin.url);
    const host = hostname.replaceAll(/[[\]]/gu, '');
    return await get({ protocol, host, port, path: pathname, headers, signal, lookup: guardedLookup });
  } catch (cause) {
    throw cause instanceof KulningError ? cause : unreachable(endpoint, cause);
  }
}

async function get(options: RequestOptions): Promise<EngineReply> {
  return new Promise((resolve, reject) => {
    const request = options.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > MOST_BYTES) response.destroy(new Error('the answer is longer than 4 MiB'));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

function unreachable(endpoint: EngineEndpoint, cause: unknown): KulningError {
  const where = 'url' in endpoint.origin ? endpoint.origin.url : endpoint.origin.socketPath;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
  return new KulningError({
    code: 'engine.unreachable',
    status: 502,
    text: engineWords.unreachable(where, code),
    retryable: true,
    cause,
  });
}
