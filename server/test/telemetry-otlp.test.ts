import { setTimeout as sleep } from 'node:timers/promises';

import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { callSpans } from '../src/features/calls/call-spans.ts';
import { createCallShipping, createCallTracing, type CallTracing } from '../src/features/calls/index.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { createOutboundHosts } from '../src/platform/outbound/outbound-hosts.ts';
import { nodeSpoolFiles } from '../src/platform/spool/spool-files.ts';
import { recoverFrames } from '../src/platform/spool/spool-reader.ts';
import { carrierInto, SpoolShipper } from '../src/platform/spool/spool-shipper.ts';
import { SpanExporter } from '../src/platform/telemetry/span-exporter.ts';
import type { Span } from '../src/platform/telemetry/span.ts';
import { callSpanIds, parseTraceParent } from '../src/platform/telemetry/trace-context.ts';
import { chanceOf } from './chance.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { hello, post } from './gateway-calls.ts';
import { gatewayScene } from './gateway-scene.ts';
import { secrets } from './gateway-snapshot.ts';
import type { Stage } from './gateway-stage.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';
import { madeCall } from './usage-calls.ts';

const { simple } = gatewayScene();
let database: TestDatabase;
let receiver: OtlpReceiver;

beforeAll(async () => {
  database = await testDatabase();
  await database.sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
  receiver = await startOtlpReceiver();
});
afterAll(async () => {
  await receiver.close();
  await database.close();
});
afterEach(() => {
  for (const list of [receiver.spans, receiver.bytes, receiver.resources]) list.splice(0);
  expect(receiver.faults.splice(0)).toEqual([]);
});

const tracingTo = (endpoint: string, sampleRatio = 1): CallTracing =>
  createCallTracing(
    {
      endpoint,
      authorization: 'Bearer for-the-receiver',
      sampleRatio,
      timeoutMs: 2_000,
      queueSpans: 1_000,
      allowedHosts: ['127.0.0.1'],
      version: '0.0.0',
      site: 'stockholm',
    },
    silentLogger,
  );

/** Ships what the gateway of the stage has in its journal, and waits until its spans are there. */
async function shipped(stage: Stage, tracing = tracingTo(receiver.url)): Promise<readonly ReceivedSpan[]> {
  await stage.spool.flush();
  const { onShipped } = tracing;
  const shipping = createCallShipping({
    database: database.app,
    recordEvents,
    insertVaultRecords,
    onShipped,
  });
  await new SpoolShipper(stage.spool, `process_${Date.now()}`, carrierInto(nodeSpoolFiles, shipping)).ship();
  await tracing.close();
  return receiver.spans;
}

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', parentId: '00f067aa0ba902b7' };
const traceparent = (flags: string) => `00-${caller.traceId}-${caller.parentId}-${flags}`;

