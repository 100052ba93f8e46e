import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { fixtureGguf } from '../../../../../tools/fixture-gguf.ts';
import type { LlamaOptions } from '../../../core/engine/engine.ts';
import { parseChatRequest } from '../../../platform/engine-host/chat-request.ts';
import type { ChatBackend } from '../../../platform/engine-host/engine-backend.ts';
import { openLlamaBackend } from './llama-backend.ts';

/**
 * Random weights say everything that a grammar lets through, so they are a good judge of one. This is the one test
 * that loads llama.cpp into its own process, and only with a file of ours.
 */
let backend: ChatBackend;
const options: LlamaOptions = {
  modelPath: fixtureGguf(),
  contextTokens: 4000,
  slots: 1,
  cache: 'f16' as const,
  queueLimit: 0,
  threads: 1,
  temperature: 1,
  knowsTools: false,
  serves: 'chat' as const,
  lora: [],
};
beforeAll(async () => {
  backend = await openLlamaBackend('fixture', options);
});

const schemas: Record<string, object> = {
  'an object with optional properties': {
    type: 'object',
    properties: {
      a: { type: 'integer', minimum: 0 },
      b: { type: 'string', maxLength: 6 },
      c: { type: 'boolean' },
      d: { type: 'null' },
    },
    required: ['b'],
    additionalProperties: false,
  },
  'numbers, enums and constants': {
    type: 'object',
    properties: {
      n: { type: 'number' },
      day: { enum: ['lundi', 'måndag', 3, null] },
      v: { const: 'a "quoted" \\ é\n' },
    },
    required: ['n', 'day', 'v'],
    additionalProperties: false,
  },
  'lists within bounds': {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 3 },
    minItems: 2,
    maxItems: 4,
  },
  'one of several': {
    anyOf: [
      { type: 'integer' },
      {
        type: 'object',
        properties: { kind: { const: 'x' } },
        required: ['kind'],
        additionalProperties: false,
      },
    ],
  },
  'several types': { type: ['integer', 'null'] },
  'a number within bounds': { type: 'integer', minimum: -17, maximum: 1_234 },
  'a pattern': { type: 'string', pattern: '^(SE|FR)[0-9]{2} ?[A-Z-]+$' },
  'a map': { type: 'object', additionalProperties: { type: 'boolean' } },
  'a tree': {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { left: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } },
        required: ['left'],
        additionalProperties: false,
      },
    },
  },
};

test.each(Object.entries(schemas))('every whole answer is JSON of %s', async (_, schema) => {
  const check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  let whole = 0;
  for (let seed = 0; seed < 12; seed++) {
    const request = parseChatRequest(
      JSON.stringify({
        messages: [{ role: 'user', content: 'x' }],
        max_tokens: 400,
        seed,
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
      }),
    );
    const answer = await backend.prepare(request);
    const pieces = answer.generate(0, new AbortController().signal);
    let text = '';
    let next = await pieces.next();
    for (; next.done !== true; next = await pieces.next()) text += next.value.text;
    if (next.value === 'length') continue;
    whole++;
    expect(check.safeParse(JSON.parse(text)).success, text).toBe(true);
  }
  expect(whole).toBeGreaterThan(3);
});

test.each([
  [
    'is refused what its template cannot say',
    { template: 'chatml-without-tools' as const, knowsTools: false },
    'none',
  ],
  [
    'may call if it was trained to',
    { template: 'chatml-without-tools' as const, knowsTools: true },
    'grammar',
  ],
  ['is told of tools by its template', { template: 'chatml' as const, knowsTools: false }, 'grammar'],
])('a model %s', async (_, { template, knowsTools }, support) => {
  const modelPath = fixtureGguf({ template });
  const model = await openLlamaBackend('fixture', { ...options, modelPath, knowsTools });
  expect(model.capabilities.tools).toBe(support);
  const tools = [{ type: 'function', function: { name: 'book' } }];
  const asked = model.prepare(
    parseChatRequest(JSON.stringify({ messages: [{ role: 'user', content: 'x' }], tools })),
  );
  if (support === 'none')
    await expect(asked).rejects.toMatchObject({ status: 400, body: { error: { param: 'tools' } } });
  else expect((await asked).promptTokens).toBeGreaterThan(5);
});
