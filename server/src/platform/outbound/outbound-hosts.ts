import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

import { KulningError } from '@kulning/sdk';

import { outboundWords } from './outbound-words.ts';

/**
 * Where Kulning may connect to of its own: only to hosts that the operator named in `outbound.allowedHosts`, and
 * with a name that leads to a private address only if that address was named too.
 */
export interface OutboundHosts {
  /** Judges a URL before anything is sent. @throws KulningError `outbound.host_not_allowed`, `outbound.url_invalid` */
  require(url: string): URL;
  /** `dns.lookup` for the connection itself: what was resolved is what is judged, and what is connected to. */
  readonly lookup: typeof guardedLookup;
}

type Resolved = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
declare function guardedLookup(hostname: string, options: LookupOptions, resolved: Resolved): void;

/** Not reachable from the internet (RFC 6890 and its registries): a name that leads there leads inside. */
const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateNetworks.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateNetworks.addSubnet(network, prefix, 'ipv6');

/** @param allowed host names, `*.` and a domain for all names below it, addresses, and networks as `10.0.0.0/8` */
export function createOutboundHosts(allowed: readonly string[]): OutboundHosts {
  const entries = allowed.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
  const named = namedAddresses(entries);
  const mayName = (host: string) =>
    entries.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry));
  const mayConnect = (host: string, address: string) => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (named.check(address, family)) return true;
    if (host === 'localhost' && mayName(host)) return isLoopback(address);
    return isIP(host) === 0 && !privateNetworks.check(address, family);
  };
  return {
    require(given) {
      const url = URL.parse(given);
      if (url === null || !/^https?:$/u.test(url.protocol)) throw refusal('outbound.url_invalid', given);
      const host = hostOf(url);
      const allowedHere = isIP(host) === 0 ? mayName(host) : mayConnect(host, host);
      if (!allowedHere) throw refusal('outbound.host_not_allowed', host);
      return url;
    },
    lookup(hostname, options, resolved) {
      lookup(hostname, options, (error, address, family) => {
        if (error) return resolved(error, []);
        const addresses = typeof address === 'string' ? [address] : address.map((each) => each.address);
        const wrong = addresses.find((each) => !mayConnect(hostname.toLowerCase(), each));
        if (wrong === undefined) return resolved(null, address, family);
        resolved(refusal('outbound.address_not_allowed', hostname, wrong), []);
      });
    },
  };
}

function namedAddresses(entries: readonly string[]): BlockList {
  const named = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address);
    if (family === 0) continue;
    named.addSubnet(address, Number(prefix ?? (family === 6 ? 128 : 32)), family === 6 ? 'ipv6' : 'ipv4');
  }
  return named;
}

const hostOf = (url: URL) => url.hostname.toLowerCase().replaceAll(/^\[|\]$/gu, '');
const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');

function refusal(
  code: 'outbound.url_invalid' | 'outbound.host_not_allowed' | 'outbound.address_not_allowed',
  host: string,
  address = '',
): KulningError {
  return new KulningError({ code, status: 403, text: outboundWords[code](host, address), path: 'source' });
}
