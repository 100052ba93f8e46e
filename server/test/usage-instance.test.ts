import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { type Client, createClient, identityOperations, usageOperations } from '@kulning/sdk';

import { callSpanIds } from '../src/platform/telemetry/trace-context.ts';
import { EventStream } from './event-stream.ts';
import { type Instance, ownerPassphrase, startInstance } from './instance.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';

const run = promisify(execFile);
const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const mark = 'the cows are at Signe Lind’s';

let instance: Instance;
let receiver: OtlpReceiver;
let owner: string;
let client: Client;
let key: { id: string; secret: string };

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  instance = await startInstance({
    environment: {
      KULNING_TELEMETRY_ENDPOINT: receiver.url,
      KULNING_OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
    },
  });
  owner = (await instance.claim()).cookie;
  client = createClient({
    baseUrl: instance.consoleUrl,
    fetch: (url, init) => fetch(url, { ...init, headers: { ...(init?.headers as object), cookie: owner } }),
  });
  const { secret } = await makeKey('before');
  await untilAnswered(secret);
  key = await makeKey('herder');
}, 240_000);
afterAll(async () => {
  await instance?.stop();
  instance?.remove();
  await receiver?.close();
});

const makeKey = (name: string, dataClass: 'internal' | null = 'internal') =>
  client.call(identityOperations.createKey, {
    body: { name, dataClass, scopes: ['calls:create', 'calls:read'] },
  });

/** The engine may still be loading its model when the instance says that it has started. */
async function untilAnswered(secret: string): Promise<void> {
  for (let tried = 0; tried < 100; tried++) {
    if ((await send({ secret })).ok) return;
    await sleep(100);
  }
}

/** @returns the receipt's id */
async function ask(over: Asked = {}): Promise<string> {
  const response = await send(over);
  await response.text();
  expect(response.headers.get('x-kulning-overhead-us')).toMatch(/^\d+$/);
  return response.headers.get('x-kulning-receipt') ?? '';
}

const environment = () => ({
  PATH: process.env.PATH,
  KULNING_API_KEY: key.secret,
  KULNING_API_URL: instance.consoleUrl,
});

interface Asked {
  readonly secret?: string;
}

