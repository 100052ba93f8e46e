import {
  limitsOperations,
  type Operation,
  type OperationResult,
  pricesOperations,
  statementsOperations,
  teamsOperations,
} from '@kulning/sdk';
import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { LedgerEvent } from '../src/core/ledger/leaf.ts';
import type { CallIntent, CallSettlement } from '../src/features/dispatch/index.ts';
import { createCallShipping } from '../src/features/calls/index.ts';
import { createLimits } from '../src/features/limits/index.ts';
import type { LimitTables } from '../src/features/limits/limit-tables.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import type { RouteContext } from '../src/platform/http/route.ts';
import { type TestDatabase, testDatabase } from './database.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const [agency, client, stranger] = ['org_agency', 'org_client', 'org_stranger'];

let database: TestDatabase;
const events: LedgerEvent[] = [];
let feature: ReturnType<typeof createLimits>;

beforeAll(async () => {
  database = await testDatabase();
  const context = {
    database: database.app.withTables<LimitTables>(),
    clock: { ...systemClock, now: () => now },
    ids: createIdSource(systemClock),
    log: silentLogger,
    record: async (_: unknown, event: LedgerEvent) => void events.push(event),
  };
  feature = createLimits(context, 400);
  await database.app.inInstance('test', async (trx) => {
    for (const [id, parent] of [
      [agency, null],
      [client, agency],
      [stranger, null],
    ])
      await sql`insert into kulning.organisation (id, parent_id, name, language, created_at) values (${id}, ${parent}, ${`${id}, "AB"`}, 'en', now())`.execute(
        trx,
      );
    for (const [key, organisation] of [
      ['key_agency', agency],
      ['key_client', client],
      ['key_stranger', stranger],
    ])
      await sql`insert into kulning.api_key (id, organisation_id, name, hash, prefix, scopes, purpose, created_at)
        values (${key}, ${organisation}, ${key}, ${Buffer.from(key ?? '')}, 'kln_', '{}', 'general', now())`.execute(
        trx,
      );
    await sql`insert into kulning.site (id, slug, name, place, simulated, origin, created_at) values ('site_1', 'one', 'One', 'Borlänge', false, 'api', now())`.execute(
      trx,
    );
    await sql`insert into kulning.model (id, name, origin, created_at) values ('model_1', 'herd', 'added', now())`.execute(
      trx,
    );
    await sql`insert into kulning.model_version (id, model_id, format, licence, card, created_at) values ('version_1', 'model_1', 'remote', '{}', '{}', now())`.execute(
      trx,
    );
    await sql`insert into kulning.deployment (id, model_version_id, site_id, engine_kind, engine_config, desired, created_at) values ('deployment_1', 'version_1', 'site_1', 'scripted', '{}', 'running', now())`.execute(
      trx,
    );
  });
});
afterAll(() => database.close());

async function ask<O extends Operation>(operation: O, input: object, organisationId: string) {
  const found = feature.routes.find((each) => each.operation.id === operation.id);
  if (!found) throw new Error(`no route for ${operation.id}`);
  const parsed = {
    params: undefined,
    query: operation.query?.parse({}),
    body: undefined,
    ...input,
  };
  const context = { caller: { organisationId } } as unknown as RouteContext;
  return (await found.handle(parsed, context)) as OperationResult<O>;
}

interface Call {
  readonly organisationId: string;
  readonly model: string;
  readonly tokens: { readonly input: number; readonly output: number } | undefined;
  readonly nanoEur: number | null;
  readonly grams: number | null;
  /** Refused, failed or interrupted: on record, and counted for nothing. */
  readonly charged: boolean;
}

let sequence = 0;

/** Through the real shipping, as a gateway's journal would be. */
async function ship(calls: readonly Call[]): Promise<void> {
  const destination = createCallShipping({
    database: database.app,
    recordEvents: () => Promise.resolve(),
    insertVaultRecords: () => Promise.resolve(),
  });
  const frames = calls.flatMap((call) => {
    const callId = `call_${sequence}`;
    return [{ intent: intentOf(callId, call) }, { settled: settlementOf(callId, call) }].map((record) => ({
      sequence: ++sequence,
      payload: Buffer.from(JSON.stringify(record)),
    }));
  });
  await destination.deliver('process_test', frames);
  // A batch may be delivered twice, and counts once.
  await destination.deliver('process_test', frames);
}

const intentOf = (callId: string, { organisationId, model }: Call) =>
  ({
    callId,
    at: now,
    keyId: organisationId === client ? 'key_client' : 'key_agency',
    streamed: false,
    decision: {
      request: { callId, organisationId, model, purpose: 'general', dataClass: 'internal' },
      inputs: { now, inFlight: {}, breakers: {}, seed: 1 },
      facts: 'sha256:f',
      policy: 'sha256:p',
    },
    rules: [],
    subjects: [],
    retentionDays: null,
  }) as unknown as CallIntent;

