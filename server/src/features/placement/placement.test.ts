import { siteInput } from '@kulning/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from '../../../test/database.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { decide } from '../../core/placement/decide.ts';
import { explain } from '../../core/placement/explain.ts';
import type { DecisionRecord, DeploymentFacts, PlacementRequest } from '../../core/placement/facts.ts';
import { createIdSource } from '../../platform/id-source.ts';
import { silentLogger } from '../../platform/log/logger.ts';
import { createSites, type Sites } from '../sites/index.ts';
import { createCedar } from './cedar-judge.ts';
import { explainCall, testWork } from './decision-service.ts';
import { createPlacements, starterPolicy, type PlacementContext } from './index.ts';
import {
  activatePolicy,
  activePolicy,
  compareWithActive,
  ensurePolicy,
  policyVersions,
} from './policy-service.ts';
import { readPolicy } from './policy-text.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const clock = { now: () => now };
let database: TestDatabase;
let sites: Sites;
let context: PlacementContext;
let events: LedgerEvent[];
let recorded: Map<string, DecisionRecord>;
let deployments: DeploymentFacts[];
let caller: Awaited<ReturnType<PlacementContext['callerFacts']>>;

beforeAll(async () => {
  database = await testDatabase();
  sites = createSites({
    database: database.app.withTables(),
    clock,
    ids: createIdSource(clock),
    log: silentLogger,
    record: async () => undefined,
    usesOf: async () => [],
  });
  await sites.load([
    siteInput.parse({
      slug: 'falun',
      name: 'Falun',
      place: 'Falun',
      country: 'SE',
      operator: 'Dalarna Compute AB',
      parent: { name: 'Dalarna Compute AB', country: 'SE' },
    }),
  ]);
});
afterAll(() => database.close());

beforeEach(async () => {
  await sql`truncate kulning.policy_activation, kulning.policy_set, kulning.facts_piece, kulning.facts_snapshot`.execute(
    database.migrator.kysely,
  );
  events = [];
  recorded = new Map();
  const idOf = async (slug: string) => (await sites.find(slug))?.id ?? '';
  const deployment = (id: string, siteId: string): DeploymentFacts => ({
    id,
    model: 'triage',
    modelVersion: 'version_1',
    licence: { id: 'Apache-2.0' },
    siteId,
    engine: { id: `engine_${id}`, kind: 'llama' },
    ready: true,
  });
  deployments = [
    deployment('here', await idOf('falun')),
    deployment('borlange', await idOf('borlange')),
    deployment('twin', await idOf('borlange-simulated')),
  ];
  const home = await idOf('falun');
  caller = {
    organisation: { demonstration: false },
    ingressSiteId: home,
    storageSiteIds: [home],
    backupSiteIds: [home],
  };
  context = {
    database: database.app.withTables(),
    clock,
    sites: sites.facts,
    deployments: async () => deployments,
    callerFacts: async () => caller,
    decisionOf: async (_, callId) => recorded.get(callId),
    record: async (_, event) => void events.push(event),
  };
});

const parts = () => ({ ...context, cedar: createCedar() });
const work = { model: 'triage', dataClass: 'personal' as const, purpose: 'support', demonstration: false };

test('the first start activates the starter policy once, and says so in the ledger', async () => {
  await ensurePolicy(context);
  await ensurePolicy(context);
  expect(await activePolicy(context)).toMatchObject({
    text: starterPolicy,
    active: true,
    activatedAt: '2026-11-22T12:00:00.000Z',
  });
  expect(events).toMatchObject([{ kind: 'policy.activated', organisation: null, body: { previous: null } }]);
});

test('two first starts at once activate it once', async () => {
  await Promise.all([ensurePolicy(context), ensurePolicy(context), ensurePolicy(context)]);
  expect(events).toHaveLength(1);
});

test('without a policy nothing can be placed', async () => {
  const { readSnapshot } = createPlacements(context);
  await expect(database.app.inInstance('snapshot', readSnapshot)).rejects.toMatchObject({
    code: 'policy.none',
    status: 503,
  });
});

test('a change that lets personal data go wider is pointed out, and needs a yes', async () => {
  await ensurePolicy(context);
  const inEea = readPolicy(starterPolicy).rules.find(({ id }) => id === 'personal-in-eea');
  const wider = starterPolicy.replace(inEea?.cedar ?? '?', '');
  expect(await compareWithActive(context, wider, 'en')).toMatchObject({ widensRestricted: true });
  await expect(activatePolicy(context, wider, false, 'en')).rejects.toMatchObject({
    code: 'policy.widens',
    status: 409,
  });
  expect((await activePolicy(context)).text).toBe(starterPolicy);
  const { hash } = await activatePolicy(context, wider, true, 'en');
  expect((await activePolicy(context)).hash).toBe(hash);
  expect((await policyVersions(context)).map(({ active }) => active)).toEqual([true, false]);
  expect(events.at(-1)).toMatchObject({
    kind: 'policy.activated',
    body: { policy: hash, comparison: { widensRestricted: true } },
  });
});

