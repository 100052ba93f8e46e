import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TestDatabase, testDatabase } from '../../../test/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('each pool acts as its role, and RESET ROLE leads nowhere else', async () => {
  for (const role of ['app', 'sequencer', 'migrator'] as const) {
    const { rows } = await sql<{ current_user: string }>`select current_user`.execute(database[role].kysely);
    expect(rows).toEqual([{ current_user: `kulning_${role}` }]);
  }
});
