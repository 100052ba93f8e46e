import { cacheOperations } from '@kulning/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { GuardRules } from '../src/core/guard/guard-policy.ts';
import { callEvent } from '../src/features/calls/call-leaf.ts';
import { createCache, GatewayCache, readCacheFacts } from '../src/features/cache/index.ts';
import { guardFactsOf } from '../src/features/guardrails/index.ts';
import { createSubject } from '../src/features/privacy/subject.ts';
import { createVaultStore, storeDescriptions } from '../src/features/privacy/index.ts';
import type { Route } from '../src/platform/http/route.ts';
import { createEpochUse } from '../src/platform/vault/epoch-use.ts';
import { type EngineSays, startContentEngine } from './content-engine.ts';
import { ask, contentScene, stranger as organisation } from './content-scene.ts';
import { intents, journal, settled } from './gateway-calls.ts';
import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';

const { get, set, purge } = cacheOperations;
let scene: Awaited<ReturnType<typeof contentScene>>;
let routes: readonly Route[];
let engine: Awaited<ReturnType<typeof startContentEngine>>;
let stage: Stage;
let cache: GatewayCache;
let says: EngineSays = { text: 'ja' };
let ahead = 0;
const now = () => Date.now() + ahead;
const epochUse = createEpochUse();

beforeAll(async () => {
  scene = await contentScene();
  const { database, clock, record } = scene;
  routes = createCache({ database: database.app.withTables(), clock, record }).routes;
  engine = await startContentEngine(() => says);
  cache = newCache();
  stage = await startStage(await snapshot(), {
    content: {
      subjects: {
        detectorFor: () => ({ name: 'known_subject', begins: 0, endAt: () => 0 }),
        refresh: async () => undefined,
      },
      prompts: { text: () => Promise.resolve(undefined) },
      cache,
    },
  });
  await scene.vault.load(organisation);
});
afterAll(async () => {
  await stage.close();
  await engine.close();
  await scene.close();
});
beforeEach(async () => {
  says = { text: 'ja' };
  ahead = 0;
  engine.bodies.length = 0;
  await ask(routes, set, organisation, {
    body: { enabled: true, ttlSeconds: 60, anyTemperature: false, toolCalls: false, maxBytes: 2 ** 20 },
  });
  await ask(routes, purge, organisation, { body: {} });
});

const newCache = () =>
  new GatewayCache({
    database: scene.database.app.withTables(),
    vault: scene.vault,
    ids: scene.ids,
    now,
    epochUse,
  });

async function snapshot(over: { rules?: GuardRules; modelVersion?: string; policy?: string } = {}) {
  const given = snapshotOf([
    {
      deployment: deployment(over.modelVersion ? { modelVersion: over.modelVersion } : {}),
      endpoint: httpEndpoint(engine.url),
    },
  ]);
  const facts = await scene.database.app.inInstance('snapshot', (trx) => readCacheFacts(trx));
  const own = facts.get(organisation);
  const guard = over.rules && guardFactsOf(over.rules);
  const [first] = given.organisations.values();
  if (!first) throw new Error('the snapshot has an organisation');
  return {
    ...given,
    organisations: new Map([[organisation, { ...first, id: organisation }]]),
    keys: new Map(
      [...given.keys].map(([id, key]) => [
        id,
        { ...key, organisationId: organisation, ...((own || guard) && { content: { cache: own, guard } }) },
      ]),
    ),
  };
}

async function call(
  body: object = {},
  headers: Record<string, string> = {},
  over: Parameters<typeof snapshot>[0] = {},
) {
  await stage.change(await snapshot(over));
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.internal}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'herd',
      temperature: 0,
      messages: [{ role: 'user', content: 'hej' }],
      ...body,
    }),
  });
  return {
    state: response.headers.get('x-kulning-cache'),
    id: response.headers.get('x-request-id'),
    text: await response.text(),
    response,
  };
}
const contentOf = (text: string) =>
  (JSON.parse(text) as { choices: { message: { content: string } }[] }).choices[0]?.message.content;

