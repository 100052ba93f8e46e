import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type TestDatabase, testDatabase } from './database.ts';
import { organisationId, secrets } from './gateway-snapshot.ts';
import { startUpstream, type TestUpstream } from './gateway-upstream.ts';

/** The test engine reports 11 tokens of prompt and 5 of answer: at 1 € a million each, 16,000 billionths a call. */
const NANO_EUR_PER_CALL = 16_000;

let database: TestDatabase;
let upstream: TestUpstream;
const homes: string[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  database = await testDatabase();
  await database.sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
  await run(
    sql`insert into kulning.price (id, deployment_id, micro_eur_per_million_input, micro_eur_per_million_output,
      nano_eur_per_call, valid_from, created_at) values ('price_1', 'deployment_one', 1000000, 1000000, 0, now() - interval '1 day', now())`,
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await ended(child);
  }
  await database.close();
  for (const home of homes.splice(0)) await rm(home, { recursive: true });
});

const run = <T = unknown>(statement: ReturnType<typeof sql<T>>) =>
  database.app.inInstance('test', async (trx) => (await statement.execute(trx)).rows);

type Column =
  | 'requests_per_minute'
  | 'tokens_per_minute'
  | 'concurrent_calls'
  | 'nano_eur_per_day'
  | 'nano_eur_per_month';

async function limit(level: string, scopeId: string, column: Column, value: number): Promise<void> {
  await database.app.inInstance('test', async (trx) => {
    await sql`insert into kulning.usage_limit (organisation_id, level, scope_id, ${sql.ref(column)}, changed_at)
      values (${organisationId}, ${level}, ${scopeId}, ${value}, now())
      on conflict (level, scope_id) do update set ${sql.ref(column)} = excluded.${sql.ref(column)}`.execute(
      trx,
    );
    await sql`select kulning.bump('limits')`.execute(trx);
  });
}

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'kulning-limits-'));
  homes.push(home);
  return home;
}

async function startGateway(home: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'gateway-program.ts'), home, database.url, upstream.url],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { url, child };
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve(),
  );

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await ended(child);
}

