import { randomInt } from 'node:crypto';

import { expect, it } from 'vitest';

import { testDatabase } from './database.ts';
import { gatewayCrashRun } from './gateway-crash-run.ts';

const kills = 4;

it('a gateway killed under load loses and doubles no call: every answer that ended, and every request an engine saw, is on record', async () => {
  const seed = Number(process.env['KULNING_TEST_SEED'] ?? randomInt(2 ** 31));
  const database = await testDatabase();
  try {
    const { finished, interrupted, lost, unrecorded, uneven, spoolsLeft } = await gatewayCrashRun({
      kills,
      seed,
      database,
    });
    expect(finished).toBeGreaterThanOrEqual(kills * 12);
    expect(interrupted).toBeGreaterThan(0);
    expect({ seed, lost, unrecorded, uneven, spoolsLeft }).toEqual({
      seed,
      lost: [],
      unrecorded: [],
      uneven: [],
      spoolsLeft: 0,
    });
  } finally {
    await database.close();
  }
}, 300_000);
