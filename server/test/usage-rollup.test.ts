import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { usageOperations, type UsageFigures, type UsageRow } from '@kulning/sdk';

import { QUANTILE_ERROR } from '../src/core/usage/duration-sketch.ts';
import { createCallShipping } from '../src/features/calls/index.ts';
import { createLimits } from '../src/features/limits/index.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { createUsage, type UsageFeature } from '../src/features/usage/index.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { chanceOf } from './chance.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { firstHour, framesOf, madeCall, usageOrganisation } from './usage-calls.ts';

const seed = 20261122;
const callCount = 600;
const calls = (() => {
  const chance = chanceOf(seed);
  return Array.from({ length: callCount }, (_, index) => madeCall(`call_${index}`, chance));
})();
const now = firstHour + 6 * 3_600_000;
const range = { from: '2026-06-01', to: '2026-06-02' };

let database: TestDatabase;
let usage: UsageFeature;

beforeAll(async () => {
  database = await testDatabase();
  usage = usageAt(now);
  await database.sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
  await database.app.inInstance('test', (trx) =>
    sql`insert into kulning.organisation (id, parent_id, name, language, demonstration, created_at) values
      (${usageOrganisation}, null, 'Herders', 'en', false, now()),
      ('org_client', ${usageOrganisation}, 'Client', 'en', false, now()),
      ('org_other', null, 'Other', 'en', false, now())`.execute(trx),
  );
  await shipAll();
}, 120_000);
afterAll(() => database?.close());

const usageAt = (at: number) =>
  createUsage(
    {
      database: database.app,
      clock: { now: () => at },
      siteNames: async () => new Map([['site_a', 'Site A']]),
    },
    400,
  );

/** In pieces, some of which fail at their last step, and all of which come twice: two processes deliver the same journal. */
async function shipAll(): Promise<void> {
  let turn = 0;
  const shipping = createCallShipping({
    database: database.app,
    insertVaultRecords,
    recordEvents: (trx, events) =>
      turn++ % 3 === 1 ? Promise.reject(new Error('away')) : recordEvents(trx, events),
  });
  const frames = framesOf(calls);
  for (let begin = 0; begin < frames.length; begin += 97) {
    const piece = frames.slice(begin, begin + 97);
    await Promise.allSettled([
      shipping.deliver('process_usage', piece),
      shipping.deliver('process_usage', piece),
    ]);
    for (let moved = false; !moved;)
      moved = await shipping.deliver('process_usage', piece).then(
        () => true,
        () => false,
      );
  }
  for (let ended = false; !ended;)
    ended = await shipping.conclude('process_usage').then(
      () => true,
      () => false,
    );
}

type Query = Record<string, string>;
const context = (organisationId: string) => ({ caller: { organisationId } }) as never;
const routeOf = (feature: UsageFeature, id: string) =>
  feature.routes.find(({ operation }) => operation.id === id) ?? expect.fail(id);

async function list(query: Query, organisationId = usageOrganisation) {
  const parsed = usageOperations.list.query.parse(query);
  const answer = await routeOf(usage, 'usage.list').handle(
    { query: parsed } as never,
    context(organisationId),
  );
  return usageOperations.list.result.parse(answer);
}

interface Reference {
  readonly group: string;
  readonly calls: number;
  readonly input: number | null;
  readonly eur: string | null;
  readonly wh: number | null;
  readonly known: number;
  readonly placed: number;
  readonly latencies: number[];
}

/** The same figures straight from the calls, by other means than those under test. */
async function reference(column: string): Promise<Reference[]> {
  const { rows } = await database.app.inInstance('test', (trx) =>
    sql<Reference>`select ${sql.raw(column)} as group, count(*)::int as calls, sum(input_tokens)::float8 as input,
      round(sum(nano_eur)::numeric / 1e9, 9)::text as eur, sum((energy->>'value')::numeric)::float8 as wh,
      count(energy->>'value')::int as known, count(deployment_id)::int as placed,
      coalesce(array_agg(total_us::float8 / 1000 order by total_us) filter (where outcome = 'answered'), '{}') as latencies
      from kulning.call group by 1`.execute(trx),
  );
  return rows;
}

