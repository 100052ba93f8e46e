import { randomInt } from 'node:crypto';

import { expect, test } from 'vitest';

import { crashRun } from './crash-run.ts';

test(
  'after kill -9 of each process under load, every answer that ended has its entry, once, and the ledger verifies',
  { timeout: 600_000 },
  async () => {
    const seed = Number(process.env['KULNING_TEST_SEED'] ?? randomInt(2 ** 31));
    process.stdout.write(`crash test seed ${seed}\n`);
    const { ended, lost, doubled, torn, orphans, verifierExit, kills } = await crashRun({ kills: 20, seed });
    expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(ended.answered).toBeGreaterThan(20);
    expect(ended.error).toBeGreaterThan(0);
    expect({ lost, doubled, torn, orphans, verifierExit }).toEqual({
      lost: [],
      doubled: [],
      torn: [],
      orphans: [],
      verifierExit: 0,
    });
  },
);
