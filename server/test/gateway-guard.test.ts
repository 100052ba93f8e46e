import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { GuardRules } from '../src/core/guard/guard-policy.ts';
import { callEvent } from '../src/features/calls/call-leaf.ts';
import type { Snapshot } from '../src/features/gateway/index.ts';
import { guardFactsOf } from '../src/features/guardrails/index.ts';
import { knownSubjectDetector } from '../src/features/guardrails/known-subject-detector.ts';
import { type EngineSays, startContentEngine } from './content-engine.ts';
import { errorOf, intents, journal, settled } from './gateway-calls.ts';
import { noCache } from './content-scene.ts';
import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';

let says: EngineSays = {};
let engine: Awaited<ReturnType<typeof startContentEngine>>;
let stage: Stage;
let native: Stage;

const subjects = {
  detectorFor: () => knownSubjectDetector(({ kind, value }) => kind === 'name' && value === 'anna lind'),
  refresh: () => Promise.resolve(),
};
const content = { subjects, prompts: { text: () => Promise.resolve(undefined) }, cache: noCache() };
const ground = (responses: boolean) =>
  snapshotOf([
    {
      deployment: deployment(),
      endpoint: {
        ...httpEndpoint(engine.url),
        ...(responses && { capabilities: { responses: true } as never }),
      },
    },
  ]);
const withRules = (snapshot: Snapshot, rules: GuardRules): Snapshot => ({
  ...snapshot,
  keys: new Map(
    [...snapshot.keys].map(([id, key]) => [id, { ...key, content: { guard: guardFactsOf(rules) } }]),
  ),
});

beforeAll(async () => {
  engine = await startContentEngine(() => says);
  stage = await startStage(ground(false), { content });
  native = await startStage(ground(true), { content });
});
afterAll(async () => {
  await stage.close();
  await native.close();
  await engine.close();
});

/** One call under these rules; the engine says this. */
async function ask(
  rules: GuardRules,
  body: object,
  engineSays: EngineSays = {},
  path = '/v1/chat/completions',
  at = stage,
) {
  says = engineSays;
  engine.bodies.length = 0;
  await at.change(withRules(ground(at === native), rules));
  return fetch(at.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.internal}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'herd', ...body }),
  });
}
const chat = (content: string, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more });
const restoring: GuardRules = { email: { request: 'mask_and_restore' } };
const asText = (value: unknown) => JSON.stringify(value);
type Chat = {
  choices: {
    message: { content: string; tool_calls?: { function: { arguments: string } }[] };
    logprobs: unknown;
  }[];
};

