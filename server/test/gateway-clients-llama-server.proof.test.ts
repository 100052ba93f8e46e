import { createMistral } from '@ai-sdk/mistral';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatMistralAI } from '@langchain/mistralai';
import { ChatOpenAI } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';
import { generateText, streamText } from 'ai';
import { OpenAI } from 'openai';
import { OpenAI as OpenAI6 } from 'openai-6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { textIn } from '../src/core/dialects/json-view.ts';
import { type ClientsStage, startClientsStage } from './gateway-clients-stage.ts';

const llamaServer = process.env['KULNING_LLAMA_SERVER'];
if (llamaServer === undefined) throw new Error('KULNING_LLAMA_SERVER names no llama-server');

let stage: ClientsStage;
beforeAll(async () => {
  stage = await startClientsStage(llamaServer);
}, 60_000);
afterAll(() => stage.close());

const model = 'llama-server';
const user = (content: string) => [{ role: 'user' as const, content }];
const parameters = {
  type: 'object',
  properties: { city: { enum: ['Borlänge', 'Évry'] }, days: { type: 'integer', minimum: 1, maximum: 9 } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tools = ['weather', 'time'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters },
}));
/** What a trained model does of itself: a call first, and then an end (4 is `<|im_end|>` of the fixture). */
const asTrained = {
  parallel_tool_calls: false,
  logit_bias: [
    ['<tool_call>', 60],
    [4, 130],
  ],
};

const openAis = { 'openai 6': OpenAI6 as unknown as typeof OpenAI, 'openai 7': OpenAI };
describe.each(Object.entries(openAis))('%s, unmodified, with a real llama-server', (_, Client) => {
  const client = () => new Client({ apiKey: stage.apiKey, baseURL: `${stage.url}/v1`, maxRetries: 0 });

  it('chats, whole and streamed, usage counted once', async () => {
    const asked = { model, messages: user('hello'), max_tokens: 12, temperature: 0 };
    const whole = await client().chat.completions.create(asked);
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
    const stream = client().chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(streamed.usage?.total_tokens).toBe(whole.usage?.total_tokens);
  });

  it('has a call when it requires one, and that of the tool it names', async () => {
    const asked = { model, messages: user('hello'), tools, max_tokens: 400, ...asTrained } as never as {
      model: string;
      messages: ReturnType<typeof user>;
      tools: typeof tools;
    };
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
  });

  it('gets JSON of its schema', async () => {
    const { choices } = await client().chat.completions.create({
      model,
      messages: user('hello'),
      max_tokens: 300,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'place', schema: parameters, strict: true },
      },
    });
    const place = JSON.parse(choices[0]?.message.content ?? '') as { city: string; days: number };
    expect(parameters.properties.city.enum).toContain(place.city);
    expect(Number.isSafeInteger(place.days)).toBe(true);
  });

  it('is told that a prompt is too long, and how long it may be', async () => {
    const call = client().chat.completions.create({ model, messages: user('hello again '.repeat(2000)) });
    await expect(call).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('is told that a picture is its own mistake, and the model goes on', async () => {
    const picture = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } };
    const sent = () =>
      client().chat.completions.create({ model, messages: [{ role: 'user', content: [picture] }] });
    for (let times = 0; times < 8; times++)
      await expect(sent()).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    const { choices } = await client().chat.completions.create({ model, messages: user('x'), max_tokens: 1 });
    expect(choices).toHaveLength(1);
  });

  it('gets responses, whole and streamed, and completions of plain text', async () => {
    const asked = { model, input: 'hello', max_output_tokens: 12, temperature: 0 };
    const whole = await client().responses.create(asked);
    const stream = client().responses.stream(asked);
    for await (const event of stream) expect(event.type).not.toBe('error');
    expect((await stream.finalResponse()).output_text).toBe(whole.output_text);
    const { choices } = await client().completions.create({ model, prompt: 'Once', max_tokens: 3 });
    expect(choices[0]?.text).not.toBe('');
  });

  it('hears of it when the server dies in the middle, and of the next one nothing', async () => {
    let text = '';
    const reading = (async () => {
      const asked = { model, messages: user('talk forever'), stream: true as const, logit_bias: { 4: -100 } };
      for await (const chunk of await client().chat.completions.create(asked)) {
        if (text === '' && chunk.choices[0]?.delta.content) stage.kill(model);
        text += chunk.choices[0]?.delta.content ?? '';
      }
    })();
    await expect(reading).rejects.toThrow(/Stockholm failed/u);
    expect(text).not.toBe('');
    await stage.revived(model);
  });
});

describe('other clients, unmodified, with a real llama-server', () => {
  it('@anthropic-ai/sdk gets messages, whole and streamed', async () => {
    const client = new Anthropic({
      apiKey: stage.apiKey,
      authToken: null,
      baseURL: stage.url,
      maxRetries: 0,
    });
    const asked = { model, messages: user('hello'), max_tokens: 12, temperature: 0 };
    const whole = await client.messages.create(asked);
    expect(whole.usage.output_tokens).toBeGreaterThan(0);
    expect((await client.messages.stream(asked).finalMessage()).content).toEqual(whole.content);
  });

  it('@mistralai/mistralai chats, and says `any` for a call', async () => {
    const client = new Mistral({ apiKey: stage.apiKey, serverURL: stage.url });
    const messages = user('hello');
    const { choices } = await client.chat.complete({ model, messages, maxTokens: 12, temperature: 0 });
    let text = '';
    for await (const { data } of await client.chat.stream({ model, messages, maxTokens: 12, temperature: 0 }))
      text += textIn(data.choices[0]?.delta, 'content') ?? '';
    expect(text).toBe(choices[0]?.message?.content);
    const any = client.chat.complete({ model, messages, tools, toolChoice: 'any', maxTokens: 5 });
    expect((await any).choices[0]?.finishReason).toMatch(/length|tool_calls/u);
  });

  const providers = {
    '@ai-sdk/openai-compatible': () =>
      createOpenAICompatible({ name: 'kulning', baseURL: `${stage.url}/v1`, apiKey: stage.apiKey })(model),
    '@ai-sdk/mistral': () => createMistral({ baseURL: `${stage.url}/v1`, apiKey: stage.apiKey })(model),
  };
  it.each(Object.entries(providers))('%s generates and streams text', async (_, of) => {
    const asked = { model: of(), prompt: 'hello', maxOutputTokens: 12, temperature: 0, maxRetries: 0 };
    const whole = await generateText(asked);
    expect(whole.usage.outputTokens).toBeGreaterThan(0);
    expect(await streamText(asked).text).toBe(whole.text);
  });

  const chains = {
    '@langchain/openai': () =>
      new ChatOpenAI({
        model,
        apiKey: stage.apiKey,
        configuration: { baseURL: `${stage.url}/v1` },
        maxTokens: 12,
        temperature: 0,
        maxRetries: 0,
      }),
    '@langchain/mistralai': () =>
      new ChatMistralAI({
        model,
        apiKey: stage.apiKey,
        serverURL: stage.url,
        maxTokens: 12,
        temperature: 0,
        maxRetries: 0,
      }),
  };
  it.each(Object.entries(chains))('%s invokes and streams', async (_, of) => {
    let text = '';
    for await (const chunk of await of().stream('hello')) text += chunk.text;
    expect(text).toBe((await of().invoke('hello')).text);
  });
});
