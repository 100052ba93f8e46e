import { assert, integer, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';

import { formatId } from './id.ts';

test('an id is a UUIDv7 without dashes, ordered by time', () => {
  const random = uint8Array({ minLength: 10, maxLength: 10 });
  const time = integer({ min: 0, max: 2 ** 48 - 1 });
  assert(
    property(time, time, random, random, (earlier, later, first, second) => {
      const id = formatId('call', earlier, first);
      expect(id).toMatch(/^call_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
      expect(Number.parseInt(id.slice(5, 17), 16)).toBe(earlier);
      // 74 of the 80 random bits are in it.
      expect(Buffer.from(id.slice(17), 'hex').map((byte, at) => byte & mask(at))).toEqual(
        Buffer.from(first).map((byte, at) => byte & mask(at)),
      );
      if (earlier < later) expect(id < formatId('call', later, second)).toBe(true);
    }),
  );
});

const mask = (at: number) => (at === 0 ? 0x0f : at === 2 ? 0x3f : 0xff);
