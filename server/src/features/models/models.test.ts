import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { asSaid, modelAddition, type KulningError } from '@kulning/sdk';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { fixtureGguf, fixtureGgufBytes } from '../../../../tools/fixture-gguf.ts';
import { testDatabase, type TestDatabase } from '../../../test/database.ts';
import { engineAdapters } from '../../adapters/engines/index.ts';
import { unknownAbilities, type EngineState } from '../../core/engine/engine.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { loadCatalogue } from './catalogue.ts';
import { inspectOnce, modelsScene } from '../../../test/models-scene.ts';
import { createModels, type Models, type ModelsContext } from './index.ts';
import { addModel, removeModel, setDesired } from './model-service.ts';
import { engineViews, modelViews, readEverything } from './model-views.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../../../data/models/', import.meta.url)));
let database: TestDatabase;
let folder: string;
let events: LedgerEvent[];
let live: EngineState[];
let context: ModelsContext;
let models: Models;
const signal = new AbortController().signal;

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'kulning-models-'));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  for (const table of ['engine_state', 'deployment', 'model_version', 'model', 'site'])
    await superuser(`delete from kulning.${table}`);
  for (const slug of ['this-machine', 'borlange-simulated', 'essonne'])
    await superuser(`insert into kulning.site (id, slug, name, place, simulated, origin, created_at)
      values ('site_${slug}', '${slug}', '${slug}', '', ${slug === 'borlange-simulated'}, 'starter', now())`);
  events = [];
  live = [];
  context = modelsScene({ database, folder, catalogue, events, live: () => live });
  models = createModels(context);
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const superuser = (statement: string) =>
  database.migrator.inInstance('test', (trx) => sql.raw(statement).execute(trx));
const views = async () => modelViews(await readEverything(context), 'en');
const add = (addition: object) => addModel(context, modelAddition.parse(addition), signal);
const version = async () => {
  const { rows } = await sql<{
    version: bigint;
  }>`select version from kulning.control_version where part = 'models'`.execute(database.app.kysely);
  return rows[0]?.version;
};
const facts = () => database.app.inInstance('test', (trx) => models.facts(trx));
const endpoints = () => database.app.inInstance('test', (trx) => models.endpoints(trx));
const refusal = async (
  work: Promise<unknown>,
): Promise<Pick<KulningError, 'code' | 'message' | 'path' | 'hint'>> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: KulningError) => error,
  );