describe('a request under guardrails', () => {
  it('reaches the model without what is masked, and its answer has it again', async () => {
    const answer = await ask(restoring, chat('Write to anna@b.se and carl@d.se, not anna@b.se'), {
      text: 'I wrote to [EMAIL_1], then [EMAIL_2]; [EMAIL_3] is not mine',
    });
    expect(asText(engine.bodies[0])).toContain('Write to [EMAIL_1] and [EMAIL_2], not [EMAIL_1]');
    const { choices } = (await answer.json()) as Chat;
    expect(choices[0]?.message.content).toBe('I wrote to anna@b.se, then carl@d.se; [EMAIL_3] is not mine');
    expect(answer.headers.get('x-kulning-guard')).toBe('email;n=3;did=mask_and_restore;in=request');
  });

  it.each([
    ['/v1/completions', { prompt: 'to anna@b.se' }],
    ['/v1/completions', { prompt: ['to anna@b.se'], suffix: 'anna@b.se' }],
    ['/v1/embeddings', { input: ['to anna@b.se'] }],
    ['/v1/fim/completions', { prompt: 'to anna@b.se', suffix: 'anna@b.se' }],
    ['/v1/responses', { input: 'to anna@b.se', instructions: 'mail anna@b.se' }],
    ['/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_text', text: 'anna@b.se' }] }] }],
    [
      '/v1/messages',
      { max_tokens: 9, system: 'anna@b.se', messages: [{ role: 'user', content: 'anna@b.se' }] },
    ],
    [
      '/v1/chat/completions',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c', type: 'function', function: { name: 'f', arguments: '{"to":"anna@b.se"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c', content: 'sent to anna@b.se' },
        ],
        user: 'anna@b.se',
      },
    ],
  ])('is masked in every dialect: %s %#', async (path, body) => {
    const answer = await ask({ email: { request: 'mask' } }, body, { text: 'done' }, path);
    expect(answer.status).toBe(200);
    expect(asText(engine.bodies[0])).toContain('[EMAIL_1]');
    expect(asText(engine.bodies[0])).not.toContain('anna@b.se');
  });

  it('is stopped before anything is sent, with a receipt that names and counts', async () => {
    const before = (await journal(stage)).length;
    const refused = await ask(
      { se_personnummer: { request: 'block' }, email: { request: 'flag' } },
      chat('850709-9805, 850709-9805 and a@b.se', { user: 'someone' }),
    );
    expect(refused.status).toBe(400);
    expect(engine.bodies).toHaveLength(0);
    const error = await errorOf(refused);
    expect(error).toMatchObject({
      code: 'guard_blocked',
      kulning: { receipt: expect.stringMatching(/^call_/) },
    });
    expect(error.message).toContain('se_personnummer (2)');
    expect(error.message).toContain('does not mean that nothing is there');
    const written = (await journal(stage)).slice(before);
    const [intent] = intents(written);
    const [settlement] = settled(written);
    if (!intent || !settlement) throw new Error('a stopped call is on record');
    expect(settlement).toMatchObject({ outcome: 'refused', status: 400, reason: 'guard.request' });
    const { body } = callEvent({ intent, settlement });
    expect(body['guard']).toEqual({
      rules: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      request: { se_personnummer: { did: 'block', n: 2 }, email: { did: 'flag', n: 1 } },
    });
    expect(asText(written)).not.toMatch(/850709|a@b\.se/);
  });

  it('says what nobody looked into, and that nothing was found', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,QUFB' } };
    const answer = await ask(restoring, {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }, image] }],
    });
    expect(answer.headers.get('x-kulning-guard')).toBe('nothing_found, not_examined;n=1');
  });

  it('is searched for persons whom the organisation named', async () => {
    await ask(
      { known_subject: { request: 'mask' } },
      chat('Has Lind, Anna paid? Anna Lind says so. Anna Berg did.'),
    );
    expect(asText(engine.bodies[0])).toContain(
      'Has [KNOWN_SUBJECT_1] paid? [KNOWN_SUBJECT_2] says so. Anna Berg did.',
    );
  });

  it('pays nothing where there are no rules', async () => {
    const answer = await ask({}, chat('Write to anna@b.se'), { text: 'ok' });
    expect(answer.headers.has('x-kulning-guard')).toBe(false);
    expect(asText(engine.bodies[0])).toContain('anna@b.se');
  });
});

