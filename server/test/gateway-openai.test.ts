import {
  type APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  OpenAI,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';
import { startUpstream, type TestUpstream } from './gateway-upstream.ts';

let upstream: TestUpstream;
let stage: Stage;
const client = (apiKey: string = secrets.internal, defaultHeaders: Record<string, string> = {}) =>
  new OpenAI({ apiKey, baseURL: `${stage.url}/v1`, maxRetries: 0, defaultHeaders });
const ask = (content: string) => ({ model: 'herd', messages: [{ role: 'user' as const, content }] });

beforeAll(async () => {
  upstream = await startUpstream();
  stage = await startStage(snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }]));
});
afterAll(async () => {
  await stage.close();
  await upstream.close();
});

describe('the official OpenAI client, unmodified', () => {
  it('gets an answer with its usage, a request id, and fields that only the engine knows', async () => {
    const {
      data,
      response,
      request_id: requestId,
    } = await client().chat.completions.create(ask('hello')).withResponse();
    expect(data.choices[0]?.message.content).toBe('Kulning brings the herd home.');
    expect(data.usage?.total_tokens).toBe(16);
    expect(data).toMatchObject({ x_engine_extra: { kept: true } });
    expect(requestId).toMatch(/^call_[0-9a-f]{32}$/);
    expect(response.headers.get('x-kulning-receipt')).toBe(requestId);
    expect(response.headers.get('x-kulning-site')).toBe('stockholm');
    expect(Number(response.headers.get('x-kulning-overhead-us'))).toBeGreaterThan(0);
  });

  it('sends its fields through untouched, but for the engine’s own name of the model', async () => {
    await client().chat.completions.create(
      Object.assign(ask('Göteborg, åäö'), { top_k: 40, future_field: { deep: [1, 2.5e3] } }),
    );
    const sent = JSON.parse(upstream.bodies.at(-1)!.toString()) as object;
    expect(sent).toEqual({
      ...ask('Göteborg, åäö'),
      model: 'engine-model',
      top_k: 40,
      future_field: { deep: [1, 2500] },
    });
  });

  it.each([true, false])('streams every delta once; usage only if asked (%s)', async (asked) => {
    const stream = await client().chat.completions.create({
      ...ask('hello'),
      stream: true,
      ...(asked && { stream_options: { include_usage: true } }),
    });
    let text = '';
    let usages = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.usage) usages++;
    }
    expect(text).toBe('Kulning brings the herd home.');
    expect(usages).toBe(asked ? 1 : 0);
    expect(JSON.parse(upstream.bodies.at(-1)!.toString())).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('collects a stream with its helper', async () => {
    const message = await client().chat.completions.stream(ask('hello')).finalMessage();
    expect(message.content).toBe('Kulning brings the herd home.');
  });

  it('cancels the engine when it aborts a stream, and when it aborts a plain call', async () => {
    const before = upstream.aborted();
    const controller = new AbortController();
    const stream = await client().chat.completions.create(
      { ...ask('slowly 50'), stream: true },
      { signal: controller.signal },
    );
    const reading = (async () => {
      for await (const _ of stream) controller.abort();
    })();
    await reading.catch((error: unknown) => expect(error).toBeInstanceOf(APIUserAbortError));
    await expect.poll(upstream.aborted).toBe(before + 1);

    const plain = new AbortController();
    const call = client().chat.completions.create(ask('never answer'), { signal: plain.signal });
    await expect.poll(upstream.running).toBe(1);
    plain.abort();
    await expect(call).rejects.toBeInstanceOf(APIUserAbortError);
    await expect.poll(upstream.aborted).toBe(before + 2);
  });

  it('lists models and finds one by name', async () => {
    const models = await client().models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['herd']);
    expect((await client().models.retrieve('herd')).object).toBe('model');
    await expect(client().models.retrieve('hird')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('herd'),
    });
  });

  it('throws the class of error that belongs to what went wrong', async () => {
    const failing = (call: Promise<unknown>) =>
      call.then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(await failing(client('kln_wrong').chat.completions.create(ask('x')))).toBeInstanceOf(
      AuthenticationError,
    );
    expect(await failing(client(secrets.expired).chat.completions.create(ask('x')))).toBeInstanceOf(
      AuthenticationError,
    );
    expect(await failing(client(secrets.reader).chat.completions.create(ask('x')))).toBeInstanceOf(
      PermissionDeniedError,
    );
    const unknown = await failing(client().chat.completions.create({ ...ask('x'), model: 'hurd' }));
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect(unknown).toMatchObject({
      code: 'model_not_found',
      param: 'model',
      message: expect.stringContaining('herd'),
    });
    const wrong = await failing(
      client().chat.completions.create({ ...ask('x'), temperature: 'hot' as unknown as number }),
    );
    expect(wrong).toBeInstanceOf(BadRequestError);
    expect(wrong).toMatchObject({ code: 'invalid_type', param: 'temperature' });
    expect(
      await failing(
        client().chat.completions.create({
          model: 'herd',
          messages: [{ role: 'user', content: 'x' }, {} as never],
        }),
      ),
    ).toMatchObject({ param: 'messages[1].role' });
    const busy = await failing(client().chat.completions.create(ask('status 429')));
    expect(busy).toBeInstanceOf(RateLimitError);
    expect((busy as InstanceType<typeof APIError>).headers?.get('retry-after')).toBe('7');
    expect(await failing(client().chat.completions.create(ask('status 422')))).toMatchObject({
      status: 422,
      code: 'asked_for',
      param: 'top_k',
    });
    expect(await failing(client().chat.completions.create(ask('status 401')))).toMatchObject({
      status: 502,
      code: 'engine_error',
    });
    expect(await failing(client().chat.completions.create(ask('die at once')))).toMatchObject({
      status: 502,
      code: 'engine_failed',
    });
    expect(await failing(client().chat.completions.create(ask('x'.repeat(2 ** 20))))).toMatchObject({
      status: 413,
      code: 'request_too_large',
    });
  });

  it('hears of an engine that dies in the middle of a stream', async () => {
    const stream = await client().chat.completions.create({ ...ask('die midway'), stream: true });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(reading).rejects.toThrow(/Stockholm failed/);
    expect(text).toBe('Kulning brings the');
  });
});