function expectSame(told: UsageFigures, real: Reference): void {
  expect(told.calls).toBe(real.calls);
  expect(told.inputTokens ?? 0).toBe(real.input ?? 0);
  expect(told.eur ?? null).toBe(real.eur ?? (told.eurKnown === null ? '0.000000000' : null));
  expect(told.wattHours ?? 0).toBe(real.wh ?? 0);
  expect(told.energyKnown).toBe(real.placed === 0 ? null : real.known / real.placed);
  for (const [q, toldMs] of [
    [0.5, told.p50Ms],
    [0.95, told.p95Ms],
    [0.99, told.p99Ms],
  ] as const) {
    const exactMs = real.latencies[Math.ceil(q * real.latencies.length) - 1];
    if (exactMs === undefined) expect(toldMs).toBeNull();
    else
      expect(Math.max((toldMs ?? 0) / exactMs, exactMs / (toldMs ?? 0)) - 1).toBeLessThanOrEqual(
        QUANTILE_ERROR + 1e-6,
      );
  }
}

describe(`usage by the hour (seed ${seed})`, () => {
  it.each([
    ['model', 'model'],
    ['key', 'key_id'],
    ['team', 'team_id'],
    ['site', 'site_id'],
    ['deployment', 'deployment_id'],
    ['price', 'price_id'],
    ['organisation', 'organisation_id'],
    ['hour', `to_char(date_trunc('hour', at), 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`],
  ])('is the sum of the calls by %s, whatever was delivered twice or failed half way', async (by, column) => {
    const { items, total } = await list({ ...range, by });
    const references = await reference(column);
    const groupOf = (row: UsageRow) => (by === 'hour' ? row.at : row.id);
    expect(new Set(items.map(groupOf))).toEqual(new Set(references.map(({ group }) => group)));
    expect(items).toHaveLength(references.length);
    for (const real of references)
      expectSame(items.find((row) => groupOf(row) === real.group) ?? total, real);
    const [whole] = await reference(`'all'`);
    if (whole) expectSame(total, whole);
    expect(total.calls).toBe(callCount);
  });

  it('never shows unknown as zero, and says how much is known and where from', async () => {
    const { items } = await list({ ...range, by: 'price', model: 'herd' });
    const unpriced = items.find(({ id }) => id === null) ?? expect.fail('calls without a price');
    expect(unpriced).toMatchObject({ eur: null, eurKnown: 0 });
    const { total } = await list(range);
    expect(total.energyProvenance).toEqual(['measured', 'declared']);
    expect(total.carbonProvenance).toEqual(['modelled']);
    expect(total.energyKnown).toBeGreaterThan(0.6);
    expect(total.energyKnown).toBeLessThan(1);
    expect(total.simulated).toBeGreaterThan(0);
  });

  it('tells groups and time at once, by names, within the range and the filters', async () => {
    const { items, from, to } = await list({
      ...range,
      by: 'site',
      every: 'day',
      model: 'calf',
      keyId: 'key_one',
    });
    expect([from, to]).toEqual(['2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z']);
    expect(items.every(({ at }) => at === '2026-06-01T00:00:00.000Z')).toBe(true);
    expect(items.find(({ id }) => id === 'site_a')?.name).toBe('Site A');
    const wanted = calls.filter(
      ({ intent }) => intent.keyId === 'key_one' && intent.decision.request.model === 'calf',
    );
    expect(items.reduce((sum, row) => sum + row.calls, 0)).toBe(wanted.length);
    const { items: none } = await list({ from: '2026-06-02', to: '2026-06-03' });
    expect(none).toEqual([]);
  });

  it('is of the caller alone, of its clients where it asks, and of nobody else', async () => {
    expect((await list(range, 'org_other')).total.calls).toBe(0);
    expect((await list({ ...range, by: 'organisation' }, 'org_client')).total.calls).toBe(0);
    expect((await list({ ...range, organisationId: 'org_client' })).total.calls).toBe(0);
    await expect(list({ ...range, organisationId: usageOrganisation }, 'org_client')).rejects.toThrow(
      expect.objectContaining({ code: 'organisation.unknown' }),
    );
    await expect(list({ from: range.to, to: range.from })).rejects.toThrow(
      expect.objectContaining({ code: 'usage.range_wrong' }),
    );
  });

  it('comes as CSV with the total last, and an empty field for what is unknown', async () => {
    const query = usageOperations.csv.query.parse({ ...range, by: 'price' });
    const csv = await routeOf(usage, 'usage.csv').handle({ query } as never, context(usageOrganisation));
    const lines = String(csv).trimEnd().split('\r\n');
    const [head = '', ...rows] = lines.map((line) => line.split(','));
    const column = (name: string) => head.indexOf(name);
    expect(rows.at(-1)?.[column('name')]).toBe('total');
    expect(rows.at(-1)?.[column('calls')]).toBe(String(callCount));
    expect(rows.find((row) => row[column('id')] === '')?.[column('eur')]).toBe('');
  });

  it('tells what was refused, by which rules and limits, and how often', async () => {
    await database.app.inInstance('test', (trx) =>
      sql`insert into kulning.limit_refusal values
        (${usageOrganisation}, 'key_one', 'key', 'key_one', 'nanoEurPerDay', ${new Date(firstHour)}, 41)`.execute(
        trx,
      ),
    );
    const query = usageOperations.refusals.query.parse(range);
    const { items } = usageOperations.refusals.result.parse(
      await routeOf(usage, 'usage.refusals').handle({ query } as never, context(usageOrganisation)),
    );
    const refused = calls.filter(({ settlement }) => settlement?.outcome === 'refused');
    const ofPolicy = items.filter(({ source }) => source === 'policy');
    expect(ofPolicy.reduce((sum, row) => sum + row.calls, 0)).toBe(refused.length);
    expect(
      ofPolicy.some(({ rules, reason }) => rules.includes('no-special') && reason === 'policy.denied'),
    ).toBe(true);
    expect(items.find(({ source }) => source === 'limit')).toMatchObject({
      reason: 'eurPerDay',
      level: 'key',
      calls: 41,
    });
  });
});

