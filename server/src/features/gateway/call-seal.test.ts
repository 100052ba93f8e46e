import { createHmac } from 'node:crypto';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { saltOf } from '../../platform/vault/record-salt.ts';
import { CallSeal } from './call-seal.ts';

const dataKey = Buffer.alloc(32, 7);
const salt = saltOf(dataKey);
const hmac = (bytes: Uint8Array) => `hmac-sha256:${createHmac('sha256', salt).update(bytes).digest('hex')}`;
const bytes = fc.uint8Array({ maxLength: 40_000 }).map((given) => Buffer.from(given));

test('commitments are HMACs under the salt of the record’s key, in whatever pieces an answer leaves', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.oneof(bytes, fc.uint8Array({ maxLength: 300 }))), (request, pieces) => {
      const seal = new CallSeal(request, { dataKey, epoch: 3, wrappedKey: Buffer.from('wrapped') });
      for (const piece of pieces) seal.add(Buffer.from(piece));
      expect(seal.commitments.request).toBe(hmac(request));
      expect(seal.response()).toBe(hmac(Buffer.concat(pieces)));
      expect(seal.sealed).toEqual({ epoch: 3, wrappedKey: 'd3JhcHBlZA==' });
    }),
    { numRuns: 60 },
  );
});

test('the salt that a receipt shows is not the key', () => {
  expect(salt).toHaveLength(32);
  expect(salt).not.toEqual(dataKey);
  expect(saltOf(Buffer.alloc(32, 8))).not.toEqual(salt);
});