function post(url: string, content = 'hello', more: object = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.internal}` },
    body: JSON.stringify({ model: 'herd', max_tokens: 20, messages: [{ role: 'user', content }], ...more }),
  });
}

/** Calls one after another until a limit refuses or the process dies. @returns how many were answered */
async function callUntilRefused(url: string): Promise<{ answered: number; code: string | undefined }> {
  for (let answered = 0; ; answered++) {
    try {
      const response = await post(url);
      const body = (await response.json()) as { error?: { code: string } };
      if (response.status !== 200) return { answered, code: body.error?.code };
    } catch {
      return { answered, code: undefined }; // killed; half an answer does not count
    }
  }
}

const callers = (url: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => callUntilRefused(url)));

async function spent(): Promise<{ total: number; calls: number; sum: number; leased: number }> {
  const [row] = await run(
    sql<{ total: number; calls: number; sum: number; leased: number }>`select
      (select coalesce(sum(nano_eur), 0)::float8 from kulning.usage_total where level = 'organisation' and length(period) = 7) as total,
      (select count(*)::int from kulning.call where outcome = 'answered') as calls,
      (select coalesce(sum(nano_eur), 0)::float8 from kulning.call) as sum,
      (select coalesce(sum(greatest(0, taken - shipped)), 0)::float8 from kulning.quota_lease) as leased`,
  );
  if (!row) throw new Error('one row');
  return row;
}

describe('two gateways that spend one budget', () => {
  it('spend it to the last call that fits, and what is booked is the sum of the calls', async () => {
    const budget = 120 * NANO_EUR_PER_CALL;
    await limit('organisation', organisationId, 'nano_eur_per_month', budget);
    const gateways = [await startGateway(await newHome()), await startGateway(await newHome())];
    const results = (await Promise.all(gateways.map(({ url }) => callers(url, 6)))).flat();
    expect(results.every(({ code }) => code === 'insufficient_quota')).toBe(true);
    await Promise.all(gateways.map(({ child }) => stop(child)));

    const { total, calls, sum, leased } = await spent();
    expect(calls).toBe(results.reduce((all, { answered }) => all + answered, 0));
    expect(sum).toBe(calls * NANO_EUR_PER_CALL);
    expect(total).toBe(sum);
    expect(total).toBeLessThanOrEqual(budget);
    // Each reservation is larger than its call, so the last ones are refused while a little is left.
    expect(total).toBeGreaterThan(budget * 0.5);
    expect(leased).toBe(0);
  }, 120_000);

  it('never pass it when one is killed in mid-load, and use what the dead one had leased', async () => {
    const budget = 300 * NANO_EUR_PER_CALL;
    await limit('key', 'key_test', 'nano_eur_per_day', budget);
    const [one, two] = [await newHome(), await newHome()];
    const doomed = await startGateway(one);
    const other = await startGateway(two);
    const calling = callers(doomed.url, 4);
    // Until the other one has a lease of its own, and the first has calls under way.
    expect((await post(other.url)).status).toBe(200);
    doomed.child.kill('SIGKILL');
    await Promise.all([calling, ended(doomed.child)]);

    // The next process moves the dead one's journal, and its leases are free.
    const next = await startGateway(one);
    const rest = await callers(next.url, 4);
    expect(rest.every(({ code }) => code === 'insufficient_quota')).toBe(true);
    await Promise.all([stop(next.child), stop(other.child)]);
    const { sum, leased } = await spent();
    const [row] = await run(
      sql<{
        total: number;
      }>`select nano_eur::float8 as total from kulning.usage_total where level = 'key' and length(period) = 10`,
    );
    expect(row?.total).toBe(sum);
    expect(sum).toBeLessThanOrEqual(budget);
    expect(sum).toBeGreaterThan(budget * 0.5);
    expect(leased).toBe(0);
  }, 120_000);

  it('share a limit on calls at once, and a hang-up frees its slot', async () => {
    await limit('organisation', organisationId, 'concurrent_calls', 4);
    const gateways = [await startGateway(await newHome()), await startGateway(await newHome())];
    const hangUp = new AbortController();
    const open = gateways.flatMap(({ url }) =>
      [1, 2, 3].map(() =>
        fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          signal: hangUp.signal,
          headers: { authorization: `Bearer ${secrets.internal}` },
          body: JSON.stringify({ model: 'herd', messages: [{ role: 'user', content: 'never answer' }] }),
        }).then(
          ({ status }) => status,
          () => 0,
        ),
      ),
    );
    await expect.poll(() => upstream.running(), { timeout: 10_000 }).toBe(4);
    await sleep(300);
    expect(upstream.running()).toBe(4);
    hangUp.abort();
    expect((await Promise.all(open)).filter((status) => status === 429)).toHaveLength(2);
    await expect.poll(async () => (await post(gateways[0]?.url ?? '')).status, { timeout: 10_000 }).toBe(200);
  }, 60_000);
});

describe('a limit', () => {
  it('takes effect within a second of being set, and of being lifted', async () => {
    const { url } = await startGateway(await newHome());
    expect((await post(url)).status).toBe(200);
    await limit('key', 'key_test', 'nano_eur_per_month', 0);
    await expect.poll(async () => (await post(url)).status, { timeout: 1_000, interval: 20 }).toBe(429);
    await limit('key', 'key_test', 'nano_eur_per_month', 1_000_000_000);
    await expect.poll(async () => (await post(url)).status, { timeout: 1_000, interval: 20 }).toBe(200);
  }, 60_000);

  it('on requests says so in OpenAI’s headers, costs a refused call nothing, and leaves one count of all refusals', async () => {
    await limit('key', 'key_test', 'requests_per_minute', 5);
    const { url } = await startGateway(await newHome());
    const answers: Response[] = [];
    for (let call = 0; call < 8; call++) answers.push(await post(url));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    expect(answers[0]?.headers.get('x-ratelimit-limit-requests')).toBe('5');
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining-requests')).slice(0, 5)).toEqual([
      '4',
      '3',
      '2',
      '1',
      '0',
    ]);
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(8);
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeLessThanOrEqual(12);
    expect(await answers[5]?.json()).toMatchObject({
      error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' },
    });
    await expect
      .poll(() => run(sql<{ calls: number }>`select calls::int from kulning.limit_refusal`), {
        timeout: 5_000,
      })
      .toEqual([{ calls: 3 }]);
    const events = await database.sequencer.inInstance(
      'test',
      async (trx) =>
        (
          await sql`select 1 from kulning.ledger_outbox where convert_from(leaf, 'UTF8') like '%limits.refused%'`.execute(
            trx,
          )
        ).rows,
    );
    expect(events).toHaveLength(1);
  }, 60_000);
});