const settlementOf = (callId: string, call: Call) =>
  ({
    callId,
    at: now,
    outcome: call.charged ? 'answered' : 'failed',
    status: 200,
    ...(call.tokens && { tokens: call.tokens }),
    energy: { value: null, unit: 'Wh', provenance: 'unknown', method: 'test' },
    carbon: {
      value: call.grams,
      unit: 'g',
      provenance: call.grams === null ? 'unknown' : 'declared',
      method: 'test',
    },
    totalMs: 1,
    overheadMs: 1,
    ...(call.charged && {
      charge: {
        at: now,
        nanoEur: call.nanoEur,
        priceId: call.nanoEur === null ? null : 'price_1',
        budget: { nanoEur: call.nanoEur ?? 0, microgramsCo2: Math.round((call.grams ?? 0) * 1e6) },
        teamId: null,
        agencyId: agency,
        leases: 0,
      },
    }),
  }) as unknown as CallSettlement;

const callOf: fc.Arbitrary<Call> = fc.record({
  organisationId: fc.constantFrom('org_agency', 'org_client'),
  model: fc.constantFrom('herd', 'flock'),
  tokens: fc.option(fc.record({ input: fc.nat(100_000), output: fc.nat(10_000) }), { nil: undefined }),
  nanoEur: fc.option(fc.nat(1e9), { nil: null }),
  grams: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: null }),
  charged: fc.boolean(),
});

const nanoOf = (eur: string | null): bigint => BigInt((eur ?? '0.000000000').replace('.', ''));

describe('a statement', () => {
  it('adds up to its calls, exactly; what is unknown is counted beside and never a zero', async () => {
    const calls = fc.sample(callOf, { numRuns: 400, seed: 721 });
    await ship(calls);
    const { items } = await ask(statementsOperations.list, { params: { month: '2026-11' } }, agency);
    expect(items.map(({ organisation }) => organisation.id).toSorted()).toEqual([agency, client]);
    for (const { organisation, lines, total, uncharged } of items) {
      const own = calls.filter(({ organisationId }) => organisationId === organisation.id);
      const charged = own.filter((call) => call.charged);
      const nanoEur = charged.reduce((sum, call) => sum + BigInt(call.nanoEur ?? 0), 0n);
      expect(total.calls).toBe(charged.length);
      expect(uncharged).toBe(own.length - charged.length);
      expect(nanoOf(total.eur)).toBe(nanoEur);
      expect(total.eurUnknownCalls).toBe(charged.filter((call) => call.nanoEur === null).length);
      expect(total.inputTokens).toBe(charged.reduce((sum, call) => sum + (call.tokens?.input ?? 0), 0));
      expect(total.tokensUnknownCalls).toBe(charged.filter((call) => !call.tokens).length);
      expect(total.gramsCo2).toBe(charged.reduce((sum, call) => sum + (call.grams ?? 0), 0));
      expect(total.wattHours).toBeNull();
      expect(total.energyUnknownCalls).toBe(charged.length);
      expect(lines.reduce((sum, { eur }) => sum + nanoOf(eur), 0n)).toBe(nanoEur);
      expect(lines.map(({ model }) => model)).toEqual(['flock', 'herd']);
    }
  });

  it('is a CSV whose last row is the total, and another agency’s client is nobody’s business', async () => {
    const input = { params: { month: '2026-11' }, query: { organisationId: client } };
    const rows = (await ask(statementsOperations.csv, input, agency)).trimEnd().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[0]?.startsWith('organisation,month,model,site,calls,')).toBe(true);
    expect(rows.at(-1)?.startsWith('"org_client, ""AB""",2026-11,total,,')).toBe(true);
    await expect(ask(statementsOperations.csv, input, stranger)).rejects.toMatchObject({
      code: 'organisation.unknown',
    });
  });
});

describe('the books', () => {
  it('hold for key, organisation and agency what the calls cost, and limits show it', async () => {
    const { items } = await ask(limitsOperations.list, {}, agency);
    const used = (level: string, scope: string) =>
      items.find((each) => each.level === level && each.scopeId === scope)?.usedThisMonth;
    const [own, clients, together] = [
      used('organisation', agency),
      used('organisation', client),
      used('agency', agency),
    ];
    expect(together?.calls).toBe((own?.calls ?? 0) + (clients?.calls ?? 0));
    expect(together?.eur).toBeCloseTo((own?.eur ?? 0) + (clients?.eur ?? 0), 9);
    expect(clients?.eur).toBeGreaterThan(0);
    expect(used('key', 'key_agency')).toEqual(own);
  });
});

