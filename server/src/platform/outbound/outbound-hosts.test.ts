import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { createOutboundHosts } from './outbound-hosts.ts';

const connects = (allowed: readonly string[], host: string, options = { all: true }): Promise<string> =>
  new Promise((resolve) =>
    createOutboundHosts(allowed).lookup(host, options, (error, address) =>
      resolve(error === null ? JSON.stringify(address) : (error as Error & { code: string }).code),
    ),
  );

test('nothing is allowed until somebody allows it, and the error says how', () => {
  expect(() => createOutboundHosts([]).require('https://models.example/a.gguf')).toThrow(
    expect.objectContaining({
      code: 'outbound.host_not_allowed',
      hint: expect.stringContaining('outbound: { allowedHosts: ["models.example"] }'),
    }),
  );
});

test.each([
  [['models.example'], 'https://models.example/a', true],
  [['models.example'], 'https://MODELS.example:8443/a', true],
  [['models.example'], 'https://evil-models.example/a', false],
  [['models.example'], 'https://models.example.evil/a', false],
  [['models.example'], 'https://models.example@evil.example/a', false],
  [['*.example'], 'https://cdn.example/a', true],
  [['*.example'], 'https://example/a', false],
  [['10.0.0.0/8'], 'http://10.1.2.3/a', true],
  [['10.0.0.0/8'], 'http://11.1.2.3/a', false],
  [['10.0.0.0/8'], 'http://167838211/a', true], // 10.1.2.3 as one number: the URL parser says what it means.
  [['::1'], 'http://[::1]/a', true],
  [['127.0.0.1'], 'http://[::ffff:7f00:1]/a', true],
  [['models.example'], 'http://1.2.3.4/a', false],
  [['models.example'], 'file:///etc/passwd', false],
])('with %j, %s is allowed: %s', (allowed, url, expected) => {
  const judge = () => createOutboundHosts(allowed).require(url);
  if (expected) expect(judge().href).toBe(new URL(url).href);
  else expect(judge).toThrow(expect.objectContaining({ status: 403 }));
});

test('a name that leads inside needs the address named too', async () => {
  expect(await connects(['localhost'], 'localhost')).toContain('127.0.0.1');
  expect(await connects(['localhost.example'], 'localhost')).toBe('outbound.address_not_allowed');
  expect(await connects(['127.0.0.0/8', '::1'], 'localhost')).toContain('127.0.0.1');
});

test('no address that is not public is connected to unless it was named', async () => {
  const inside = fc.oneof(
    fc.tuple(fc.constantFrom(10, 127), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
  );
  await fc.assert(
    fc.asyncProperty(inside, fc.boolean(), async (parts, mapped) => {
      const address = mapped ? `::ffff:${parts.join('.')}` : parts.join('.');
      // `lookup` of an address answers itself, as a name server that lies would.
      expect(await connects(['a.example', '*.example'], address)).toBe('outbound.address_not_allowed');
      expect(await connects([parts.join('.')], address)).not.toBe('outbound.address_not_allowed');
    }),
    { numRuns: 200 },
  );
});
