import { promptsOperations } from '@kulning/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPrompts, createPromptTexts, readPromptFacts } from '../src/features/prompts/index.ts';
import { createVaultStore, storeDescriptions } from '../src/features/privacy/index.ts';
import { createSubject } from '../src/features/privacy/subject.ts';
import type { Route } from '../src/platform/http/route.ts';
import { startContentEngine } from './content-engine.ts';
import { ask, client as other, contentScene, noCache, stranger as organisation } from './content-scene.ts';
import { intents, journal } from './gateway-calls.ts';
import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';

const { create, get, list, version, addVersion, setLabel, removeLabel, render, diff, remove } =
  promptsOperations;
const text = {
  messages: [
    { role: 'system' as const, content: 'Answer in {{language}}.' },
    { role: 'user' as const, content: '{{question}}' },
  ],
  variables: { language: { default: 'Swedish' }, question: {} },
  model: 'herd',
};

let scene: Awaited<ReturnType<typeof contentScene>>;
let routes: readonly Route[];
let engine: Awaited<ReturnType<typeof startContentEngine>>;
let stage: Stage;

beforeAll(async () => {
  scene = await contentScene();
  const { database, vault, clock, ids, record } = scene;
  ({ routes } = createPrompts({ database: database.app.withTables(), vault, clock, ids, record }));
  engine = await startContentEngine(() => ({ text: 'ja' }));
  stage = await startStage(await snapshot(), {
    content: {
      subjects: {
        detectorFor: () => ({ name: 'known_subject', begins: 0, endAt: () => 0 }),
        refresh: async () => undefined,
      },
      prompts: createPromptTexts(database.app.withTables(), vault),
      cache: noCache(),
    },
  });
});
afterAll(async () => {
  await stage.close();
  await engine.close();
  await scene.close();
});

/** Control data with the templates of the moment; the gateway's keys belong to the organisation that has them. */
async function snapshot() {
  const given = snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(engine.url) }]);
  const facts = await scene.database.app.inInstance('snapshot', (trx) => readPromptFacts(trx));
  const prompts = facts.get(organisation);
  const [own] = given.organisations.values();
  return {
    ...given,
    organisations: new Map([[organisation, { ...own!, id: organisation }]]),
    keys: new Map(
      [...given.keys].map(([id, key]) => [
        id,
        { ...key, organisationId: organisation, ...(prompts && { content: { prompts } }) },
      ]),
    ),
  };
}