describe('who sets limits', () => {
  const set = (level: string, scopeId: string, as: string, body: object) =>
    ask(limitsOperations.set, { params: { level, scopeId }, body }, as);

  it('is the organisation for its keys, and the agency for its clients: a client cannot lift what it was given', async () => {
    expect(await set('organisation', client, agency, { eurPerMonth: 12.5 })).toMatchObject({
      limits: { eurPerMonth: 12.5, requestsPerMinute: null },
    });
    expect(await set('key', 'key_client', client, { requestsPerMinute: 60 })).toMatchObject({
      limits: { requestsPerMinute: 60 },
    });
    for (const [level, scope, as] of [
      ['organisation', client, client],
      ['agency', client, client],
      ['key', 'key_client', agency],
      ['key', 'key_stranger', client],
    ] as const)
      await expect(set(level, scope, as, { eurPerMonth: null })).rejects.toMatchObject({
        code: 'limit.scope_unknown',
      });
    expect(events.filter(({ kind }) => kind === 'limits.changed')).toHaveLength(2);
  });

  it('hears once of each threshold that a budget passes', async () => {
    const [task] = feature.tasks;
    const { items } = await ask(limitsOperations.list, {}, agency);
    const used = items.find(({ level }) => level === 'agency')?.usedThisMonth.eur ?? 0;
    const eurPerMonth = Math.round(used * 1.1 * 1e9) / 1e9;
    await set('agency', agency, agency, { eurPerMonth });
    await task?.run(new AbortController().signal);
    await task?.run(new AbortController().signal);
    const alerts = (await ask(limitsOperations.alerts, { query: { limit: 50 } }, agency)).items;
    const own = alerts.filter(({ level }) => level === 'agency');
    expect(own.map(({ percent }) => percent).toSorted((a, b) => a - b)).toEqual([50, 80]);
    expect(own.every(({ budget, limit }) => budget === 'eurPerMonth' && limit === eurPerMonth)).toBe(true);
    expect((await ask(limitsOperations.alerts, { query: { limit: 50 } }, stranger)).items).toEqual([]);
  });
});

describe('a price', () => {
  it('is a new version each time, valid from its moment, and in the ledger', async () => {
    const price = {
      deploymentId: 'deployment_1',
      eurPerMillionInput: 0.15,
      eurPerMillionOutput: 0.6,
      eurPerCall: 0,
    };
    const setPrice = (change: object) => ask(pricesOperations.set, { body: { ...price, ...change } }, agency);
    const first = await setPrice({});
    const later = await setPrice({
      eurPerMillionInput: 0.2,
      validFrom: new Date(now + 60_000).toISOString(),
    });
    expect([first.current, later.current]).toEqual([true, false]);
    const { items } = await ask(pricesOperations.list, {}, agency);
    expect(items.map(({ eurPerMillionInput, current }) => [eurPerMillionInput, current])).toEqual([
      [0.2, false],
      [0.15, true],
    ]);
    await expect(setPrice({ validFrom: new Date(now - 3_600_000).toISOString() })).rejects.toMatchObject({
      code: 'price.in_the_past',
    });
    await expect(setPrice({ deploymentId: 'deployment_none' })).rejects.toMatchObject({
      code: 'deployment.unknown',
    });
    expect(events.filter(({ kind }) => kind === 'price.set')).toHaveLength(2);
  });
});

describe('a team', () => {
  it('groups keys of its organisation, each in one team at most, and takes its limits with it', async () => {
    const create = (name: string) => ask(teamsOperations.create, { body: { name } }, agency);
    const [support, sales] = [await create('Support'), await create('Sales')];
    const change = (teamId: string, body: object) =>
      ask(teamsOperations.change, { params: { teamId }, body }, agency);
    await change(support.id, { keyIds: ['key_agency'] });
    expect((await change(sales.id, { keyIds: ['key_agency'] })).keyIds).toEqual(['key_agency']);
    const { items } = await ask(teamsOperations.list, {}, agency);
    expect(items.map(({ name, keyIds }) => [name, keyIds.length])).toEqual([
      ['Sales', 1],
      ['Support', 0],
    ]);
    await expect(change(sales.id, { keyIds: ['key_client'] })).rejects.toMatchObject({
      code: 'team.member_unknown',
    });
    await expect(create('Sales')).rejects.toMatchObject({ code: 'team.name_taken' });
    const limit = { params: { level: 'team', scopeId: sales.id }, body: { concurrentCalls: 3 } };
    await ask(limitsOperations.set, limit, agency);
    await ask(teamsOperations.remove, { params: { teamId: sales.id } }, agency);
    const limits = (await ask(limitsOperations.list, {}, agency)).items;
    expect(limits.some(({ scopeId }) => scopeId === sales.id)).toBe(false);
  });
});