describe('an answer that was given before', () => {
  it('is given again without the engine, in a call of its own that says whose it was and costs nothing', async () => {
    const first = await call();
    says = { text: 'something else' };
    ahead = 12_000;
    const second = await call();
    expect([first.state, second.state]).toEqual(['miss', 'hit; age=12']);
    expect(contentOf(second.text)).toBe('ja');
    expect(engine.bodies).toHaveLength(1);
    const records = await journal(stage);
    const intent = intents(records).at(-1);
    const settlement = settled(records).at(-1);
    if (!intent || !settlement) throw new Error('a hit is on record');
    expect(settlement).toMatchObject({
      outcome: 'answered',
      tokens: { input: 0, output: 0 },
      energy: { value: 0 },
    });
    expect(settlement).not.toHaveProperty('charge');
    const { body } = callEvent({ intent, settlement });
    expect(body).toMatchObject({
      cache: { state: 'hit', from: first.id, ageSeconds: 12 },
      decision: { outcome: 'placed' },
      model: { version: 'version_one' },
    });
    expect(second.id).not.toBe(first.id);
  });

  it('streams as events, also where it was first given whole, and the other way round', async () => {
    const client = new OpenAI({ apiKey: secrets.internal, baseURL: `${stage.url}/v1`, maxRetries: 0 });
    says = { text: 'Åh, ja tack', arguments: '{"a":1}', piece: 2 };
    await ask(routes, set, organisation, { body: { toolCalls: true } });
    await stage.change(await snapshot());
    const asked = { model: 'herd', temperature: 0, messages: [{ role: 'user' as const, content: 'hej' }] };
    const streamed = async () => client.chat.completions.stream(asked).finalChatCompletion();
    const first = await streamed();
    expect(engine.bodies).toHaveLength(1);
    const again = await streamed();
    const whole = await client.chat.completions.create(asked);
    expect(engine.bodies).toHaveLength(1);
    for (const { choices } of [again, whole]) {
      expect(choices[0]?.message.content).toBe('Åh, ja tack');
      expect(choices[0]?.message.tool_calls).toEqual(first.choices[0]?.message.tool_calls);
      expect(choices[0]?.finish_reason).toBe('stop');
    }
  });

  it('has one name for requests that differ in spelling alone, and another for all that matters', async () => {
    await call();
    expect((await call({ user: 'someone', stream: false })).state).toMatch(/^hit/);
    for (const other of [{ messages: [{ role: 'user', content: 'hej!' }] }, { max_tokens: 5 }, { seed: 1 }])
      expect((await call(other)).state).toBe('miss');
    expect((await call({}, { 'x-kulning-data-class': 'personal' })).state).toBe('miss');
    expect((await call({}, { 'x-kulning-purpose': 'research' })).state).toBe('miss');
    expect((await call({}, {}, { modelVersion: 'version_two' })).state).toBe('miss');
    expect((await call({}, {}, { rules: { iban: { request: 'flag' } } })).state).toBe('miss');
  });

  it('is shared by requests that guardrails made equal, each with its own values', async () => {
    const rules: GuardRules = { email: { request: 'mask_and_restore' } };
    says = { text: 'I write to [EMAIL_1]' };
    const to = (email: string) => ({ messages: [{ role: 'user', content: `Write to ${email}` }] });
    expect(contentOf((await call(to('a@b.se'), {}, { rules })).text)).toBe('I write to a@b.se');
    const second = await call(to('c@d.se'), {}, { rules });
    expect(second.state).toMatch(/^hit/);
    expect(contentOf(second.text)).toBe('I write to c@d.se');
  });

  it('is judged anew by guardrails', async () => {
    says = { text: 'mail a@b.se' };
    const rules: GuardRules = { email: { answer: 'mask' } };
    await call({}, {}, { rules });
    const again = await call({}, {}, { rules });
    expect(again.state).toMatch(/^hit/);
    expect(contentOf(again.text)).toBe('mail [EMAIL_1]');
  });

  it('lapses, and is forgotten when the cache is emptied or off', async () => {
    await call();
    ahead = 61_000;
    expect((await call()).state).toBe('miss');
    await ask(routes, purge, organisation, { body: {} });
    expect((await call()).state).toBe('miss');
    expect((await call()).state).toMatch(/^hit/);
    await ask(routes, set, organisation, { body: { enabled: false } });
    expect((await call()).state).toBeNull();
  });
});

