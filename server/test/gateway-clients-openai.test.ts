import { setTimeout as sleep } from 'node:timers/promises';

import { OpenAI } from 'openai';
import { OpenAI as OpenAI6 } from 'openai-6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ClientsStage, startClientsStage } from './gateway-clients-stage.ts';
import { journal, settled } from './gateway-calls.ts';

let stage: ClientsStage;
beforeAll(async () => {
  stage = await startClientsStage();
}, 60_000);
afterAll(() => stage.close());

const clients = { 'openai 6': OpenAI6 as unknown as typeof OpenAI, 'openai 7': OpenAI };
const models = ['scripted', 'llama', 'remote'] as const;
const user = (content: string) => [{ role: 'user' as const, content }];
const parameters = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 12 }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tool = (name: string) => ({ type: 'function' as const, function: { name, parameters } });
const tools = [tool('weather'), tool('time')];

describe.each(Object.entries(clients))('%s, unmodified', (_, Client) => {
  const client = () => new Client({ apiKey: stage.apiKey, baseURL: `${stage.url}/v1`, maxRetries: 0 });

  it.each(models)('chats with %s, whole and streamed, usage counted once', async (model) => {
    const asked = { model, messages: user('hello'), max_tokens: 12, temperature: 0 };
    const whole = await client().chat.completions.create(asked);
    expect(whole.choices[0]?.message.content).toBeTypeOf('string');
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
    const stream = client().chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(streamed.usage).toEqual(whole.usage);
  });

  it.each(['scripted', 'remote'])(
    'gets parallel calls of tools from %s, and gives their results back',
    async (model) => {
      const messages = user('use your tools');
      const { choices } = await client().chat.completions.create({ model, messages, tools });
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      const calls = choices[0]?.message.tool_calls ?? [];
      expect(calls.map((call) => call.type === 'function' && call.function.name)).toEqual([
        'weather',
        'time',
      ]);
      const streamed = await client().chat.completions.stream({ model, messages, tools }).finalMessage();
      expect(streamed.tool_calls?.map((call) => call.type === 'function' && call.function.arguments)).toEqual(
        calls.map((call) => call.type === 'function' && call.function.arguments),
      );
      const said = await client().chat.completions.create({
        model,
        messages: [
          ...messages,
          { role: 'assistant', tool_calls: calls },
          ...calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' })),
        ],
      });
      expect(said.choices[0]?.finish_reason).toBe('stop');
    },
  );

  it.each(['llama', 'remote'])(
    'has a call when it requires one, and that of the tool it names, from %s',
    async (model) => {
      const asked = { model, messages: user('hello'), tools, max_tokens: 200 };
      const required = await client().chat.completions.create({ ...asked, tool_choice: 'required' });
      expect(required.choices[0]?.message.tool_calls?.length).toBeGreaterThan(0);
      const named = await client().chat.completions.create({
        ...asked,
        tool_choice: { type: 'function', function: { name: 'time' } },
      });
      const [call, ...others] = named.choices[0]?.message.tool_calls ?? [];
      expect(others).toEqual([]);
      expect(call?.type === 'function' && call.function.name).toBe('time');
      expect(JSON.parse((call?.type === 'function' && call.function.arguments) || '')).toMatchObject({
        days: expect.any(Number) as number,
      });
      const none = await client().chat.completions.create({ ...asked, max_tokens: 5, tool_choice: 'none' });
      expect(none.choices[0]?.message.tool_calls).toBeUndefined();
    },
  );

  it.each(['llama', 'remote'])('may have ids of other makers in its history with %s', async (model) => {
    const id = 'call_0123456789abcdefghijkl';
    const { choices } = await client().chat.completions.create({
      model,
      max_tokens: 5,
      messages: [
        ...user('hello'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: { name: 'time', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: id, content: 'noon' },
      ],
    });
    expect(choices[0]?.message.content).toBeTypeOf('string');
  });

  it('gets JSON of its schema from a real model', async () => {
    const { choices } = await client().chat.completions.create({
      model: 'llama',
      messages: user('hello'),
      max_tokens: 300,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'place', schema: parameters, strict: true },
      },
    });
    const place = JSON.parse(choices[0]?.message.content ?? '') as { city: string; days: number };
    expect(place.city).toBeTypeOf('string');
    expect(Number.isSafeInteger(place.days)).toBe(true);
  });

  it('keeps what a model thought', async () => {
    const asked = { model: 'remote', messages: user('think') };
    const whole = await client().chat.completions.create(asked);
    expect(whole.choices[0]?.message).toMatchObject({ reasoning_content: 'Let me see.' });
    let thought = '';
    for await (const chunk of await client().chat.completions.create({ ...asked, stream: true }))
      thought +=
        (chunk.choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? '';
    expect(thought).toBe('Let me see.');
  });

  it.each(['scripted', 'llama'])(
    'is told that a prompt is too long for %s, and how long it may be',
    async (model) => {
      const call = client().chat.completions.create({ model, messages: user('hello again '.repeat(2000)) });
      await expect(call).rejects.toMatchObject({
        status: 400,
        code: 'context_length_exceeded',
        message: expect.stringContaining('1024') as string,
      });
      const asked = { model, messages: user('hello again '.repeat(2000)) };
      const inFrench = client().chat.completions.create(asked, { headers: { 'accept-language': 'fr' } });
      await expect(inFrench).rejects.toThrow(/L’invite compte .*jetons\u00a0; le modèle en accepte 1024\./u);
    },
  );

  it('is told which models there are', async () => {
    await expect(
      client().chat.completions.create({ model: 'lama', messages: user('x') }),
    ).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('llama') as string,
    });
    expect((await client().models.list()).data.map(({ id }) => id).toSorted()).toEqual(models.toSorted());
  });

  it('aborts while the answer comes, and before it begins', async () => {
    const before = stage.remote.aborted();
    for (const content of ['endless', 'wait']) {
      const seen = stage.remote.seen.length;
      const abort = new AbortController();
      const asked = { model: 'remote', messages: user(content), stream: true as const };
      const reading = (async () => {
        for await (const _ of await client().chat.completions.create(asked, { signal: abort.signal }))
          abort.abort();
      })();
      const ended = reading.catch((error: unknown) => expect(error).toMatchObject({ name: 'Error' }));
      if (content === 'wait') {
        await expect.poll(() => stage.remote.seen.length, { timeout: 10_000 }).toBe(seen + 1);
        abort.abort();
      }
      await ended;
    }
    await expect.poll(stage.remote.aborted, { timeout: 10_000 }).toBe(before + 2);
  });

  it.each(['scripted', 'remote'] as const)('hears of it when %s dies in the middle', async (model) => {
    const content = model === 'remote' ? 'die' : 'talk forever';
    let text = '';
    const reading = (async () => {
      const asked = { model, messages: user(content), stream: true as const };
      for await (const chunk of await client().chat.completions.create(asked)) {
        if (text === '' && model === 'scripted') stage.kill(model);
        text += chunk.choices[0]?.delta.content ?? '';
      }
    })();
    await expect(reading).rejects.toThrow(/Stockholm failed/u);
    expect(text).not.toBe('');
    if (model === 'scripted') await stage.revived(model);
  });

  it('embeds, in floats and in base64, where an engine can; elsewhere it is told', async () => {
    const { data, usage } = await client().embeddings.create({ model: 'remote', input: ['a', 'b'] });
    expect(data.map(({ embedding }) => embedding[0]?.toFixed(3))).toEqual(['0.600', '0.600']);
    expect(usage.prompt_tokens).toBe(4);
    await expect(client().embeddings.create({ model: 'llama', input: 'a' })).rejects.toMatchObject({
      status: 400,
      code: 'ability.missing',
      message: expect.stringContaining('These can: remote.') as string,
    });
  });

  it('completes plain text, whole and streamed', async () => {
    const asked = { model: 'remote', prompt: 'Once' };
    expect((await client().completions.create(asked)).choices[0]?.text).toBe('Once …');
    let text = '';
    for await (const chunk of await client().completions.create({ ...asked, stream: true })) {
      expect(chunk.usage).toBeUndefined();
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe('Once …');
  });

  it.each(models)('gets responses from %s, whole and streamed', async (model) => {
    const asked = { model, input: 'hello', instructions: 'Be brief.', max_output_tokens: 12, temperature: 0 };
    const whole = await client().responses.create(asked);
    expect(whole.output_text).not.toBe('');
    expect(whole.usage?.output_tokens).toBeGreaterThan(0);
    const stream = client().responses.stream(asked);
    const numbers: number[] = [];
    for await (const event of stream) numbers.push(event.sequence_number);
    expect(numbers).toEqual(numbers.map((__, at) => at));
    const streamed = await stream.finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.usage).toEqual(whole.usage);
  });

  it('hears of an engine that dies in the middle of a response', async () => {
    const reading = (async () => {
      const asked = { model: 'remote', input: 'die', stream: true as const };
      for await (const { type } of await client().responses.create(asked))
        expect(type).not.toBe('response.completed');
    })();
    await expect(reading).rejects.toThrow(/Stockholm failed/u);
  });

  it('lets a response call tools, and takes their results', async () => {
    const given = tools.map(({ function: { name } }) => ({
      type: 'function' as const,
      name,
      parameters,
      strict: true,
    }));
    const first = await client().responses.create({ model: 'remote', input: 'use your tools', tools: given });
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map(({ name }) => name)).toEqual(['weather', 'time']);
    const second = await client().responses.create({
      model: 'remote',
      tools: given,
      input: [
        { role: 'user', content: 'use your tools' },
        ...calls,
        ...calls.map((call) => ({
          type: 'function_call_output' as const,
          call_id: call.call_id,
          output: 'sunny',
        })),
      ],
    });
    expect(second.output_text).toBe('The tool said sunny');
  });

  it.each([
    ['previous_response_id', 'resp_1'],
    ['store', true],
    ['background', true],
  ])('is told that no response is remembered (%s)', async (param, value) => {
    await expect(
      client().responses.create({ model: 'remote', input: 'x', [param]: value }),
    ).rejects.toMatchObject({ status: 400, param });
  });

  it('is told what to do where there is no classifier', async () => {
    await expect(client().moderations.create({ input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'endpoint_absent',
    });
  });
});

it('a full queue answers 503 with a time to come back, and nobody waits unseen', async () => {
  const client = new OpenAI({ apiKey: stage.apiKey, baseURL: `${stage.url}/v1`, maxRetries: 0 });
  const abort = new AbortController();
  const asked = { model: 'scripted', messages: user('slowly') };
  const calls = Array.from({ length: 6 }, () =>
    client.chat.completions.create(asked, { signal: abort.signal }).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  const refused = await Promise.race([...calls, sleep(5_000)]);
  expect(refused).toMatchObject({ status: 503 });
  expect((refused as { headers: Headers }).headers.get('retry-after')).not.toBeNull();
  abort.abort();
  await Promise.all(calls);
});

it('every call of this file is on record, with its tokens where the engine said them', async () => {
  const records = settled(await journal(stage));
  expect(records.filter(({ outcome, tokens }) => outcome === 'answered' && !tokens)).toEqual([]);
  expect(new Set(records.map(({ outcome }) => outcome))).toEqual(
    new Set(['answered', 'refused', 'failed', 'cancelled']),
  );
});
