import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient, identityOperations } from '@kulning/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from './database.ts';
import { type RoleProcess, startRole } from './role-process.ts';

const mostBodyBytes = 4_096;
let folder: string;
let database: TestDatabase;
let control: RoleProcess;
let gateway: RoleProcess;
let key = '';
const sockets: Socket[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kln-slow-'));
  database = await testDatabase({ through: 0 });
  const state = { databaseUrl: database.url, home: join(folder, 'home'), keys: join(folder, 'keys') };
  control = await startRole('control', state, { KULNING_CONTROL_MAX_BODY_BYTES: String(mostBodyBytes) });
  key = await claimAndMakeKey();
  gateway = await startRole('gateway', state, { KULNING_GATEWAY_MAX_BODY_BYTES: String(mostBodyBytes) });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await Promise.all([control.kill(), gateway.kill()]);
  await database.close();
  await rm(folder, { recursive: true });
});

async function claimAndMakeKey(): Promise<string> {
  let cookie = '';
  const client = createClient({
    baseUrl: control.url,
    async fetch(url, init) {
      const headers = { ...(init?.headers as Record<string, string>), ...(cookie !== '' && { cookie }) };
      const response = await fetch(url, { ...init, headers });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return response;
    },
  });
  const body = {
    token: control.claimToken ?? '',
    organisation: 'Kullabygdens El',
    name: 'Maja Ek',
    email: 'maja@example.org',
    passphrase: 'en ko på Dalarnas kullar',
    language: 'sv',
    machine: { country: 'SE', operator: 'Kullabygdens El AB' },
  } as const;
  await client.call(identityOperations.claim, { body });
  const { secret } = await client.call(identityOperations.createKey, {
    body: { name: 'slow', dataClass: 'public' },
  });
  return secret;
}

/** Unlike `once`, not upset by the reset that comes before. */
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

const listeners = [
  {
    name: 'control',
    url: () => control.url,
    health: '/api/v1/instance',
    post: '/api/v1/session',
  },
  {
    name: 'gateway',
    url: () => gateway.url,
    health: '/readyz',
    post: '/v1/chat/completions',
  },
] as const;

describe.each(listeners)('the $name’s listener', ({ url, health, post }) => {
  const headOf = (more: string) =>
    `POST ${post} HTTP/1.1\r\nhost: ${new URL(url()).host}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n${more}`;

  async function open(text: string): Promise<{ socket: Socket; received: () => string }> {
    const { hostname, port } = new URL(url());
    const socket = connect({ host: hostname, port: Number(port) });
    sockets.push(socket);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined); // A connection that the server cuts is what is tested.
    await once(socket, 'connect');
    socket.write(text);
    return { socket, received: () => received };
  }

  const isAnswered = async () =>
    (await fetch(`${url()}${health}`, { signal: AbortSignal.timeout(10_000) })).status;

  test('answers others while a hundred connections say nothing, and many say it slowly', async () => {
    for (let n = 0; n < 100; n += 1) await open('');
    for (let n = 0; n < 30; n += 1) await open(headOf('x-slow: '));
    for (let n = 0; n < 30; n += 1) await open(headOf('content-length: 1000\r\n\r\n{"model": "'));
    for (let n = 0; n < 10; n += 1) expect(await isAnswered()).toBe(200);
  });

  test('cuts a client that sends its headers a byte at a time', { timeout: 90_000 }, async () => {
    const { socket, received } = await open(headOf(''));
    const dribble = setInterval(() => socket.write('a'), 500);
    await closed(socket);
    clearInterval(dribble);
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(await isAnswered()).toBe(200);
  });

  test('refuses headers without end', async () => {
    const { socket, received } = await open(headOf(`x-long: ${'a'.repeat(64 * 1_024)}`));
    await closed(socket);
    expect(received()).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('refuses a body that is too large, whether it says so first or not', async () => {
    const large = JSON.stringify({ model: 'kulning-triage', messages: ['a'.repeat(2 * mostBodyBytes)] });
    const said = await open(`${headOf(`content-length: ${large.length}\r\n`)}\r\n${large}`);
    const chunk = `${large.length.toString(16)}\r\n${large}\r\n`;
    const unsaid = await open(`${headOf('transfer-encoding: chunked\r\n')}\r\n${chunk}`);
    for (const { socket, received } of [said, unsaid]) {
      while (!received().includes('\r\n\r\n')) await once(socket, 'data');
      expect(received()).toMatch(/^HTTP\/1\.1 413 /);
      expect(received()).toContain('too_large');
    }
    expect(await isAnswered()).toBe(200);
  });
});
