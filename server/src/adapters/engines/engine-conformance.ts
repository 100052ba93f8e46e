import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { EngineAdapter, EngineEndpoint } from '../../core/engine/engine.ts';
import { normaliseEngineError, type OpenAiError } from '../../core/engine/openai-error.ts';
import type { EngineLoad } from '../../core/engine/load-signal.ts';
import {
  call,
  callsOf,
  chunksOf,
  contentOf,
  countsOf,
  firstBytes,
  textOf,
  until,
  type Chunk,
  type Completion,
} from './engine-conformance-client.ts';
import { ownBehaviour, wrongRequests, type Behaviour } from './engine-conformance-behaviour.ts';

/** An engine to try: how to reach it, and prompts that make it show a behaviour. */
export interface ConformanceSubject {
  readonly endpoint: EngineEndpoint;
  readonly contextTokens: number;
  readonly slots: number;
  readonly queueLimit: number;
  readonly prompts: {
    /** Answered with at least twelve tokens. */
    readonly plain: string;
    /** Answered until `max_tokens`, slowly enough to be interrupted. */
    readonly endless: string;
    /** Answered with at least one call of the tool `book`. */
    readonly tool: string;
    /** Takes a good while before the first token; fits the context. */
    readonly slow: string;
  };
  /** What a request adds to have `tool` answered, of a model that would not. */
  readonly toolExtras?: object;
  /** Whether `response_format` is enforced; otherwise it must be refused. */
  readonly jsonSchema: boolean;
  /** As its adapter reads it. */
  load(): Promise<EngineLoad | undefined>;
  /** Tokens written since it started; those of an answer count when it ends, at the latest. */
  generatedTokens(): Promise<number>;
  /** kill -9 of the process that generates. */
  kill(): void;
  /** Resolves when the engine serves again after `kill`. */
  recovered(): Promise<void>;
  close(): Promise<void>;
}

const bookTool = {
  type: 'function',
  function: {
    name: 'book',
    parameters: {
      type: 'object',
      properties: { day: { enum: ['lundi', 'måndag'] } },
      required: ['day'],
      additionalProperties: false,
    },
  },
};

/**
 * Every engine passes the same cases, over real HTTP, against a real process. Where somebody else's server behaves in
 * another way, `behaviour` says so with the reason, and the case asserts what holds there instead.
 */
