import { createMistral } from '@ai-sdk/mistral';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic, { AuthenticationError, NotFoundError } from '@anthropic-ai/sdk';
import { HumanMessage } from '@langchain/core/messages';
import { tool as langchainTool } from '@langchain/core/tools';
import { ChatMistralAI } from '@langchain/mistralai';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';
import { embed, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { textIn } from '../src/core/dialects/json-view.ts';
import { type ClientsStage, startClientsStage } from './gateway-clients-stage.ts';

let stage: ClientsStage;
beforeAll(async () => {
  stage = await startClientsStage();
}, 60_000);
afterAll(() => stage.close());

const models = ['scripted', 'llama', 'remote'] as const;
const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string', maxLength: 12 }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const herd = 'Kulning brings the herd home.';

describe('@anthropic-ai/sdk, unmodified', () => {
  const client = () =>
    new Anthropic({ apiKey: stage.apiKey, authToken: null, baseURL: stage.url, maxRetries: 0 });
  const tools = ['weather', 'time'].map((name) => ({ name, input_schema: schema }));
  const user = (content: string) => [{ role: 'user' as const, content }];

  it.each(models)('gets messages from %s, whole and streamed', async (model) => {
    const asked = { model, max_tokens: 12, messages: user('hello'), system: 'Be brief.', temperature: 0 };
    const whole = await client().messages.create(asked);
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', model });
    expect(whole.usage.output_tokens).toBeGreaterThan(0);
    const streamed = await client().messages.stream(asked).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
  });

  it.each(['scripted', 'remote'])(
    'calls tools of %s in parallel, whole and streamed, and gives results back',
    async (model) => {
      const asked = { model, max_tokens: 200, messages: user('use your tools'), tools };
      const whole = await client().messages.create(asked);
      expect(whole.stop_reason).toBe('tool_use');
      const calls = whole.content.filter((block) => block.type === 'tool_use');
      expect(calls.map(({ name, input }) => ({ name, input }))).toEqual(
        ['weather', 'time'].map((name) => ({ name, input: { city: 'Borlänge', days: 2 } })),
      );
      const streamed = await client().messages.stream(asked).finalMessage();
      expect(streamed.content.map((block) => block.type === 'tool_use' && block.input)).toEqual(
        calls.map(({ input }) => input),
      );
      const results = calls.map(({ id }) => ({
        type: 'tool_result' as const,
        tool_use_id: id,
        content: 'sunny',
      }));
      const last = await client().messages.create({
        ...asked,
        messages: [
          ...asked.messages,
          { role: 'assistant', content: whole.content },
          { role: 'user', content: results },
        ],
      });
      // A script knows nothing of results, and calls again.
      if (model === 'remote')
        expect(last.content).toMatchObject([{ type: 'text', text: 'The tool said sunny' }]);
    },
  );

  it('has a call when it wants any, and that of the tool it names, from a real model', async () => {
    const asked = { model: 'llama', max_tokens: 200, messages: user('hello'), tools };
    const any = await client().messages.create({ ...asked, tool_choice: { type: 'any' } });
    expect(any.stop_reason).toBe('tool_use');
    const named = await client().messages.create({ ...asked, tool_choice: { type: 'tool', name: 'time' } });
    expect(named.content).toMatchObject([
      { type: 'tool_use', name: 'time', input: { days: expect.any(Number) as number } },
    ]);
  });

  it('keeps what a model thought', async () => {
    const asked = { model: 'remote', max_tokens: 20, messages: user('think') };
    const thought = { type: 'thinking', thinking: 'Let me see.' };
    expect((await client().messages.create(asked)).content[0]).toMatchObject(thought);
    expect((await client().messages.stream(asked).finalMessage()).content[0]).toMatchObject(thought);
  });

  it('is told which models there are', async () => {
    const ids: string[] = [];
    for await (const { id } of client().models.list()) ids.push(id);
    expect(ids.toSorted()).toEqual(models.toSorted());
  });

  it('counts tokens as the engine counts them', async () => {
    const messages = user('hello');
    const { input_tokens: counted } = await client().messages.countTokens({ model: 'llama', messages });
    const { usage } = await client().messages.create({ model: 'llama', max_tokens: 1, messages });
    expect(counted).toBe(usage.input_tokens);
  });

  it('throws the class of error that belongs to what went wrong', async () => {
    const asked = { model: 'remote', max_tokens: 5, messages: user('hello') };
    await expect(
      new Anthropic({
        apiKey: 'kln_wrong',
        authToken: null,
        baseURL: stage.url,
        maxRetries: 0,
      }).messages.create(asked),
    ).rejects.toBeInstanceOf(AuthenticationError);
    await expect(client().messages.create({ ...asked, model: 'remot' })).rejects.toBeInstanceOf(
      NotFoundError,
    );
    const wrong = client().messages.create({
      ...asked,
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    });
    await expect(wrong).rejects.toMatchObject({
      status: 400,
      error: { type: 'error', error: { type: 'invalid_request_error' } },
    });
  });

  it('hears of an engine that dies in the middle', async () => {
    const stream = client().messages.stream({ model: 'remote', max_tokens: 20, messages: user('die') });
    await expect(stream.finalMessage()).rejects.toThrow(/Stockholm failed/u);
  });
});

describe('@mistralai/mistralai, unmodified', () => {
  const client = () =>
    new Mistral({ apiKey: stage.apiKey, serverURL: stage.url, retryConfig: { strategy: 'none' } });
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const tools = ['weather', 'time'].map((name) => ({
    type: 'function' as const,
    function: { name, parameters: schema },
  }));

  it.each(models)('chats with %s, whole and streamed', async (model) => {
    const asked = { model, messages, maxTokens: 12, temperature: 0 };
    const whole = await client().chat.complete(asked);
    expect(whole.usage.completionTokens).toBeGreaterThan(0);
    let text = '';
    for await (const { data } of await client().chat.stream(asked))
      text += textIn(data.choices[0]?.delta, 'content') ?? '';
    expect(text).toBe(whole.choices[0]?.message?.content);
  });

  it.each(['llama', 'remote'])('says `any` and has a call from %s', async (model) => {
    const { choices } = await client().chat.complete({
      model,
      messages,
      tools,
      toolChoice: 'any',
      maxTokens: 200,
    });
    expect(choices[0]?.message?.toolCalls?.[0]?.function.name).toMatch(/weather|time/u);
  });

  it('is told which models there are, and what they can do', async () => {
    const { data = [] } = await client().models.list();
    const llama = data.find((model) => textIn(model, 'id') === 'llama');
    expect(llama).toMatchObject({
      capabilities: { completionChat: true, functionCalling: true, completionFim: false },
    });
  });

  it('fills in the middle, and embeds', async () => {
    const asked = { model: 'remote', prompt: 'def f(', suffix: 'return a' };
    expect((await client().fim.complete(asked)).choices[0]?.message?.content).toBe('def f( …');
    let text = '';
    for await (const { data } of await client().fim.stream(asked))
      text += textIn(data.choices[0]?.delta, 'content') ?? '';
    expect(text).toBe('def f( …');
    const { data } = await client().embeddings.create({ model: 'remote', inputs: ['a'] });
    expect(data[0]?.embedding).toEqual([0.6, 0.8, 0]);
  });
});

describe('the AI SDK, unmodified', () => {
  const providers = {
    '@ai-sdk/openai-compatible': (model: string) =>
      createOpenAICompatible({
        name: 'kulning',
        baseURL: `${stage.url}/v1`,
        apiKey: stage.apiKey,
        supportsStructuredOutputs: true,
      })(model),
    '@ai-sdk/mistral': (model: string) =>
      createMistral({ baseURL: `${stage.url}/v1`, apiKey: stage.apiKey })(model),
  };
  const days = tool({
    inputSchema: jsonSchema<{ city: string; days: number }>(schema),
    execute: ({ city, days: count }) => `${city}, ${count} days`,
  });

  describe.each(Object.entries(providers))('%s', (_, of) => {
    it.each(models)('generates and streams text with %s', async (model) => {
      const asked = { model: of(model), prompt: 'hello', maxOutputTokens: 12, temperature: 0, maxRetries: 0 };
      const whole = await generateText(asked);
      expect(whole.usage.outputTokens).toBeGreaterThan(0);
      expect(await streamText(asked).text).toBe(whole.text);
    });

    it('runs tools until it is done', async () => {
      const { text, steps } = await generateText({
        model: of('remote'),
        prompt: 'use your tools',
        tools: { weather: days },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      });
      expect(steps[0]?.toolResults.map(({ output }) => output)).toEqual(['Borlänge, 2 days']);
      expect(text).toContain('Borlänge, 2 days');
    });

    it.each(['llama', 'remote'])(
      'has a call of %s when it requires one, and that which it names',
      async (model) => {
        const asked = { model: of(model), prompt: 'hello', maxOutputTokens: 200, maxRetries: 0 };
        const tools = {
          weather: days,
          time: days,
        };
        expect(
          (await generateText({ ...asked, tools, toolChoice: 'required' })).toolCalls.length,
        ).toBeGreaterThan(0);
        const named = await generateText({ ...asked, tools, toolChoice: { type: 'tool', toolName: 'time' } });
        expect(named.toolCalls.map(({ toolName }) => toolName)).toEqual(['time']);
      },
    );

    it('gets an object of its schema from a real model', async () => {
      const { output } = await generateText({
        model: of('llama'),
        prompt: 'hello',
        maxOutputTokens: 300,
        maxRetries: 0,
        output: Output.object({ schema: jsonSchema<{ city: string; days: number }>(schema) }),
      });
      expect(Number.isSafeInteger(output.days)).toBe(true);
    });
  });

  it('embeds', async () => {
    const provider = createOpenAICompatible({
      name: 'kulning',
      baseURL: `${stage.url}/v1`,
      apiKey: stage.apiKey,
    });
    const { embedding } = await embed({
      model: provider.embeddingModel('remote'),
      value: 'a',
      maxRetries: 0,
    });
    expect(embedding).toEqual([0.6, 0.8, 0]);
  });
});

describe('LangChain, unmodified', () => {
  const chats = {
    '@langchain/openai': (model: string) =>
      new ChatOpenAI({
        model,
        apiKey: stage.apiKey,
        configuration: { baseURL: `${stage.url}/v1` },
        maxTokens: 200,
        maxRetries: 0,
      }),
    '@langchain/mistralai': (model: string) =>
      new ChatMistralAI({ model, apiKey: stage.apiKey, serverURL: stage.url, maxTokens: 200, maxRetries: 0 }),
  };
  const weather = langchainTool(() => 'sunny', {
    name: 'weather',
    description: 'The weather of a city',
    schema: z.object({ city: z.string().max(12), days: z.number().int() }),
  });

  describe.each(Object.entries(chats))('%s', (_, of) => {
    it.each(['scripted', 'remote'])('invokes and streams %s', async (model) => {
      expect((await of(model).invoke([new HumanMessage('hello')])).text).toBe(herd);
      let text = '';
      for await (const chunk of await of(model).stream('hello')) text += chunk.text;
      expect(text).toBe(herd);
    });

    it('binds tools, and has a call where it must', async () => {
      const bound = of('remote').bindTools([weather], { tool_choice: 'any' });
      const { tool_calls: calls } = await bound.invoke('hello');
      expect(calls).toMatchObject([{ name: 'weather', args: { city: 'Borlänge', days: 2 } }]);
    });
  });

  it('embeds', async () => {
    const embeddings = new OpenAIEmbeddings({
      model: 'remote',
      apiKey: stage.apiKey,
      configuration: { baseURL: `${stage.url}/v1` },
      maxRetries: 0,
    });
    expect((await embeddings.embedQuery('a')).map((each) => each.toFixed(1))).toEqual(['0.6', '0.8', '0.0']);
  });
});
