import { expect, test } from 'vitest';

import { silentLogger } from '../../platform/log/logger.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import type { Snapshot } from './snapshot.ts';

/** A source whose readings hold the number of changes so far, and that can be away. */
function sourceOf() {
  const source = { changes: 0, readings: 0, away: false };
  const keeper = new SnapshotKeeper({
    source: {
      load: async () => {
        if (source.away) throw new Error('away');
        source.readings++;
        const keys = new Map<string, unknown>([['changes', source.changes]]);
        return { keys: keys.set(`key ${source.changes}`, {}) } as unknown as Snapshot;
      },
      watch: async () => ({ lastHeardAt: Date.now, close: async () => undefined }),
    },
    now: Date.now,
    log: silentLogger,
    onSwap: () => undefined,
  });
  return { source, keeper, seen: () => keeper.current?.keys.get('changes') as unknown };
}

test('whoever renews sees every change that was made before, though no notice of it came', async () => {
  const { source, keeper, seen } = sourceOf();
  await keeper.open();
  source.changes = 1;
  const first = keeper.renew();
  await first;
  expect(seen()).toBe(1);
  source.changes = 2;
  await keeper.renew();
  expect(seen()).toBe(2);
  await keeper.close();
});

test('a key that was there and is gone is known as revoked, at once', async () => {
  const { source, keeper, seen } = sourceOf();
  await keeper.open();
  source.changes = 1;
  await keeper.renew();
  expect(seen()).toBe(1);
  expect([keeper.wasRevoked('key 0'), keeper.wasRevoked('key 1')]).toEqual([true, false]);
  await keeper.close();
});

test('any number that renew at once cost one reading, and one after the other they are kept apart', async () => {
  const { source, keeper } = sourceOf();
  await keeper.open();
  const begun = performance.now();
  for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 50 }, () => keeper.renew()));
  expect(source.readings).toBe(3);
  expect(performance.now() - begun).toBeGreaterThan(190);
  await keeper.close();
});

test('renewing ends, without success, when the source is away', async () => {
  const { source, keeper, seen } = sourceOf();
  await keeper.open();
  source.changes = 1;
  source.away = true;
  await keeper.renew();
  expect(seen()).toBe(0);
  await keeper.close();
});