describe('traces of calls', () => {
  it('tell where a call went, on which policy, how long it took and what it used, in the official schema', async () => {
    const { stage } = await simple();
    const answer = await post(stage, hello('how are the cows?', { max_tokens: 40, stream: true }));
    await answer.text();
    const receipt = answer.headers.get('x-kulning-receipt') ?? '';
    const [whole, engine] = await shipped(stage);
    const ids = callSpanIds(receipt);
    expect(whole).toMatchObject({
      traceId: ids.traceId,
      spanId: ids.call,
      parentSpanId: '',
      name: 'kulning chat',
      kind: 'SPAN_KIND_SERVER',
      status: 'STATUS_CODE_UNSET',
      attributes: {
        'http.response.status_code': 200,
        'kulning.receipt.id': receipt,
        'kulning.call.outcome': 'answered',
        'kulning.decision.outcome': 'placed',
        'kulning.decision.rules': expect.any(Array),
        'kulning.data_class': 'internal',
        'kulning.policy.hash': expect.stringMatching(/^sha256:/),
        'kulning.site.id': 'site_stockholm',
        'kulning.site.name': 'stockholm',
        'kulning.site.simulated': false,
        'kulning.deployment.id': 'deployment_one',
        'kulning.energy.wh': 0.032,
        'kulning.energy.wh.provenance': 'declared',
        'kulning.overhead_us': expect.any(Number),
      },
    });
    expect(engine).toMatchObject({
      traceId: ids.traceId,
      spanId: ids.engine,
      parentSpanId: ids.call,
      name: 'chat herd',
      kind: 'SPAN_KIND_CLIENT',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'kulning',
        'gen_ai.request.model': 'herd',
        'gen_ai.request.stream': true,
        'gen_ai.request.max_tokens': 40,
        'gen_ai.usage.input_tokens': 11,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.response.time_to_first_chunk': expect.any(Number),
      },
    });
    expect(whole!.startMs).toBeLessThanOrEqual(engine!.startMs);
    expect(engine!.endMs).toBe(whole!.endMs);
    expect(receiver.resources[0]).toEqual({
      'service.name': 'kulning',
      'service.version': '0.0.0',
      'kulning.site': 'stockholm',
    });
  });

  it('never hold content, a person, a key or its name, whatever the caller sends and wherever it fails', async () => {
    const marks = [
      'Signe Lind',
      'signe.lind@example.org',
      '19811218-9876',
      'prompt-mark',
      'tool-mark',
      'subject-mark',
      'user-mark',
      'purpose-mark',
      'state-mark',
      'baggage-mark',
    ];
    const { stage } = await simple();
    const headers = {
      'x-kulning-subject': 'subject-mark',
      'x-kulning-purpose': 'purpose-mark',
      tracestate: 'vendor=state-mark',
      baggage: 'user=baggage-mark',
      traceparent: traceparent('01'),
    };
    const more = {
      user: 'user-mark',
      metadata: { who: 'Signe Lind' },
      tools: [{ type: 'function', function: { name: 'tool-mark', parameters: {} } }],
    };
    const orders = ['prompt-mark', 'status 500', 'status 400', 'die at once', 'die in the middle'];
    for (const order of orders)
      for (const stream of [true, false]) {
        const messages = [
          { role: 'system', content: `Signe Lind signe.lind@example.org 19811218-9876 ${marks.join(' ')}` },
          { role: 'user', content: order },
        ];
        const answer = await post(stage, { model: 'herd', messages, stream, ...more }, headers).catch(
          () => undefined,
        );
        await answer?.text().catch(() => undefined);
      }
    await post(stage, hello('prompt-mark'), headers, secrets.unclassified);
    const spans = await shipped(stage);
    expect(spans.length).toBeGreaterThanOrEqual(2 * orders.length * 2);
    expect(new Set(spans.map(({ attributes }) => attributes['kulning.call.outcome']))).toContain('refused');
    const exported = Buffer.concat(receiver.bytes).toString('latin1');
    const answered = ['Kulning brings', ' herd home', 'as you wish'];
    const found = [
      ...marks,
      ...answered,
      ...orders.slice(1),
      secrets.internal,
      secrets.unclassified,
      'key_',
    ].filter((mark) => exported.includes(mark));
    expect(found).toEqual([]);
    expect(exported).toContain('Bearer for-the-receiver');
  });

  it('go on with the caller’s trace, and the engine goes on with ours', async () => {
    const { stage, upstream } = await simple({}, { traces: true });
    const answer = await post(stage, hello(), { traceparent: traceparent('01'), tracestate: 'vendor=x' });
    const ids = callSpanIds(answer.headers.get('x-kulning-receipt') ?? '');
    const [whole, engine] = await shipped(stage);
    expect(whole).toMatchObject({ traceId: caller.traceId, parentSpanId: caller.parentId, spanId: ids.call });
    expect(engine).toMatchObject({ traceId: caller.traceId, parentSpanId: ids.call, spanId: ids.engine });
    expect(upstream.headers[0]).toMatchObject({ traceparent: `00-${caller.traceId}-${ids.engine}-01` });
    expect(upstream.headers[0]).not.toHaveProperty('tracestate');
  });

  it('pass by where nobody traces: the engine hears the caller alone, and an engine of a silent caller nothing', async () => {
    const { stage, upstream } = await simple();
    await post(stage, hello(), { traceparent: traceparent('00') });
    await post(stage, hello(), { traceparent: `00-${'0'.repeat(32)}-${caller.parentId}-01` });
    await post(stage, hello());
    expect(upstream.headers.map((headers) => headers['traceparent'])).toEqual([
      traceparent('00'),
      undefined,
      undefined,
    ]);
    const spans = await shipped(stage, tracingTo(receiver.url, 0));
    // The caller that does not record, and a ratio of nothing: no call of these is traced.
    expect(spans).toEqual([]);
  });

  it('survive the gateway’s death: who adopts its journal ends the caller’s trace', async () => {
    const { stage } = await simple();
    const hung = new AbortController();
    const asked = fetch(`${stage.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.internal}`, traceparent: traceparent('01') },
      body: JSON.stringify(hello('never answer')),
      signal: hung.signal,
    });
    while ((await journalLength(stage)) === 0) await sleep(10);
    const tracing = tracingTo(receiver.url);
    const { onShipped } = tracing;
    const shipping = createCallShipping({
      database: database.app,
      recordEvents,
      insertVaultRecords,
      onShipped,
    });
    for await (const frames of recoverFrames(nodeSpoolFiles, stage.spoolDirectory))
      await shipping.deliver('process_dead', frames);
    await shipping.conclude('process_dead');
    await tracing.close();
    expect(receiver.spans[0]).toMatchObject({
      traceId: caller.traceId,
      parentSpanId: caller.parentId,
      status: 'STATUS_CODE_ERROR',
      attributes: { 'kulning.call.outcome': 'interrupted', 'error.type': 'interrupted' },
    });
    hung.abort();
    await expect(asked).rejects.toThrow();
  });
});

async function journalLength(stage: Stage): Promise<number> {
  let frames = 0;
  for await (const some of recoverFrames(nodeSpoolFiles, stage.spoolDirectory)) frames += some.length;
  return frames;
}

