import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { modelPullRequest } from '@kulning/sdk';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { fixtureGgufBytes } from '../../../../tools/fixture-gguf.ts';
import { testDatabase, type TestDatabase } from '../../../test/database.ts';
import { engineAdapters } from '../../adapters/engines/index.ts';
import { inspectGguf, readGgufHead, readAdapterHead } from '../../adapters/engines/llama/gguf-intake.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { createIdSource, systemClock } from '../../platform/id-source.ts';
import { silentLogger } from '../../platform/log/logger.ts';
import { createOutboundHosts } from '../../platform/outbound/outbound-hosts.ts';
import type { ModelsContext } from './index.ts';
import { removeModel } from './model-service.ts';
import { modelViews, readEverything } from './model-views.ts';
import { createModelPulls } from './pull-service.ts';

const file = Buffer.from(fixtureGgufBytes({ seed: 11 }));
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const signal = new AbortController().signal;

let database: TestDatabase;
let folder: string;
let hub: Server;
let hubUrl: string;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let events: LedgerEvent[];
let context: ModelsContext;

beforeAll(async () => {
  database = await testDatabase();
  hub = createServer((request, response) => serve(request, response)).listen(0, '127.0.0.1');
  await once(hub, 'listening');
  hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
});
afterAll(async () => {
  hub.close().closeAllConnections();
  await database.close();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kulning-pulls-'));
  events = [];
  for (const table of ['model_pull', 'engine_state', 'deployment', 'model_version', 'model', 'site'])
    await superuser(`delete from kulning.${table}`);
  await superuser(`insert into kulning.site (id, slug, name, place, simulated, origin, created_at)
    values ('site_here', 'this-machine', 'here', '', false, 'starter', now())`);
  serve = whole(file);
  context = {
    database: database.app.withTables(),
    clock: systemClock,
    ids: createIdSource(systemClock),
    engines: engineAdapters,
    readModelHead: readGgufHead,
    readAdapterHead,
    inspectModelFile: inspectGguf,
    memoryBytes: 64e9,
    catalogue: [],
    revenueOf: async () => undefined,
    secrets: {
      seal: async (_, secret) => Buffer.from(secret).toString('hex'),
      open: async (_, sealed) => Buffer.from(sealed, 'hex').toString(),
    },
    pulling: { hosts: createOutboundHosts(['127.0.0.1']), folder, hub: hubUrl, maxFileBytes: 1e9 },
    log: silentLogger,
    runDir: '/run',
    sites: async () => [{ id: 'site_here', slug: 'this-machine', onThisMachine: true, isThisMachine: true }],
    record: async (_, event) => void events.push(event),
    liveStates: () => [],
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const superuser = (statement: string) =>
  database.migrator.inInstance('test', (trx) => sql.raw(statement).execute(trx));
const pulls = () => createModelPulls(context);
const start = (request: object) =>
  pulls().start(modelPullRequest.parse({ source: 'org/repo/tiny.gguf', ...request }), 'org_1', 'en');
const models = async () => modelViews(await readEverything(context), 'en');

/** As the hub of Hugging Face does: the digest where it redirects, ranges where the bytes are. */
function whole(bytes: Buffer): typeof serve {
  return (request, response) => {
    if (request.url === '/org/repo/resolve/main/tiny.gguf') {
      const announced = { 'x-linked-etag': `"${digestOf(bytes)}"`, 'x-linked-size': String(bytes.length) };
      return void response.writeHead(302, { location: '/cdn/object?signature=s', ...announced }).end();
    }
    const from = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"v1"',
      'content-length': bytes.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    response.end(bytes.subarray(from));
  };
}

test('a file of the hub becomes a model that says where it came from, and goes with it', async () => {
  const asked = await start({ name: 'tiny', token: 'hf_secret' });
  expect(asked).toMatchObject({
    phase: 'waiting',
    receivedBytes: 0,
    source: expect.not.stringContaining('?'),
  });
  await pulls().work(signal);
  expect(await pulls().get(asked.id, 'en')).toMatchObject({
    phase: 'done',
    receivedBytes: file.length,
    totalBytes: file.length,
    digest: `sha256:${digestOf(file)}`,
    problem: null,
  });
  const [model] = await models();
  expect(model).toMatchObject({ name: 'tiny', versions: [{ card: { pulledFrom: asked.source } }] });
  expect(events.map(({ kind }) => kind)).toEqual(['model.added']);
  expect(readdirSync(folder)).toEqual([`tiny-${digestOf(file).slice(0, 12)}.gguf`]);
  const secrets = await superuser('select 1 from kulning.model_pull where sealed_key is not null');
  expect(secrets.rows).toEqual([]);
  await removeModel(context, 'tiny');
  expect(readdirSync(folder)).toEqual([]);
});

test('a host that nobody allowed is refused with the line that allows it, and nothing is stored', async () => {
  await expect(start({ source: 'https://models.example/a.gguf' })).rejects.toMatchObject({
    code: 'outbound.host_not_allowed',
    hint: expect.stringContaining('outbound: { allowedHosts: ["models.example"] }'),
  });
  expect(await pulls().list('en')).toEqual([]);
});

test('what is no model is named in the reader’s language and deleted', async () => {
  serve = whole(file.subarray(0, file.length - 5000));
  const { id } = await start({});
  await pulls().work(signal);
  const { phase, problem } = await pulls().get(id, 'sv');
  expect(phase).toBe('failed');
  expect(problem?.code).toBe('model.file_broken');
  expect(readdirSync(folder)).toEqual([]);
  expect(await models()).toEqual([]);
});

test('the same command goes on where a failed one ended', async () => {
  let cut = true;
  const ranges: (string | undefined)[] = [];
  serve = (request, response) => {
    if (request.url?.startsWith('/cdn') !== true) return whole(file)(request, response);
    ranges.push(request.headers.range);
    if (!cut) return whole(file)(request, response);
    cut = false;
    response.writeHead(200, { etag: '"v1"', 'content-length': file.length });
    response.write(file.subarray(0, 100_000));
    serve = (again, refusing) => {
      ranges.push(again.headers.range);
      refusing.writeHead(404).end();
    };
    setTimeout(() => response.destroy(), 50);
  };
  const first = await start({});
  await pulls().work(signal);
  expect(await pulls().get(first.id, 'en')).toMatchObject({ phase: 'failed', receivedBytes: 100_000 });
  ranges.length = 0;
  serve = (request, response) => {
    if (request.url?.startsWith('/cdn') === true) ranges.push(request.headers.range);
    whole(file)(request, response);
  };
  const again = await start({});
  expect(again).toMatchObject({ id: first.id, phase: 'waiting', problem: null });
  await pulls().work(signal);
  expect(await pulls().get(first.id, 'en')).toMatchObject({ phase: 'done' });
  expect(ranges).toEqual(['bytes=100000-']);
});

test('a process that dies while it checks leaves all to the next one', async () => {
  const dying = new AbortController();
  const real = context;
  context = {
    ...real,
    inspectModelFile: () => {
      dying.abort(new Error('gone'));
      return Promise.reject(new Error('gone'));
    },
  };
  const { id } = await start({});
  await expect(pulls().work(dying.signal)).rejects.toThrow('gone');
  context = real;
  expect(await pulls().get(id, 'en')).toMatchObject({ phase: 'checking' });
  serve = (_, response) => response.writeHead(500).end(); // Nothing is fetched again.
  await pulls().work(signal);
  expect(await pulls().get(id, 'en')).toMatchObject({ phase: 'done' });
  expect(await models()).toHaveLength(1);
});

test('cancelling stops it and leaves nothing', async () => {
  let asked = () => {};
  const begun = new Promise<void>((resolve) => (asked = resolve));
  serve = (request, response) => {
    if (request.url?.startsWith('/cdn') !== true) return whole(file)(request, response);
    response.writeHead(200, { etag: '"v1"', 'content-length': file.length });
    response.write(file.subarray(0, 1000), () => asked());
  };
  const all = pulls();
  const { id } = await all.start(modelPullRequest.parse({ source: 'org/repo/tiny.gguf' }), 'org_1', 'en');
  const working = all.work(signal);
  await begun;
  expect(await all.cancel(id, 'en')).toMatchObject({ phase: 'cancelled' });
  await working;
  expect(existsSync(join(folder, `${id}.part`))).toBe(false);
  expect(await models()).toEqual([]);
});

test.each([
  ['mistral', 'pull.source_unclear'],
  ['org/repo', 'pull.source_unclear'],
  ['file:///etc/passwd', 'outbound.url_invalid'],
])('%s is no source', async (source, code) => {
  await expect(start({ source })).rejects.toMatchObject({ code, path: 'source' });
});
