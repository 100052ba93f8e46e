import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Limits } from '../src/core/limits/limit.ts';
import { createGatewayLimits, type GatewayLimits, type LimitFacts } from '../src/features/limits/index.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { type Database, openDatabase } from '../src/platform/postgres/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/postgres/embedded-server.ts';
import { migrate } from '../src/platform/postgres/migrator.ts';

/** A PostgreSQL of its own, because it is stopped and started. */
let home: string;
let postgres: EmbeddedPostgres;
let database: Database;
let limits: GatewayLimits;

const start = () => startEmbeddedPostgres({ home, log: silentLogger });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kulning-outage-'));
  postgres = await start();
  await migrate({ url: postgres.url, log: silentLogger, release: '0.1.0' });
  database = openDatabase({ url: postgres.url, role: 'app', poolSize: 2, log: silentLogger });
  await database.inInstance('test', (trx) =>
    sql`insert into kulning.usage_limit (organisation_id, level, scope_id, concurrent_calls, tokens_per_minute, changed_at)
      values ('org_1', 'key', 'key_slots', 20, null, now()), ('org_1', 'key', 'key_rate', null, 60000, now())`.execute(
      trx,
    ),
  );
  limits = createGatewayLimits({
    database,
    processId: 'process_1',
    recordEvents: () => Promise.resolve(),
    now: () => Date.now(),
    log: silentLogger,
  });
});
afterAll(async () => {
  await limits.close();
  await database.close();
  await postgres.stop();
  await rm(home, { recursive: true });
});

function call(keyId: string, of: Limits) {
  const facts: LimitFacts = {
    limits: new Map([[`key ${keyId}`, of]]),
    teamOfKey: new Map(),
    parentOf: new Map(),
    prices: new Map(),
  };
  const ground = { sites: [], deployments: [], weights: { carbon: 1, cost: 1, latency: 1, load: 1 } };
  const caller = { keyId, organisationId: 'org_1', facts, ground };
  return limits.calls.reserve(caller, { model: 'herd', bodyBytes: 40, maxTokens: 10 });
}

const answerOf = async (keyId: string, of: Limits) => {
  const answer = await call(keyId, of);
  return 'refusal' in answer ? answer.refusal.code : 'held';
};

describe('without its database', () => {
  it('a gateway spends what it has leased, then cannot know, while rates go on; with it again all is as before', async () => {
    const [slots, rate]: Limits[] = [{ concurrentCalls: 20 }, { tokensPerMinute: 60_000 }];
    expect(await answerOf('key_slots', slots ?? {})).toBe('held');
    expect(await answerOf('key_rate', rate ?? {})).toBe('held');
    await postgres.stop();
    const answers: string[] = [];
    for (let turn = 0; turn < 6; turn++) answers.push(await answerOf('key_slots', slots ?? {}));
    expect(answers.at(-1)).toBe('budget_unknown');
    expect(answers.filter((answer) => answer === 'held').length).toBeLessThanOrEqual(2);
    // A block of a tenth of the rate is long gone by then: it is refilled here, by this process's share.
    let held = 0;
    const until = Date.now() + 3_000;
    while (Date.now() < until) {
      if ((await answerOf('key_rate', rate ?? {})) === 'held') held++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      await limits.tasks[0]?.run();
    }
    expect(held).toBeGreaterThan(20);
    postgres = await start();
    await expect
      .poll(() => answerOf('key_slots', slots ?? {}), { timeout: 15_000, interval: 100 })
      .toBe('held');
  }, 120_000);
});