describe('what is too old', () => {
  it('goes: hours, refusals, totals of days and months, buckets; and nothing that is still looked at', async () => {
    const years = now + 401 * 86_400_000;
    await database.app.inInstance('test', async (trx) => {
      await sql`insert into kulning.usage_total values
        ('org_old', 'key', 'key_old', '2027-05-01', 1, 0, 1, 1, 1, 1), ('org_old', 'key', 'key_old', '2027-07-06', 1, 0, 1, 1, 1, 1),
        ('org_old', 'key', 'key_old', '2026-05', 1, 0, 1, 1, 1, 1), ('org_old', 'key', 'key_old', '2027-05', 1, 0, 1, 1, 1, 1)`.execute(
        trx,
      );
      await sql`insert into kulning.quota_bucket values
        ('key', 'key_old', 'requestsPerMinute', 1, ${new Date(years - 2 * 86_400_000)}),
        ('key', 'key_new', 'requestsPerMinute', 1, ${new Date(years - 60_000)})`.execute(trx);
    });
    const clock = { now: () => years };
    const limits = createLimits(
      {
        database: database.app.withTables(),
        clock,
        ids: { next: () => '' },
        log: silentLogger,
        record: async () => undefined,
      },
      400,
    );
    const signal = new AbortController().signal;
    for (const task of [...usageAt(years).tasks, ...limits.tasks])
      if (task.name.startsWith('prune-')) await task.run(signal);
    const { rows } = await database.app.inInstance('test', (trx) =>
      sql<{ kept: string }>`
        select 'hour' as kept from kulning.usage_hour union select 'refusal' from kulning.usage_refusal
        union select 'limit' from kulning.limit_refusal
        union select period from kulning.usage_total where scope_id = 'key_old'
        union select scope_id from kulning.quota_bucket order by kept`.execute(trx),
    );
    expect(rows.map(({ kept }) => kept)).toEqual(['2027-05', '2027-07-06', 'key_new']);
  });
});
