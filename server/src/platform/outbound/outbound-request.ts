import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

import { KulningError } from '@kulning/sdk';

import { downloadWords } from './download-words.ts';
import type { OutboundHosts } from './outbound-hosts.ts';

const MOST_REDIRECTS = 10;
/** Without a byte for so long a connection is given up. */
const IDLE_MS = 60_000;
const REDIRECTS = [301, 302, 303, 307, 308];

export interface OutboundReply {
  readonly message: IncomingMessage;
  /** Headers of every hop, the last one first: hubs announce a file's digest where they redirect. */
  readonly hops: readonly IncomingHttpHeaders[];
}

/**
 * GET, redirects followed. Every hop is judged as the first was; a key stays with the host that it was given for; and
 * what began encrypted does not go on in clear.
 * @throws KulningError `outbound.…`, `download.redirects`, `download.downgraded`; or what the network said
 */
export async function openOutbound(
  hosts: OutboundHosts,
  given: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<OutboundReply> {
  const hops: IncomingHttpHeaders[] = [];
  let url = hosts.require(given);
  let sent = { ...headers };
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const message = await get(hosts, url, sent, signal);
    hops.unshift(message.headers);
    const { location } = message.headers;
    if (location === undefined || !REDIRECTS.includes(message.statusCode ?? 0)) return { message, hops };
    message.resume();
    const next = hosts.require(new URL(location, url).href);
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw new KulningError({
        code: 'download.downgraded',
        status: 502,
        text: downloadWords.downgraded(next.host),
      });
    if (next.origin !== url.origin) {
      const { authorization: _, ...rest } = sent;
      sent = rest;
    }
    url = next;
  }
  throw new KulningError({ code: 'download.redirects', status: 502, text: downloadWords.redirects(given) });
}

function get(
  hosts: OutboundHosts,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = request(
      url,
      { agent: false, headers, signal, lookup: hosts.lookup, timeout: IDLE_MS },
      (message) => resolve(message),
    );
    sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
    sent.on('error', reject);
    sent.end();
  });
}
