import { randomInt } from 'node:crypto';

import { expect, it } from 'vitest';

import { batchesCrashRun } from './batches-crash-run.ts';
import { testDatabase } from './database.ts';

it('gateways killed in the middle of a batch lose and double no result: one line for each name, with the receipt of the call that it is', async () => {
  const seed = Number(process.env['KULNING_TEST_SEED'] ?? randomInt(2 ** 31));
  const database = await testDatabase();
  try {
    const counted = await batchesCrashRun({ kills: 3, requests: 60, seed, database });
    expect({ seed, ...counted }).toMatchObject({
      seed,
      status: 'completed',
      lost: [],
      doubled: [],
      unproved: [],
      unrecorded: [],
      left: 0,
    });
    expect(counted.seen).toBeGreaterThanOrEqual(counted.requests);
  } finally {
    await database.close();
  }
}, 300_000);