function send(over: Asked): Promise<Response> {
  return fetch(`${instance.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${over.secret ?? key.secret}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      model: 'kulning-triage',
      max_tokens: 12,
      messages: [{ role: 'user', content: mark }],
    }),
  });
}

const tail = (headers: Readonly<Record<string, string>>, query = '') =>
  EventStream.open(`${instance.consoleUrl}/api/v1/live-calls${query}`, headers);

describe('the live tail', () => {
  it('tells of calls within a second or two of their end, to their organisation alone, without content', async () => {
    const mine = await tail({ cookie: owner });
    const refused = await tail({ authorization: `Bearer ${key.secret}` }, '?outcome=refused');
    const id = await ask();
    const endedAt = Date.now();
    const { data } = await mine.until(({ data }) => data.id === id);
    expect(Date.now() - endedAt).toBeLessThan(5_000);
    expect(data).toMatchObject({ outcome: 'answered', model: 'kulning-triage', keyId: key.id });
    const unclassified = await makeKey('unclassified', null);
    const denied = await ask({ secret: unclassified.secret });
    await refused.until(({ data }) => data.id === denied);
    expect(refused.events.every(({ data }) => data.outcome === 'refused')).toBe(true);
    expect(mine.text).not.toContain('Signe');
    mine.close();
    refused.close();
  });

  it('comes line by line on the command line', async () => {
    const child = spawn('node', [file('packages/cli/bin/kulning.mjs'), 'calls', 'tail', '--json'], {
      env: environment(),
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const id = await ask();
    await expect.poll(() => said, { timeout: 20_000 }).toContain(id);
    expect(
      said
        .trimEnd()
        .split('\n')
        .every((line) => typeof (JSON.parse(line) as { id: string }).id === 'string'),
    ).toBe(true);
    child.kill('SIGINT');
  });

  it('goes on where a reader left off', async () => {
    const first = await tail({ cookie: owner });
    const id = await ask();
    const { id: eventId = '' } = await first.until(({ data }) => data.id === id);
    first.close();
    const missed = await ask();
    const second = await tail({ cookie: owner, 'last-event-id': eventId });
    await second.until(({ data }) => data.id === missed);
    expect(second.events.map(({ data }) => data.id)).toEqual([missed]);
    second.close();
  });

  it('ends when the key is revoked and when the session ends', async () => {
    const other = await makeKey('for a while');
    const byKey = await tail({ authorization: `Bearer ${other.secret}` });
    await client.call(identityOperations.revokeKey, { params: { keyId: other.id } });
    const { data } = await byKey.until(({ event }) => event === 'ended');
    expect(data).toEqual({ reason: 'revoked' });
    while (!byKey.ended) await sleep(20);
    await expect(tail({ authorization: `Bearer ${other.secret}` })).rejects.toThrow('401');

    let cookie = '';
    const elsewhere = createClient({
      baseUrl: instance.consoleUrl,
      fetch: async (url, init) => {
        const answer = await fetch(url, { ...init, headers: { ...(init?.headers as object), cookie } });
        cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
        return answer;
      },
    });
    const body = { email: 'maja@example.org', passphrase: ownerPassphrase };
    await elsewhere.call(identityOperations.login, { body });
    const bySession = await tail({ cookie });
    await elsewhere.call(identityOperations.logout);
    await bySession.until(({ event }) => event === 'ended');
    while (!bySession.ended) await sleep(20);
  });
});

describe('usage', () => {
  it('is what was called, by key and model, in the API and on the command line, as JSON and CSV', async () => {
    const { items } = await client.call(usageOperations.list, { query: { by: 'key' } });
    const own = items.find(({ id }) => id === key.id) ?? expect.fail('no usage of the key');
    expect(own).toMatchObject({
      name: 'herder',
      answered: 4,
      refused: 0,
      tokensKnown: 1,
      eur: null,
      eurKnown: 0,
    });
    expect(own.outputTokens).toBeGreaterThan(0);
    const cli = async (...args: string[]) => {
      const { stdout } = await run('node', [file('packages/cli/bin/kulning.mjs'), ...args], {
        env: environment(),
      });
      return stdout;
    };
    const filter = ['--key-id', key.id];
    const json = usageOperations.list.result.parse(JSON.parse(await cli('usage', ...filter, '--json')));
    expect(json.items).toMatchObject([{ id: 'kulning-triage', calls: 4 }]);
    expect(await cli('usage', 'csv', '--by', 'day', ...filter)).toMatch(
      /^at,id,name,calls,[\s\S]*\r\n,,total,4,/,
    );
    const { items: refused } = await client.call(usageOperations.refusals);
    expect(refused).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          source: 'policy',
          reason: 'policy.denied',
          keyName: 'unclassified',
          calls: 1,
        }),
      ]),
    );
  });
});

/** Names of metrics in a text of Prometheus, without the parts of histograms. */
const exposed = (text: string) => [...text.matchAll(/^# TYPE (\w+) /gmu)].map(([, name = '']) => name);
const familyOf = (name: string) => name.replace(/_(?:bucket|sum|count)$/u, '');

describe('metrics', () => {
  it('of every process are all documented, and the alerts ask for no others', async () => {
    const texts = await Promise.all(
      [instance.gatewayUrl, instance.consoleUrl].map(async (url) => (await fetch(`${url}/metrics`)).text()),
    );
    const names = new Set(texts.flatMap(exposed));
    expect(names.size).toBeGreaterThan(20);
    const page = readFileSync(file('docs/operations/metrics.md'), 'utf8');
    expect([...names].filter((name) => !new RegExp(`\`${name}[\`{]`).test(page))).toEqual([]);
    const rules = parse(readFileSync(file('deploy/prometheus/kulning-alerts.yaml'), 'utf8')) as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    };
    const asked = rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr));
    expect(asked.length).toBeGreaterThan(5);
    const queried = [
      ...asked,
      ...[...page.matchAll(/```promql\n([\s\S]*?)```/gu)].map(([, query = '']) => query),
    ];
    const unknown = queried.flatMap((query) =>
      [...query.matchAll(/\b(?:kulning|gen_ai|process)_\w+/gu)]
        .map(([name]) => familyOf(name))
        .filter((name) => !names.has(name) && !/^gen_ai_(operation|provider|request|token)_/u.test(name)),
    );
    expect(unknown).toEqual([]);
  });
});

describe('traces', () => {
  it('leave the shipper’s own process for the receiver, and the gateway counts them', async () => {
    const id = await ask();
    const { traceId } = callSpanIds(id);
    for (
      let waitedMs = 0;
      waitedMs < 10_000 && !receiver.spans.some((span) => span.traceId === traceId);
      waitedMs += 50
    )
      await sleep(50);
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    expect(spans.map(({ name }) => name)).toEqual(['kulning chat', 'chat kulning-triage']);
    expect(receiver.faults).toEqual([]);
    expect(Buffer.concat(receiver.bytes).toString()).not.toContain('Signe');
    await expect
      .poll(async () => (await fetch(`${instance.gatewayUrl}/metrics`)).text(), { timeout: 5_000 })
      .toMatch(/^kulning_spans_total\{outcome="exported"\} (?!0$)/mu);
  });
});
