import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { modelAddition, type KulningError } from '@kulning/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { fixtureGguf, fixtureLora } from '../../../../tools/fixture-gguf.ts';
import { testDatabase, type TestDatabase } from '../../../test/database.ts';
import { modelsScene } from '../../../test/models-scene.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { createModels, type Models, type ModelsContext } from './index.ts';
import { fileFit } from './model-file-source.ts';
import { addModel } from './model-service.ts';
import { modelViews, readEverything } from './model-views.ts';

let database: TestDatabase;
let folder: string;
let events: LedgerEvent[];
let context: ModelsContext;
let models: Models;

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'kulning-files-'));
  await superuser(`insert into kulning.site (id, slug, name, place, simulated, origin, created_at)
    values ('site_this-machine', 'this-machine', 'here', '', false, 'starter', now())`);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  for (const table of ['deployment', 'model_version', 'model'])
    await superuser(`delete from kulning.${table}`);
  events = [];
  context = modelsScene({ database, folder, catalogue: [], events, live: () => [] });
  models = createModels(context);
});

const superuser = (statement: string) =>
  database.migrator.inInstance('test', (trx) => sql.raw(statement).execute(trx));
const views = async () => modelViews(await readEverything(context), 'en');
const add = (addition: object) =>
  addModel(context, modelAddition.parse(addition), new AbortController().signal);
const facts = () => database.app.inInstance('test', (trx) => models.facts(trx));
const refusal = async (work: Promise<unknown>): Promise<Pick<KulningError, 'code' | 'path'>> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: KulningError) => error,
  );

test('a file that pools embeds or ranks, because it says so itself', async () => {
  await add({ source: fixtureGguf({ pools: 'to-vector' }), name: 'vectors' });
  await add({ source: fixtureGguf({ pools: 'to-score' }), name: 'scores', serves: 'rerank' });
  expect((await views()).map(({ deployments: [one] }) => one?.engine.serves)).toEqual([
    'rerank',
    'embeddings',
  ]);
  expect((await models.desiredEngines()).map(({ options }) => 'serves' in options && options.serves)).toEqual(
    ['embeddings', 'rerank'],
  );
  expect(await refusal(add({ source: fixtureGguf(), name: 'c', serves: 'embeddings' }))).toMatchObject({
    code: 'model.addition_invalid',
    path: 'serves',
  });
});

test('a LoRA adapter is checked like a model, and its digest is in the facts', async () => {
  const path = fixtureLora();
  await add({ source: fixtureGguf(), name: 'ours', lora: [{ path, scale: 0.5 }] });
  const digest = `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  expect((await views())[0]?.deployments[0]?.engine.lora).toEqual([{ path, scale: 0.5, digest }]);
  expect((await facts())[0]?.adapters).toEqual([{ digest, scale: 0.5 }]);
  expect(JSON.stringify(events)).not.toContain(path);

  const no = (lora: { path: string; scale: number }[], source = fixtureGguf()) =>
    refusal(add({ source, name: 'no', lora }));
  const scale = 1;
  expect(await no([{ path: fixtureGguf(), scale }])).toMatchObject({ code: 'model.file_broken' });
  expect(await no([{ path: join(folder, 'a,b.gguf'), scale }])).toMatchObject({ path: 'lora.0.path' });
  const ranker = fixtureGguf({ pools: 'to-score' });
  expect(await no([{ path, scale }], ranker)).toMatchObject({ path: 'lora' });
  const wide = fixtureLora({ dimension: 128 });
  expect(await no([{ path: wide, scale }])).toMatchObject({ code: 'model.file_broken' });
  expect(await views()).toHaveLength(1);
});

test('what a file needs is said before it is added, and nothing is loaded or stored', async () => {
  const fit = await fileFit(
    context,
    modelAddition.parse({ source: fixtureGguf(), slots: 3, contextTokens: 512 }),
    'en',
  );
  expect(fit).toMatchObject({
    serves: 'chat',
    contextTokens: 512,
    mostContextTokens: 4096,
    slots: 3,
    problem: null,
  });
  const { weightsBytes, cacheBytes, workBytes, totalBytes } = fit.need;
  expect(weightsBytes).toBe(statSync(fixtureGguf()).size);
  expect(cacheBytes).toBe(3 * 512 * 2 * 64 * 2 * 2); // Tokens, layers, width, keys and values, bytes.
  expect(totalBytes).toBe(weightsBytes + cacheBytes + workBytes);
  const small = { ...context, memoryBytes: 1e6 };
  const tight = await fileFit(small, modelAddition.parse({ source: fixtureGguf() }), 'sv');
  expect(tight.problem?.message).toContain('behöver');
  expect(await views()).toEqual([]);
});