const spanOf = (index: number): Span => ({
  traceId: caller.traceId,
  spanId: (index + 1).toString(16).padStart(16, '0'),
  name: 'kulning chat',
  kind: 'server',
  startMs: 1,
  endMs: 2,
  attributes: { 'kulning.overhead_us': index },
});
const spansOf = (count: number) => Array.from({ length: count }, (_, index) => spanOf(index));

function exporterTo(endpoint: string, mostWaiting: number): SpanExporter {
  return new SpanExporter({
    receiver: { endpoint, timeoutMs: 2_000 },
    hosts: createOutboundHosts(['127.0.0.1']),
    resource: {},
    version: '0',
    mostWaiting,
    log: silentLogger,
    gatherMs: 5,
  });
}

async function untilDone(exporter: SpanExporter): Promise<void> {
  while (exporter.counts.waiting > 0) await sleep(5);
}

describe('a receiver', () => {
  it('that is away costs a bounded number of spans, counted, and never a wait; back again it gets the rest in order', async () => {
    receiver.answers.push(
      { status: 503, headers: { 'retry-after': '0.05' } },
      { status: 429, headers: { 'retry-after': '0.05' } },
    );
    const exporter = exporterTo(receiver.url, 1_500);
    const begunAt = performance.now();
    for (let turn = 0; turn < 40; turn++) exporter.add(spansOf(50));
    expect(performance.now() - begunAt).toBeLessThan(500);
    expect(exporter.counts).toMatchObject({ dropped: 500, waiting: 1_500 });
    await untilDone(exporter);
    expect(exporter.counts).toEqual({ exported: 1_500, dropped: 500, rejected: 0, waiting: 0 });
    expect(receiver.spans.slice(0, 50).map(({ attributes }) => attributes['kulning.overhead_us'])).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
    await exporter.close();
  });

  it('that refuses or takes a part is not asked again', async () => {
    receiver.answers.push({ status: 400 }, { status: 200, body: { partialSuccess: { rejectedSpans: '3' } } });
    const before = receiver.requests;
    const exporter = exporterTo(receiver.url, 1_000);
    exporter.add(spansOf(512));
    await untilDone(exporter);
    exporter.add(spansOf(10));
    await untilDone(exporter);
    expect(exporter.counts).toEqual({ exported: 7, dropped: 0, rejected: 515, waiting: 0 });
    expect(receiver.requests - before).toBe(2);
    await exporter.close();
  });

  it('that the operator did not name gets no connection', async () => {
    const before = receiver.requests;
    const exporter = exporterTo(receiver.url.replace('127.0.0.1', 'localhost'), 1_000);
    exporter.add(spansOf(5));
    await untilDone(exporter);
    expect(exporter.counts).toMatchObject({ exported: 0, rejected: 5 });
    expect(receiver.requests).toBe(before);
  });

  it('that is gone for good does not hold up the end of a process', async () => {
    const exporter = exporterTo('http://127.0.0.1:9', 1_000);
    exporter.add(spansOf(700));
    await exporter.close();
    expect(exporter.counts).toMatchObject({ exported: 0, dropped: 700, waiting: 0 });
  });
});

describe('what is traced', () => {
  const callIds = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => `call_${Buffer.from(bytes).toString('hex')}`);

  it('follows the caller’s flag, else the ratio; what failed is traced at any ratio', () => {
    fc.assert(
      fc.property(
        callIds,
        fc.integer(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(undefined, '00', '01'),
        (callId, seed, ratio, flags) => {
          const call = madeCall(callId, chanceOf(seed));
          const intent = { ...call.intent, ...(flags !== undefined && { traceparent: traceparent(flags) }) };
          const spans = callSpans([{ ...call, intent }], ratio);
          const outcome = call.settlement?.outcome ?? 'interrupted';
          if (flags !== undefined) expect(spans.length > 0).toBe(flags === '01');
          else if (outcome === 'failed' || outcome === 'interrupted' || ratio === 1)
            expect(spans.length).toBeGreaterThan(0);
          else if (ratio === 0) expect(spans).toEqual([]);
          expect(callSpans([{ ...call, intent }], ratio)).toEqual(spans);
        },
      ),
    );
  });

  it('takes a traceparent as the standard writes it, and no other', () => {
    expect(parseTraceParent(traceparent('01'))).toEqual({ ...caller, flags: '01' });
    expect(parseTraceParent(`cc-${caller.traceId}-${caller.parentId}-01-what-comes-later`)).toEqual({
      ...caller,
      flags: '01',
    });
    const wrong = [
      '',
      'ff' + traceparent('01').slice(2),
      `${traceparent('01')}-more`,
      traceparent('1'),
      traceparent('01').toUpperCase(),
      `00-${caller.traceId}-${'0'.repeat(16)}-01`,
      ` ${traceparent('01')}`,
    ];
    expect(wrong.filter((text) => parseTraceParent(text) !== undefined)).toEqual([]);
  });
});
