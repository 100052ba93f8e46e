import { createHmac } from 'node:crypto';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { CallSeal } from './call-seal.ts';

const key = Buffer.alloc(32, 7);
const hmac = (bytes: Uint8Array) => `hmac-sha256:${createHmac('sha256', key).update(bytes).digest('hex')}`;
const bytes = fc.uint8Array({ maxLength: 40_000 }).map((given) => Buffer.from(given));

test('commitments are HMACs under the record’s own key, in whatever pieces an answer leaves', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.oneof(bytes, fc.uint8Array({ maxLength: 300 }))), (request, pieces) => {
      const seal = new CallSeal(request, { dataKey: key, epoch: 3, wrappedKey: Buffer.from('wrapped') });
      for (const piece of pieces) seal.add(Buffer.from(piece));
      expect(seal.commitments.request).toBe(hmac(request));
      expect(seal.response()).toBe(hmac(Buffer.concat(pieces)));
      expect(seal.sealed).toEqual({ epoch: 3, wrappedKey: 'd3JhcHBlZA==' });
    }),
    { numRuns: 60 },
  );
});