async function call(body: object, path = '/v1/chat/completions') {
  engine.bodies.length = 0;
  await stage.change(await snapshot());
  return fetch(stage.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.internal}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('a prompt template', () => {
  it('is created, gets versions that never change, and labels that move', async () => {
    const made = await ask(routes, create, organisation, { body: { name: 'answer', text } });
    expect(made).toMatchObject({ name: 'answer', latest: 1, labels: { production: 1 } });
    const next = { ...text, messages: [{ role: 'user' as const, content: 'In {{language}}: {{question}}' }] };
    const params = { promptId: 'answer' };
    const second = await ask(routes, addVersion, organisation, { params, body: { text: next } });
    expect(second).toMatchObject({ latest: 2, labels: { production: 1 } });
    expect(second.versions.map(({ version: number, labels }) => [number, labels])).toEqual([
      [2, []],
      [1, ['production']],
    ]);
    expect(second.versions[0]?.digest).not.toBe(second.versions[1]?.digest);
    const first = await ask(routes, version, organisation, { params: { ...params, version: 'production' } });
    expect(first.text.messages).toEqual(text.messages);
    const moved = await ask(routes, setLabel, organisation, {
      params: { ...params, label: 'trial' },
      body: { version: 2 },
    });
    expect(moved.labels).toEqual({ production: 1, trial: 2 });
    expect(
      (await ask(routes, removeLabel, organisation, { params: { ...params, label: 'trial' } })).labels,
    ).toEqual({ production: 1 });
    expect(
      (await ask(routes, diff, organisation, { params, query: { from: '1', to: 'latest' } })).lines,
    ).toContainEqual({
      change: 'added',
      text: '  In {{language}}: {{question}}',
    });
    expect(scene.events.map(({ kind }) => kind)).toEqual([
      'prompt.created',
      'prompt.version_added',
      'prompt.label_moved',
      'prompt.label_moved',
    ]);
    expect(JSON.stringify(scene.events)).not.toContain('Answer in');
  });

  it('is one organisation’s alone', async () => {
    expect((await ask(routes, list, other)).items).toEqual([]);
    await expect(ask(routes, get, other, { params: { promptId: 'answer' } })).rejects.toMatchObject({
      code: 'prompt.unknown',
    });
  });

  it('that could never be filled, or has a name already, is refused', async () => {
    const wrong = { ...text, variables: {} };
    await expect(
      ask(routes, create, organisation, { body: { name: 'other', text: wrong } }),
    ).rejects.toMatchObject({ code: 'prompt.text_wrong' });
    await expect(ask(routes, create, organisation, { body: { name: 'answer', text } })).rejects.toMatchObject(
      { code: 'prompt.name_taken' },
    );
    await expect(
      ask(routes, setLabel, organisation, {
        params: { promptId: 'answer', label: 'latest' },
        body: { version: 1 },
      }),
    ).rejects.toMatchObject({ code: 'prompt.label_reserved' });
    await expect(
      ask(routes, setLabel, organisation, {
        params: { promptId: 'answer', label: 'x' },
        body: { version: 9 },
      }),
    ).rejects.toMatchObject({ code: 'prompt.version_unknown' });
  });

  it('is previewed as a call would fill it', async () => {
    const params = { promptId: 'answer' };
    expect(
      await ask(routes, render, organisation, { params, body: { variables: { question: 'Varför?' } } }),
    ).toEqual({
      version: 1,
      messages: [
        { role: 'system', content: 'Answer in Swedish.' },
        { role: 'user', content: 'Varför?' },
      ],
    });
    await expect(ask(routes, render, organisation, { params, body: {} })).rejects.toMatchObject({
      code: 'prompt.values_wrong',
      path: 'body.variables.question',
    });
  });
});

describe('a call with a prompt template', () => {
  it('of OpenAI’s own client is filled before it goes on, and says so in its record', async () => {
    await stage.change(await snapshot());
    const openai = new OpenAI({ apiKey: secrets.internal, baseURL: `${stage.url}/v1`, maxRetries: 0 });
    const answer = await openai.responses.create({
      model: 'herd',
      prompt: { id: 'answer', version: '2', variables: { question: { type: 'input_text', text: 'Why?' } } },
      input: 'Be brief.',
    });
    expect(answer.output_text).toBe('ja');
    expect(engine.bodies.at(-1)?.['messages']).toEqual([
      { role: 'user', content: 'In Swedish: Why?' },
      { role: 'user', content: 'Be brief.' },
    ]);
    const { versions, id } = await ask(routes, get, organisation, { params: { promptId: 'answer' } });
    expect(intents(await journal(stage)).at(-1)?.handling).toEqual({
      template: { id, version: 2, digest: versions[0]?.digest },
    });
  });

  it('of chat completions has it by the same field, with the label production where none is named', async () => {
    const answer = await call({
      prompt: { id: 'answer', variables: { question: 'Why?', language: 'French' } },
    });
    expect(answer.status).toBe(200);
    expect(engine.bodies[0]).toEqual({
      model: 'engine-model',
      messages: [
        { role: 'system', content: 'Answer in French.' },
        { role: 'user', content: 'Why?' },
      ],
    });
  });

  it.each([
    [{ id: 'nobody' }, 'prompt_unknown', 'prompt.id'],
    [{ id: 'answer', version: '7', variables: {} }, 'prompt_version_unknown', 'prompt.version'],
    [{ id: 'answer' }, 'prompt_variables', 'prompt.variables.question'],
    [
      { id: 'answer', variables: { question: 'x', colour: 'y' } },
      'prompt_variables',
      'prompt.variables.colour',
    ],
    [
      { id: 'answer', variables: { question: { type: 'input_image' } } },
      'prompt_malformed',
      'prompt.variables.question',
    ],
    [{ version: '1' }, 'prompt_malformed', 'prompt'],
  ])('that cannot be filled is refused with the field: %j', async (prompt, code, param) => {
    const answer = await call({ model: 'herd', prompt });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: object }).error).toMatchObject({ code, param });
    expect(engine.bodies).toHaveLength(0);
  });
});

describe('the texts of templates', () => {
  it('are a store of the vault: found by who is in them, erased, and then no version of a call', async () => {
    const { database, vault } = scene;
    const named = {
      ...text,
      messages: [{ role: 'user' as const, content: 'Write to anna.lind@example.se: {{question}}' }],
    };
    await ask(routes, create, organisation, { body: { name: 'letter', text: named } });
    const blobs = {} as never;
    const store = createVaultStore({
      name: 'prompts',
      description: storeDescriptions.prompts,
      database: database.app,
      vault,
      blobs,
    });
    const subject = createSubject(vault, organisation, ['anna.lind@example.se']);
    const found = await store.find(subject);
    expect(found).toHaveLength(1);
    const [record] = found;
    const plan = [
      { recordId: record?.recordId ?? '', store: 'prompts', action: 'destroy', reason: 'sole-subject' },
    ] as never;
    await store.erase(subject, plan);
    expect(await store.verify(subject, plan, new Set())).toMatchObject({ readBack: 'gone' });
    expect(await ask(routes, get, organisation, { params: { promptId: 'letter' } })).toMatchObject({
      latest: null,
      versions: [],
      labels: {},
    });
    const answer = await call({ model: 'herd', prompt: { id: 'letter', variables: { question: 'x' } } });
    expect(answer.status).toBe(400);
  });

  it('go with the template, keys and all', async () => {
    await ask(routes, remove, organisation, { params: { promptId: 'answer' } });
    await expect(ask(routes, get, organisation, { params: { promptId: 'answer' } })).rejects.toMatchObject({
      code: 'prompt.unknown',
    });
    const left = await scene.database.app.inOrganisation(organisation, (trx) =>
      trx
        .withTables<{ 'kulning.vault_record': { id: string; store: string } }>()
        .selectFrom('kulning.vault_record')
        .select('id')
        .where('store', '=', 'prompts')
        .execute(),
    );
    expect(left).toEqual([]);
  });
});
