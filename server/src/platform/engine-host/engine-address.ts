import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

import { KulningError } from '@kulning/sdk';

import { engineHostWords } from './engine-host-words.ts';

/** Addresses that no engine has: unspecified, link-local (cloud metadata services live there), multicast, broadcast. */
const never = new BlockList();
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('224.0.0.0', 4, 'ipv4');
never.addAddress('255.255.255.255', 'ipv4');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether a connection to a configured host may go to this address. A name is resolved anew for each connection, so
 * it is judged anew: a name that today points at this machine's own services was not what the operator configured.
 */
export function mayConnect(hostname: string, address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (never.check(address, family)) return false;
  const meansThisMachine =
    hostname === 'localhost' || hostname.endsWith('.localhost') || isIP(hostname) !== 0;
  return meansThisMachine || !loopback.check(address, family);
}

type Resolved = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** `dns.lookup` that refuses what `mayConnect` refuses; for the `connect` option of an undici pool. */
export function guardedLookup(hostname: string, options: LookupOptions, resolved: Resolved): void {
  lookup(hostname, options, (error, address, family) => {
    if (error) return resolved(error, []);
    const addresses = typeof address === 'string' ? [address] : address.map((each) => each.address);
    const wrong = addresses.find((each) => !mayConnect(hostname, each));
    if (wrong === undefined) return resolved(null, address, family);
    resolved(
      new KulningError({
        code: 'engine.address_refused',
        status: 502,
        text: engineHostWords.addressRefused(wrong),
      }),
      [],
    );
  });
}