describe('a request passes the cache by', () => {
  it.each([
    [{ temperature: 0.7 }, {}, 'not_deterministic'],
    [{ temperature: undefined }, {}, 'not_deterministic'],
    [{ n: 2 }, {}, 'choices'],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }, {}, 'tools'],
    [{}, { 'cache-control': 'no-store' }, 'caller'],
    [{}, { 'cache-control': 'max-age=0, no-cache' }, 'caller'],
    [{}, { 'x-kulning-data-class': 'special' }, 'class'],
  ])('where its answer is not to be kept: %j %j', async (body, headers, why) => {
    const passed = await call(body, headers);
    // Special data may not go to this engine at all; then nothing was looked up either.
    if (passed.response.status === 200) expect(passed.state).toBe(`bypass; reason=${why}`);
    else expect(why).toBe('class');
    await cache.write();
    expect((await ask(routes, get, organisation)).entries).toBe(0);
  });

  it('unless the organisation says that another answer would not matter', async () => {
    await ask(routes, set, organisation, { body: { anyTemperature: true } });
    await call({ temperature: 0.7 });
    expect((await call({ temperature: 0.7 })).state).toMatch(/^hit/);
  });
});

describe('what is kept', () => {
  it('lies in the vault, sealed, and another gateway finds it there', async () => {
    says = { text: 'a secret answer' };
    await call();
    expect(epochUse.oldest(organisation)).toBeDefined();
    await cache.write();
    expect(epochUse.oldest(organisation)).toBeUndefined();
    expect(await ask(routes, get, organisation)).toMatchObject({ entries: 1, enabled: true });
    const other = newCache();
    const facts = await scene.database.app.inInstance('snapshot', (trx) => readCacheFacts(trx));
    await other.load(facts);
    const dump = await scene.database.app.inOrganisation(organisation, (trx) =>
      trx
        .withTables<{
          'kulning.cache_entry': { key: string };
          'kulning.vault_record': { store: string; ciphertext: Buffer };
        }>()
        .selectFrom('kulning.cache_entry')
        .select('key')
        .execute(),
    );
    const found = other.find(organisation, dump[0]?.key ?? '');
    expect(found?.answer).toContain('a secret answer');
  });

  it('is bounded, and the least recently used goes first', async () => {
    await ask(routes, set, organisation, { body: { maxBytes: 65_536 } });
    says = { text: 'x'.repeat(20_000) };
    const asked = (content: string) => call({ messages: [{ role: 'user', content }] });
    await asked('one');
    await asked('two');
    await asked('one');
    await asked('three');
    await asked('four');
    expect((await asked('two')).state).toBe('miss');
    expect((await asked('four')).state).toMatch(/^hit/);
  });

  it('is a store of persons’ data: found in a streamed answer too, and erased', async () => {
    says = { text: 'Write to anna.lind@example.se today', piece: 3 };
    await call({ stream: true });
    await cache.write();
    const { vault, database } = scene;
    const store = createVaultStore({
      name: 'cache',
      description: storeDescriptions.cache,
      database: database.app,
      vault,
      blobs: {} as never,
    });
    const subject = createSubject(vault, organisation, ['anna.lind@example.se']);
    const [record, ...others] = await store.find(subject);
    expect([record?.store, others]).toEqual(['cache', []]);
    const plan = [
      { recordId: record?.recordId ?? '', store: 'cache', action: 'destroy', reason: 'sole-subject' },
    ] as never;
    await store.erase(subject, plan);
    expect(await store.verify(subject, plan, new Set())).toMatchObject({ readBack: 'gone' });
    expect((await ask(routes, get, organisation)).entries).toBe(0);
  });
});
