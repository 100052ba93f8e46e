import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { createClient, deploymentsOperations, identityOperations, limitsOperations } from '@kulning/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { type Instance, startInstance } from './instance.ts';

const cli = fileURLToPath(new URL('../../packages/cli/bin/kulning.mjs', import.meta.url));
const run = promisify(execFile);

let instance: Instance;
let secret: string;
let keyId: string;
let deploymentIds: string[];
const folder = mkdtempSync(join(tmpdir(), 'kulning-cli-'));

beforeAll(async () => {
  instance = await startInstance();
  const { cookie } = await instance.claim();
  const client = clientOf(cookie);
  const key = await client.call(identityOperations.createKey, {
    body: {
      name: 'limits',
      dataClass: 'internal',
      scopes: [
        'calls:create',
        'calls:read',
        'limits:read',
        'limits:write',
        'prices:write',
        'models:read',
        'keys:read',
      ],
    },
  });
  ({ secret, id: keyId } = key);
  const { items } = await client.call(deploymentsOperations.list);
  deploymentIds = items.filter(({ model }) => model === 'kulning-triage').map(({ id }) => id);
}, 240_000);
afterAll(async () => {
  await instance.stop();
  instance.remove();
  rmSync(folder, { recursive: true });
});

const clientOf = (cookie: string) =>
  createClient({
    baseUrl: instance.consoleUrl,
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie, 'x-kulning-csrf': '1' },
      }),
  });

/** The command as a person types it, with the key in the environment. */
async function kulning(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [cli, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      KULNING_API_URL: instance.consoleUrl,
      KULNING_API_KEY: secret,
      KULNING_LANGUAGE: 'en',
    },
  });
  return stdout;
}

const ask = () =>
  fetch(`${instance.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'accept-language': 'sv' },
    body: JSON.stringify({
      model: 'kulning-triage',
      max_tokens: 8,
      messages: [{ role: 'user', content: 'Hej, när kommer min faktura?' }],
    }),
  });

it('keeps a limit that a command set, and shows in command, API and statement what was used of it', async () => {
  for (const deploymentId of deploymentIds)
    await kulning(
      'prices',
      'set',
      '--deployment-id',
      deploymentId,
      '--eur-per-million-input',
      '0.15',
      '--eur-per-million-output',
      '0.6',
    );
  await kulning('limits', 'set', 'key', keyId, '--requests-per-minute', '2', '--eur-per-month', '1');
  await expect
    .poll(async () => (await ask()).headers.get('x-ratelimit-limit-requests'), { timeout: 20_000 })
    .toBe('2');
  await expect
    .poll(async () => [(await ask()).status, await (await ask()).text()].join(' '), { timeout: 20_000 })
    .toMatch(/^429 /);
  const refused = (await (await ask()).json()) as { error: { message: string; code: string } };
  expect(refused.error.code).toBe('rate_limit_exceeded');
  expect(refused.error.message).toBe('En gräns är nådd: 2 anrop i minuten för den här API-nyckeln.');

  const client = createClient({ baseUrl: instance.consoleUrl, key: secret });
  const used = async () =>
    (await client.call(limitsOperations.list)).items.find(({ scopeId }) => scopeId === keyId)?.usedThisMonth;
  await expect.poll(async () => (await used())?.calls, { timeout: 10_000 }).toBe(2);
  expect((await used())?.eur).toBeGreaterThan(0);
  expect(await kulning('limits', 'list')).toContain(keyId);
  const month = new Date().toISOString().slice(0, 7);
  const csv = (await kulning('statements', 'csv', month)).trimEnd().split('\r\n');
  expect(csv).toHaveLength(3);
  expect(csv[2]).toContain(`,${month},total,,2,`);
  expect(await kulning('limits', 'refusals')).toContain('requestsPerMinute');
}, 120_000);