describe('an answer under guardrails', () => {
  const masking: GuardRules = { email: { answer: 'mask' } };

  it('is masked, arguments of tools too, and shows no pieces', async () => {
    const args = '{"to":"anna@b.se","n":1}';
    const answer = await ask(masking, chat('hi', { logprobs: true }), {
      text: 'mail anna@b.se',
      arguments: args,
    });
    const { choices } = (await answer.json()) as Chat;
    expect(choices[0]).toMatchObject({ message: { content: 'mail [EMAIL_1]' }, logprobs: null });
    expect(JSON.parse(choices[0]?.message.tool_calls?.[0]?.function.arguments ?? '')).toEqual({
      to: '[EMAIL_1]',
      n: 1,
    });
    expect(answer.headers.get('x-kulning-guard')).toBe('email;n=2;did=mask;in=answer');
  });

  it('that holds what must not pass is an error that keeps it to itself', async () => {
    const answer = await ask({ iban: { answer: 'block' } }, chat('hi'), {
      text: 'SE45 5000 0000 0583 9825 7466',
    });
    expect(answer.status).toBe(502);
    expect(await errorOf(answer)).toMatchObject({
      code: 'guard_blocked',
      message: expect.stringContaining('iban (1)'),
    });
    expect(settled(await journal(stage)).at(-1)).toMatchObject({
      outcome: 'failed',
      reason: 'guard.answer',
      answerGuard: { iban: { did: 'block', n: 1 } },
      tokens: { input: 7, output: 3 },
    });
  });

  it.each([1, 2, 3, 5, 7, 11, 64])('is masked in a stream of pieces of %i', async (piece) => {
    says = {
      text: 'Dear anna@b.se, call 070-123 45 67 or [EMAIL_1] today.',
      arguments: '{"to":"anna@b.se"}',
      piece,
    };
    await stage.change(
      withRules(ground(false), {
        email: { request: 'mask_and_restore', answer: 'mask' },
        phone: { answer: 'mask' },
      }),
    );
    const client = new OpenAI({ apiKey: secrets.internal, baseURL: `${stage.url}/v1`, maxRetries: 0 });
    const stream = client.chat.completions.stream({
      model: 'herd',
      messages: [{ role: 'user', content: 'from carl@d.se' }],
    });
    const whole = await stream.finalChatCompletion();
    expect(whole.choices[0]?.message.content).toBe('Dear [EMAIL_2], call [PHONE_1] or carl@d.se today.');
    const [tool] = whole.choices[0]?.message.tool_calls ?? [];
    expect(tool?.type === 'function' && tool.function.arguments).toBe('{"to":"[EMAIL_2]"}');
    expect(whole.choices[0]?.finish_reason).toBe('stop');
    expect(settled(await journal(stage)).at(-1)).toMatchObject({
      outcome: 'answered',
      answerGuard: { email: { did: 'mask', n: 2 }, phone: { did: 'mask', n: 1 } },
    });
  });

  it.each([
    ['/v1/completions', { prompt: 'x', stream: true }],
    ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'x' }], stream: true }],
    ['/v1/responses', { input: 'x', stream: true }],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], stream: true, logprobs: true }],
  ])(
    'is masked in streams of every dialect, and ends with an error where it must not pass: %s',
    async (path, body) => {
      const text = 'Dear anna@b.se how are you';
      for (const piece of [1, 4, 100]) {
        const masked = await (await ask(masking, body, { text, piece }, path)).text();
        expect(masked).not.toMatch(/anna|b\.se/);
        expect(masked).toContain('[EMAIL_1]');
        const blocked = await (await ask({ email: { answer: 'block' } }, body, { text, piece }, path)).text();
        expect(blocked).not.toContain('anna');
        expect(blocked).not.toContain('how are');
        expect(blocked).toMatch(/guardrails stop this answer/);
      }
    },
  );

  it.each([1, 6, 100])('is masked in an engine’s own responses, in pieces of %i', async (piece) => {
    const text = 'Dear anna@b.se how are you';
    const args = '{"to":"carl@d.se"}';
    const answer = await ask(
      masking,
      { input: 'x', stream: true },
      { text, arguments: args, piece },
      '/v1/responses',
      native,
    );
    const out = await answer.text();
    expect(out).not.toMatch(/anna|carl/);
    const events = [...out.matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => JSON.parse(data) as Record<string, string>,
    );
    const deltas = (type: string) =>
      events
        .filter((event) => event['type'] === type)
        .map(({ delta }) => delta)
        .join('');
    expect(deltas('response.output_text.delta')).toBe('Dear [EMAIL_1] how are you');
    expect(deltas('response.function_call_arguments.delta')).toBe('{"to":"[EMAIL_2]"}');
    expect(asText(events.at(-1))).toContain('Dear [EMAIL_1] how are you');
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, at) => at));
    expect(settled(await journal(native)).at(-1)?.answerGuard).toEqual({ email: { did: 'mask', n: 2 } });
  });
});