test('a wrong policy is refused with its line, and the active one stays', async () => {
  await ensurePolicy(context);
  await expect(
    activatePolicy(context, `${starterPolicy}\npermit (principal`, false, 'en'),
  ).rejects.toMatchObject({ code: 'policy.invalid' });
  expect(await policyVersions(context)).toHaveLength(1);
});

test('activating tells the gateways, and returning to an earlier policy is an activation too', async () => {
  await ensurePolicy(context);
  const narrower = `${starterPolicy}\n@id("no-france") @tag("contract") @en("a") @fr("b") @sv("c")\nforbid (principal, action, resource) when { resource has country && resource.country == "FR" };`;
  const told: string[] = [];
  const listener = await database.app.listen('kulning_control', (payload) => told.push(payload));
  await activatePolicy(context, narrower, false, 'en');
  await activatePolicy(context, starterPolicy, true, 'en');
  expect((await activePolicy(context)).text).toBe(starterPolicy);
  await expect.poll(() => told.filter((payload) => payload.startsWith('policy')).length).toBe(2);
  await listener.close();
});

test('the tester tells the allowed path and why the others are refused, in each language', async () => {
  await ensurePolicy(context);
  const told = await testWork(parts(), 'org_1', work, 'sv');
  expect(told.outcome).toBe('placed');
  const by = Object.fromEntries(told.candidates.map((candidate) => [candidate.deployment, candidate]));
  expect(by['here']?.verdict).toBe('chosen');
  expect(by['borlange']?.reasons.map(({ words }) => words)).toEqual([
    'Borlänge öppnar 2027: platsen är inte öppen än (öppnar 2027-12-31).',
  ]);
  expect(by['twin']?.reasons.map(({ rule }) => rule?.id)).toEqual(['simulated']);
  const french = await testWork(parts(), 'org_1', { ...work, at: '2028-01-01T00:00:00Z' }, 'fr');
  expect(french.candidates.find(({ deployment }) => deployment === 'borlange')?.reasons).toEqual([]);
  const unclassified = await testWork(parts(), 'org_1', { ...work, dataClass: undefined }, 'en');
  expect(unclassified).toMatchObject({ outcome: 'refused', code: 'policy.denied' });
  expect(unclassified.words).toContain('no data class');
});

test('a recorded decision is explained by replay, also after sites and policy have changed', async () => {
  const { readSnapshot, ensurePolicy } = createPlacements(context);
  await ensurePolicy();
  const snapshot = await database.app.inInstance('snapshot', readSnapshot);
  const request: PlacementRequest = {
    callId: 'call_1',
    organisationId: 'org_1',
    ...caller,
    ...work,
  };
  const inputs = { now, inFlight: { here: 2 }, breakers: {}, seed: 7 };
  const decision = decide(request, snapshot.facts, inputs, snapshot.judge);
  recorded.set('call_1', { request, inputs, facts: snapshot.digest, policy: snapshot.judge.hash });

  deployments = deployments.slice(1);
  const closed = `${starterPolicy}\n@id("nothing") @tag("house") @en("a") @fr("b") @sv("c")\nforbid (principal, action, resource);`;
  await activatePolicy(context, closed, false, 'en');
  const told = await explainCall(parts(), 'org_1', 'call_1', 'fr');
  expect(told).toMatchObject({
    ...explain(decision, 'fr'),
    policy: snapshot.judge.hash,
    facts: snapshot.digest,
  });
  await expect(explainCall(parts(), 'org_1', 'call_2', 'en')).rejects.toMatchObject({
    code: 'decision.unknown',
    status: 404,
  });
});

test('equal facts are kept once, and a change keeps only what changed', async () => {
  const { readSnapshot, ensurePolicy } = createPlacements(context);
  await ensurePolicy();
  const pieces = async () =>
    Number(
      (await sql<{ n: bigint }>`select count(*) as n from kulning.facts_piece`.execute(database.app.kysely))
        .rows[0]?.n,
    );
  const first = await database.app.inInstance('snapshot', readSnapshot);
  const again = await database.app.inInstance('snapshot', readSnapshot);
  expect(again.digest).toBe(first.digest);
  expect(again.judge).toBe(first.judge);
  const before = await pieces();
  deployments = deployments.map((deployment) =>
    deployment.id === 'here' ? { ...deployment, ready: false } : deployment,
  );
  const third = await database.app.inInstance('snapshot', readSnapshot);
  expect(third.digest).not.toBe(first.digest);
  expect(await pieces()).toBe(before + 1);
});

test('facts that were changed in the database are noticed', async () => {
  const { readSnapshot, ensurePolicy } = createPlacements(context);
  await ensurePolicy();
  const { digest, judge } = await database.app.inInstance('snapshot', readSnapshot);
  await sql`update kulning.facts_piece set body = replace(body, 'SE', 'US')`.execute(
    database.migrator.kysely,
  );
  const request = {
    callId: 'call_1',
    organisationId: 'org_1',
    ...caller,
    ...work,
  };
  recorded.set('call_1', {
    request,
    inputs: { now, inFlight: {}, breakers: {}, seed: 1 },
    facts: digest,
    policy: judge.hash,
  });
  await expect(explainCall(parts(), 'org_1', 'call_1', 'en')).rejects.toThrow(/were changed/);
});