export function describeEngine(
  name: string,
  adapter: EngineAdapter,
  open: () => Promise<ConformanceSubject>,
  behaviour: Behaviour = ownBehaviour,
): void {
  describe(`the ${name} engine`, () => {
    let subject: ConformanceSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const ask = (content: string, more: object = {}) => ({
      model: subject.endpoint.engineModel,
      messages: [{ role: 'user', content }],
      ...more,
    });
    const send = (body: object | string, signal?: AbortSignal) =>
      call(
        subject.endpoint,
        '/chat/completions',
        typeof body === 'string' ? body : JSON.stringify(body),
        signal,
      );
    const answer = async (content: string, more: object = {}): Promise<Completion> => {
      const reply = await send(ask(content, more));
      expect(reply.statusCode, reply.statusCode === 200 ? '' : await textOf(reply)).toBe(200);
      return JSON.parse(await textOf(reply)) as Completion;
    };
    const refused = async (body: object | string): Promise<OpenAiError> => {
      const reply = await send(body);
      const text = await textOf(reply);
      expect(reply.statusCode).toBeGreaterThanOrEqual(400);
      expect(reply.headers['content-type']).toContain('application/json');
      return normaliseEngineError(reply.statusCode ?? 0, text);
    };
    const stream = async (content: string, more: object = {}): Promise<Chunk[]> => {
      const reply = await send(ask(content, { stream: true, ...more }));
      expect(reply.headers['content-type']).toContain('text/event-stream');
      return chunksOf(await textOf(reply));
    };
    const load = async () => {
      const known = await subject.load();
      if (known === undefined) throw new Error('it does not say its load');
      return known;
    };
    const idle = () =>
      until(async () => {
        const { running, queued } = await load();
        return running + queued === 0;
      });

    it('lists its model', async () => {
      const reply = await call(subject.endpoint, '/models');
      const list = JSON.parse(await textOf(reply)) as {
        object: string;
        data: { id: string; object: string }[];
      };
      expect(list.object).toBe('list');
      expect(list.data).toEqual([
        expect.objectContaining({ id: subject.endpoint.engineModel, object: 'model' }),
      ]);
    });

    it('is probed for models, latency and capabilities', async () => {
      const probe = await adapter.probe(subject.endpoint, AbortSignal.timeout(10_000));
      expect(probe.models.map((model) => model.id)).toEqual([subject.endpoint.engineModel]);
      expect(probe.models[0]?.contextTokens).toBe(subject.contextTokens);
      expect(probe.latencyMs).toBeGreaterThanOrEqual(0);
      expect(probe.capabilities).toMatchObject({
        contextTokens: subject.contextTokens,
        slots: subject.slots,
      });
      expect(probe.capabilities.jsonSchema).toBe(subject.jsonSchema);
    });

    it('answers in one piece, with true counts', async () => {
      const completion = await answer(subject.prompts.plain, { max_tokens: 12, temperature: 0 });
      expect(completion.object).toBe('chat.completion');
      expect(completion.choices[0]?.message.role).toBe('assistant');
      expect(completion.choices[0]?.message.content).not.toBe('');
      expect(completion.usage.completion_tokens).toBe(12);
      expect(completion.usage.total_tokens).toBe(completion.usage.prompt_tokens + 12);
      const longer = await answer(`${subject.prompts.plain} a b c d e`, { max_tokens: 1 });
      expect(longer.usage.prompt_tokens).toBeGreaterThanOrEqual(completion.usage.prompt_tokens + 5);
    });

    it('streams the same answer in chunks, with usage last', async () => {
      const options = { max_tokens: 12, temperature: 0, stream_options: { include_usage: true } };
      const chunks = await stream(subject.prompts.plain, options);
      const whole = await answer(subject.prompts.plain, { max_tokens: 12, temperature: 0 });
      expect(contentOf(chunks)).toBe(whole.choices[0]?.message.content);
      expect(chunks.length).toBeGreaterThan(4);
      expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
      expect(chunks.every((chunk) => chunk.object === 'chat.completion.chunk')).toBe(true);
      expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('length');
      expect(chunks.at(-1)?.choices).toEqual([]);
      expect(countsOf(chunks.at(-1)?.usage)).toEqual(countsOf(whole.usage));
    });

    it('sends no usage that was not asked for', async () => {
      const chunks = await stream(subject.prompts.plain, { max_tokens: 2 });
      expect(chunks.filter((chunk) => chunk.usage)).toEqual([]);
    });

    it('gives the same answer for the same seed, whatever ran between', async () => {
      const seeded = { max_tokens: 24, temperature: 0.9, seed: 4711 };
      const first = await answer(subject.prompts.plain, seeded);
      await answer(`something else: ${subject.prompts.plain}`, { max_tokens: 5 });
      const second = await answer(subject.prompts.plain, seeded);
      expect(second.choices).toEqual(first.choices);
    });

    it('ends before a stop string, also when it is cut across tokens', async () => {
      const settings = { max_tokens: 12, temperature: 0 };
      const whole = (await answer(subject.prompts.plain, settings)).choices[0]?.message.content ?? '';
      const middle = Math.floor(whole.length / 2);
      const stop = whole.slice(middle, middle + 3);
      const stopped = await answer(subject.prompts.plain, { ...settings, stop: [stop] });
      expect(stopped.choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(stop)));
      expect(stopped.choices[0]?.finish_reason).toBe('stop');
      expect(stopped.usage.completion_tokens).toBeLessThanOrEqual(12);
      expect(contentOf(await stream(subject.prompts.plain, { ...settings, stop }))).toBe(
        whole.slice(0, whole.indexOf(stop)),
      );
    });

    it('refuses a prompt that is too long, with both counts', async () => {
      const error = await refused(ask('word '.repeat(subject.contextTokens * 2)));
      expect(error.status).toBe(400);
      expect(error.body.error.code).toBe('context_length_exceeded');
      const [, prompt, takes] =
        /^The prompt has (\d+) tokens; the model takes (\d+)\.$/u.exec(error.message) ?? [];
      expect(Number(prompt)).toBeGreaterThan(subject.contextTokens);
      expect(Number(takes)).toBe(subject.contextTokens);
    });

    it('ends an answer at the border of its context, with finish_reason length', async () => {
      const filled = (words: number) => subject.prompts.endless + ' word'.repeat(words);
      const promptTokens = async (words: number) =>
        (await answer(filled(words), { max_tokens: 1 })).usage.prompt_tokens;
      const none = await promptTokens(0);
      const perWord = ((await promptTokens(20)) - none) / 20;
      const almostFull = filled(Math.floor((subject.contextTokens - none - 20) / perWord));
      const completion = await answer(almostFull, { max_tokens: subject.contextTokens * 4, temperature: 0 });
      expect(completion.usage.total_tokens).toBe(subject.contextTokens);
      expect(completion.usage.completion_tokens).toBeGreaterThanOrEqual(20);
      expect(completion.choices[0]?.finish_reason).toBe('length');
    });

    it('tolerates fields that it does not know', async () => {
      await answer(subject.prompts.plain, {
        max_tokens: 1,
        user: 'u',
        metadata: { a: 1 },
        something_new: [1],
      });
    });

    it.each(wrongRequests)('refuses %s with 400 and the field', async (what, body, param) => {
      if (behaviour.answered.has(what)) {
        expect((await send(body)).statusCode).toBe(200);
        return idle();
      }
      const error = await refused(body);
      expect(error.status).toBe(400);
      expect(error.body.error.type).toBe('invalid_request_error');
      expect(error.body.error.param).toBe(param === '' || !behaviour.namesFields ? null : param);
      if (!behaviour.namesFields) expect(error.message.length).toBeGreaterThan(10);
    });

    it('answers 404 in the same shape for a path it does not have', async () => {
      const reply = await call(subject.endpoint, '/teapot');
      expect(reply.statusCode).toBe(404);
      expect(JSON.parse(await textOf(reply))).toHaveProperty('error.message');
    });

    it('calls a tool, whole and in a stream', async () => {
      const tools = { tools: [bookTool], tool_choice: 'required', temperature: 0, ...subject.toolExtras };
      const completion = await answer(subject.prompts.tool, tools);
      const [called, ...others] = completion.choices[0]?.message.tool_calls ?? [];
      expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
      expect(others).toEqual([]);
      expect(called?.id).toMatch(behaviour.toolCallIds);
      expect(called?.function.name).toBe('book');
      const given = (text = '') => (JSON.parse(text) as { day: string }).day;
      expect(['lundi', 'måndag']).toContain(given(called?.function.arguments));

      const chunks = await stream(subject.prompts.tool, tools);
      expect(callsOf(chunks)).toEqual([called?.function]);
      expect(contentOf(chunks)).toBe('');
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
    });

    it('keeps to a JSON schema, or says that it cannot', async () => {
      const schema = {
        type: 'object',
        properties: { ok: { const: 'åäö 🙂 é' } },
        required: ['ok'],
        additionalProperties: false,
      };
      const format = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } };
      if (!subject.jsonSchema) {
        expect((await refused(ask(subject.prompts.plain, format))).body.error.param).toBe('response_format');
        return;
      }
      const expected = { ok: 'åäö 🙂 é' };
      expect(
        JSON.parse((await answer(subject.prompts.plain, format)).choices[0]?.message.content ?? ''),
      ).toEqual(expected);
      expect(JSON.parse(contentOf(await stream(subject.prompts.plain, format)))).toEqual(expected);
    });

    it('stops working when the caller leaves during the answer', async () => {
      const caller = new AbortController();
      const reply = await send(ask(subject.prompts.endless, { stream: true }), caller.signal);
      await firstBytes(reply);
      caller.abort();
      await idle();
      const generated = await subject.generatedTokens();
      await delay(200);
      expect(await subject.generatedTokens()).toBe(generated);
    });

    it('stops working when the caller leaves before the answer', async () => {
      const generated = await subject.generatedTokens();
      const caller = new AbortController();
      // A server may send its head, with the role, before it has read the prompt.
      const left = send(ask(subject.prompts.slow, { stream: true }), caller.signal).then(textOf);
      await until(async () => (await load()).running === 1);
      caller.abort();
      await expect(left).rejects.toThrow(/abort/u);
      await idle();
      const written = (await subject.generatedTokens()) - generated;
      expect(written).toBeLessThanOrEqual(behaviour.tokensAfterLeaving);
    });

    it('queues what does not fit, refuses more than the queue holds, and serves again', async () => {
      const callers = Array.from({ length: subject.slots + subject.queueLimit }, () => new AbortController());
      const waiting = callers.map((caller) =>
        send(ask(subject.prompts.endless, { stream: true }), caller.signal).then(
          (reply) => reply.statusCode,
          (error: Error) => error.name,
        ),
      );
      await until(async () => {
        const { running, queued } = await load();
        return running === subject.slots && queued === subject.queueLimit;
      });
      const oneMore = new AbortController();
      const last = send(ask(subject.prompts.plain), oneMore.signal);
      if (behaviour.boundsItsQueue) {
        const reply = await last;
        expect(reply.statusCode).toBe(503);
        expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
        expect(normaliseEngineError(503, await textOf(reply)).body.error.code).toBe('engine_overloaded');
      } else {
        await until(async () => (await load()).queued === subject.queueLimit + 1);
        oneMore.abort();
        await expect(last).rejects.toThrow(/abort/u);
      }
      for (const caller of callers) caller.abort();
      expect(await Promise.all(waiting)).toHaveLength(callers.length);
      await idle();
      await answer(subject.prompts.plain, { max_tokens: 1 });
    });

    it('answers parallel requests each with their own text', async () => {
      const asked = Array.from(
        { length: subject.slots + subject.queueLimit },
        (_, index) => `${subject.prompts.plain} ${index}`,
      );
      const alone = await answer(asked[0] ?? '', { max_tokens: 6, temperature: 0 });
      const together = await Promise.all(
        asked.map((content) => answer(content, { max_tokens: 6, temperature: 0 })),
      );
      expect(together.map((one) => one.usage.completion_tokens)).toEqual(asked.map(() => 6));
      expect(together[0]?.choices[0]?.message.content).toBe(alone.choices[0]?.message.content);
    });

    it('breaks the body when its process is killed, and comes back', async () => {
      const reply = await send(ask(subject.prompts.endless, { stream: true }));
      await firstBytes(reply);
      const rest = textOf(reply).then(
        (text) => ({ text, broken: !reply.complete }),
        (error: Error) => ({ text: error.message, broken: true }),
      );
      subject.kill();
      const { text, broken } = await rest;
      expect(broken).toBe(true);
      expect(text).not.toContain('[DONE]');
      await subject.recovered();
      await answer(subject.prompts.plain, { max_tokens: 1 });
    });
  });
}