/** A server that lists these models, as `from documentation` of vLLM. */
async function server(ids: readonly string[], key?: string): Promise<string> {
  const listening = createServer((request, response) => {
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`)
      return void response.writeHead(401).end();
    if (request.url !== '/v1/models') return void response.writeHead(404).end('not here');
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        object: 'list',
        data: ids.map((id) => ({ id, object: 'model', owned_by: 'vllm', max_model_len: 32_768 })),
      }),
    );
  }).listen(0, '127.0.0.1');
  servers.push(listening);
  await once(listening, 'listening');
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('a file becomes a model, a version by digest and a deployment here', async () => {
  const before = await version();
  await add({ source: fixtureGguf(), contextTokens: 1024 });
  const [model] = await views();
  expect(model).toMatchObject({
    name: 'kulning-fixture',
    origin: 'added',
    toy: 'a toy of 147,264 parameters',
  });
  expect(model?.versions).toEqual([
    expect.objectContaining({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/u),
      architecture: 'llama',
      parameters: 147_264,
      contextTokens: 4096,
      licence: { id: 'apache-2.0', source: 'gguf' },
    }),
  ]);
  expect(model?.deployments).toEqual([
    expect.objectContaining({ siteId: 'site_this-machine', desired: 'running', phase: 'unknown' }),
  ]);
  expect(await models.desiredEngines()).toEqual([
    expect.objectContaining({
      kind: 'llama',
      deploymentId: model?.deployments[0]?.id,
      options: expect.objectContaining({ contextTokens: 1024, threads: 1, modelPath: fixtureGguf() }),
    }),
  ]);
  expect(events.map(({ kind, organisation }) => [kind, organisation])).toEqual([['model.added', null]]);
  expect(JSON.stringify(events)).not.toContain(fixtureGguf());
  expect(await version()).toBe((before ?? 0n) + 1n);
});

test('a broken file is refused with the reason, and nothing is stored', async () => {
  const cut = join(folder, 'cut.gguf');
  writeFileSync(cut, fixtureGgufBytes().subarray(0, 300_000));
  const error = await refusal(add({ source: cut }));
  expect(error).toMatchObject({ code: 'model.file_broken', path: 'source' });
  expect(error.message).toMatch(/ends at byte \d+, the file has 300000: it is cut short/u);
  expect(await views()).toEqual([]);
  expect(events).toEqual([]);
});

test.each([
  [{ source: '/does/not/exist.gguf' }, 'model.file_missing', 'source'],
  [{ source: fixtureGguf(), contextTokens: 5000 }, 'model.context_too_large', 'contextTokens'],
  [{ source: fixtureGguf(), siteId: 'essonne' }, 'model.site_elsewhere', 'siteId'],
  [{ source: fixtureGguf(), siteId: 'mars' }, 'site.unknown', 'siteId'],
  [{ source: fixtureGguf(), apiKey: 'x' }, 'model.addition_invalid', 'apiKey'],
  [{ source: 'http://127.0.0.1:1' }, 'engine.unreachable', undefined],
])('%o is refused as %s', async (addition, code, path) => {
  expect(await refusal(add(addition))).toMatchObject({ code, path });
  expect(await views()).toEqual([]);
});

test('a server is added by its address, with or without /v1, and its key is sealed', async () => {
  const address = await server(['Ministral-3-8B'], 'sk-1');
  expect(await refusal(add({ source: address }))).toMatchObject({ code: 'engine.unauthorized' });
  await add({ source: address, apiKey: 'sk-1', licence: { id: 'Apache-2.0' } });
  const [model] = await views();
  expect(model).toMatchObject({ name: 'ministral-3-8b', toy: null });
  expect(model?.versions[0]).toMatchObject({
    digest: null,
    contextTokens: 32_768,
    licence: { id: 'Apache-2.0', source: 'operator' },
    card: { server: 'vLLM' },
  });
  expect(model?.deployments[0]?.engine).toMatchObject({ kind: 'openai-http', source: `${address}/v1` });
  expect([...(await endpoints()).values()]).toEqual([
    {
      kind: 'openai-http',
      origin: { url: address },
      basePath: '/v1',
      engineModel: 'Ministral-3-8B',
      authorization: 'Bearer sk-1',
    },
  ]);
  const stored = await database.migrator.inInstance('test', (trx) =>
    sql`select to_jsonb(d) from kulning.deployment d`.execute(trx),
  );
  expect(JSON.stringify(stored.rows)).not.toContain('sk-1');
  expect(await models.desiredEngines()).toEqual([]);
});

test('a server with several models asks which, and names the nearest of a wrong one', async () => {
  const source = await server(['mistral-small-3.2', 'ministral-3-8b']);
  expect(await refusal(add({ source }))).toMatchObject({
    code: 'engine.several_models',
    path: 'engineModel',
  });
  const wrong = await refusal(add({ source, engineModel: 'ministral-3-9b' }));
  expect(wrong).toMatchObject({ code: 'engine.model_not_served' });
  expect(wrong.hint).toContain('ministral-3-8b');
  await add({ source, engineModel: 'ministral-3-8b' });
});

test('a server elsewhere is never taken to be here', async () => {
  const address = (await server(['m'])).replace('127.0.0.1', '127.0.0.1.nip.invalid');
  const adapter = {
    ...engineAdapters['openai-http'],
    probe: async () => ({
      latencyMs: 1,
      models: [{ id: 'm' }],
      capabilities: {
        ...unknownAbilities,
        tools: 'unknown',
        jsonSchema: 'unknown',
        lora: 'unknown',
      } as const,
    }),
  };
  context = { ...context, engines: { ...engineAdapters, 'openai-http': adapter } };
  expect(await refusal(add({ source: address }))).toMatchObject({
    code: 'model.site_needed',
    path: 'siteId',
  });
  await add({ source: address, siteId: 'essonne' });
  expect((await views())[0]?.deployments[0]?.siteId).toBe('site_essonne');
});

test('what does not fit the memory is refused before anything loads it, with what would fit', async () => {
  const source = fixtureGguf({ contextTokens: 100_000 });
  const small = {
    ...context,
    memoryBytes: 300e6,
    inspectModelFile: () => Promise.reject(new Error('loaded')),
  };
  const asked = modelAddition.parse({ source, contextTokens: 100_000 });
  const error = await refusal(addModel(small, asked, signal));
  expect(error).toMatchObject({
    code: 'model.too_large',
    message: expect.stringContaining('cache 0.1 for 2 × 100000 tokens'),
    hint: expect.stringMatching(/--context-tokens \d+, or with a smaller cache: --cache q4_0/u),
  });
  const contextTokens = Number(/--context-tokens (\d+)/u.exec(error.hint ?? '')?.[1]);
  await addModel({ ...small, inspectModelFile: inspectOnce }, { ...asked, contextTokens }, signal);
  const beside = modelAddition.parse({ source: fixtureGguf({ seed: 3 }), name: 'second' });
  expect(await refusal(addModel(small, beside, signal))).toMatchObject({ code: 'model.too_large' });
});

test('a licence with a revenue limit is known by the model’s name, and above it nothing is deployed', async () => {
  const source = await server(['Devstral-2-123B-Instruct-2512']);
  const asked = modelAddition.parse({ source, name: 'ours' });
  const deployer = { organisationId: 'org_1' };
  expect(await refusal(addModel(context, asked, signal, deployer))).toMatchObject({
    code: 'licence.revenue_cap',
    message: expect.stringContaining('EUR 17,000,000'),
  });
  expect(await views()).toEqual([]);
  await addModel({ ...context, revenueOf: async () => 100e6 }, asked, signal, deployer);
  expect((await facts())[0]?.wattHoursPerThousandTokens).toMatchObject({ value: 50, provenance: 'modelled' });
  expect((await facts())[0]?.licence).toEqual({ id: 'modified-MIT', revenueCapEurPerMonth: 17_000_000 });
  await addModel(context, { ...asked, name: 'bought', licence: { id: 'contract' } }, signal, deployer);
});

test('a name is taken once, and free again after removal', async () => {
  const source = await server(['m']);
  await add({ source, name: 'mine' });
  expect(await refusal(add({ source, name: 'mine' }))).toMatchObject({
    code: 'model.name_taken',
    path: 'name',
  });
  expect(await refusal(removeModel(context, 'mien'))).toMatchObject({
    code: 'model.unknown',
    hint: 'Did you mean: mine?',
  });
  await removeModel(context, 'mine');
  expect(await views()).toEqual([]);
  expect(await facts()).toEqual([]);
  await add({ source, name: 'mine' });
  expect(events.map(({ kind }) => kind)).toEqual(['model.added', 'model.removed', 'model.added']);
});

test('the shipped model is registered once, on this machine and where it stands in, with one engine', async () => {
  const shipped = { name: 'kulning-triage', path: fixtureGguf({ seed: 1 }), card: { summary: 'a toy' } };
  await models.registerShippedModel(shipped, signal);
  await models.registerShippedModel(shipped, signal);
  const [model] = await views();
  expect(model).toMatchObject({ origin: 'shipped', toy: 'a toy of 147,264 parameters, trained here' });
  expect(model?.versions).toHaveLength(1);
  expect(model?.deployments.map(({ siteId }) => siteId)).toEqual([
    'site_this-machine',
    'site_borlange-simulated',
  ]);
  expect(await models.desiredEngines()).toHaveLength(1);
  expect(new Set([...(await endpoints()).values()].map(({ origin }) => JSON.stringify(origin))).size).toBe(1);
  expect(events.map(({ kind }) => kind)).toEqual(['model.added']);
});

test('the shipped model follows its file, takes a new version over, and stays removed', async () => {
  const path = join(folder, 'moved.gguf');
  copyFileSync(fixtureGguf({ seed: 1 }), path);
  const shipped = { name: 'kulning-triage', path: fixtureGguf({ seed: 1 }), card: {} };
  await models.registerShippedModel(shipped, signal);
  await models.registerShippedModel({ ...shipped, path }, signal);
  expect((await models.desiredEngines())[0]?.options).toMatchObject({ modelPath: path });
  expect((await views())[0]?.versions).toHaveLength(1);
  await models.registerShippedModel({ ...shipped, path: fixtureGguf({ seed: 2 }) }, signal);
  expect((await views())[0]?.versions).toHaveLength(2);
  expect(new Set((await facts()).map(({ modelVersion }) => modelVersion))).toEqual(
    new Set([(await views())[0]?.versions[0]?.id]),
  );
  await removeModel(context, 'kulning-triage');
  await models.registerShippedModel(shipped, signal);
  expect(await views()).toEqual([]);
});

test('what the host reports reaches every deployment of the engine, and gateways only when it changes', async () => {
  await models.registerShippedModel(
    { name: 'kulning-triage', path: fixtureGguf({ seed: 1 }), card: {} },
    signal,
  );
  const leader = (await models.desiredEngines())[0]?.deploymentId ?? '';
  const state: EngineState = {
    deploymentId: leader,
    kind: 'llama',
    phase: 'ready',
    sinceMs: 1000,
    restarts: 0,
    memoryMb: 110,
  };
  expect((await facts()).map(({ ready }) => ready)).toEqual([false, false]);
  await models.reportEngines([state]);
  expect((await facts()).map(({ ready }) => ready)).toEqual([true, true]);
  const told = await version();
  await models.reportEngines([{ ...state, memoryMb: 120 }]);
  expect(await version()).toBe(told);
  await models.reportEngines([
    { ...state, phase: 'crash-loop', reason: asSaid('ended with signal SIGABRT'), restarts: 5 },
  ]);
  expect((await facts()).map(({ ready }) => ready)).toEqual([false, false]);
  live = [{ ...state, phase: 'ready', memoryMb: 130, running: 1, queued: 0 }];
  expect(engineViews(await readEverything(context), live, 'en')).toEqual([
    expect.objectContaining({ deploymentId: leader, phase: 'ready', memoryMb: 130, running: 1 }),
  ]);
  expect(engineViews(await readEverything(context), [], 'en')).toEqual([
    expect.objectContaining({ phase: 'crash-loop', restarts: 5, reason: 'ended with signal SIGABRT' }),
  ]);
});

test('a paused deployment is neither run nor ready, and resuming forgets what was known of its engine', async () => {
  await add({ source: fixtureGguf() });
  const [{ deploymentId } = { deploymentId: '' }] = await models.desiredEngines();
  await models.reportEngines([{ deploymentId, kind: 'llama', phase: 'ready', sinceMs: 0, restarts: 0 }]);
  await setDesired(context, deploymentId, 'paused');
  await setDesired(context, deploymentId, 'paused');
  expect(await models.desiredEngines()).toEqual([]);
  expect((await endpoints()).size).toBe(0);
  expect((await facts())[0]?.ready).toBe(false);
  await setDesired(context, deploymentId, 'running');
  expect((await facts())[0]?.ready).toBe(false);
  expect(events.map(({ kind }) => kind)).toEqual(['model.added', 'deployment.paused', 'deployment.resumed']);
  expect(await refusal(setDesired(context, 'deployment_x', 'paused'))).toMatchObject({
    code: 'deployment.unknown',
  });
});

test('a remote server that goes away becomes unreachable, and ready again when it is back', async () => {
  const source = await server(['m']);
  await add({ source });
  await models.checkRemoteEngines(signal);
  expect((await facts())[0]?.ready).toBe(true);
  const listening = servers[0]!;
  const { port } = listening.address() as AddressInfo;
  listening.close();
  listening.closeAllConnections();
  await models.checkRemoteEngines(signal);
  expect(engineViews(await readEverything(context), [], 'en')[0]).toMatchObject({
    phase: 'unreachable',
    restarts: 1,
    reason: expect.stringContaining('ECONNREFUSED'),
  });
  listening.listen(port, '127.0.0.1');
  await models.checkRemoteEngines(signal);
  expect((await facts())[0]?.ready).toBe(true);
});
