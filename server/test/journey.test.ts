import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  allOperations,
  type Client,
  createClient,
  identityOperations,
  policyOperations,
  proofOperations,
  sitesOperations,
} from '@kulning/sdk';

import { type Instance, startInstance } from './instance.ts';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../packages/cli/bin/kulning.mjs', import.meta.url));
const verifier = fileURLToPath(new URL('../../packages/verify/src/verify.mjs', import.meta.url));
const mail =
  'From: Erik Sandberg <erik@example.com>\nSubject: Faktura 20418\n\nHej!\n\nBifogat finns faktura 20418 på 4 250 kr. Förfallodag är den 12 december.\n\nMvh\nErik Sandberg';

let instance: Instance;
let owner: Client;
let cookie: string;

/** The CLI as a stranger runs it: its own environment, its own folder. */
async function kulning(args: readonly string[], environment: Record<string, string> = {}) {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: instance.home,
    KULNING_HOME: instance.home,
    KULNING_KEYS: instance.keys,
    ...environment,
  };
  try {
    const { stdout, stderr } = await run(process.execPath, [cli, ...args], { env, cwd: tmpdir() });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const withCookie: typeof fetch = (url, init) =>
  fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie } });

beforeAll(async () => {
  instance = await startInstance();
});

afterAll(async () => {
  await instance.stop();
  instance.remove();
});

describe('before anybody claims it', () => {
  test('the CLI on the machine makes a demonstration call, and its receipt is in the ledger', async () => {
    const { code, stdout, stderr } = await kulning(['chat', mail, '--lang', 'en']);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('<tool_call>');
    expect(stderr).toMatch(/Receipt: call_\w+ \(entry \d+ of the ledger\)/);
  });

  test('nothing else: no keys, no members, and personal data is refused with the hint to claim', async () => {
    expect(await kulning(['keys', 'list'])).toMatchObject({ code: 3 });
    expect(await kulning(['members', 'list'])).toMatchObject({ code: 3 });
    const refused = await kulning(['chat', mail, '--data-class', 'personal', '--lang', 'en']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('claim');
  });

  test('a stranger without the socket gets nothing', async () => {
    const { code } = await kulning(['sites', 'list', '--url', instance.consoleUrl]);
    expect(code).toBe(4);
  });
});

describe('after it is claimed', () => {
  beforeAll(async () => {
    ({ cookie } = await instance.claim());
    owner = createClient({ baseUrl: instance.consoleUrl, fetch: withCookie });
  });

  test('the official client chats, streams and counts; the answer’s receipt verifies offline with the pinned key', async () => {
    const key = await owner.call(identityOperations.createKey, {
      body: { name: 'journey', dataClass: 'personal' },
    });
    const openai = new OpenAI({ apiKey: key.secret, baseURL: `${instance.gatewayUrl}/v1` });
    const { data, response } = await openai.chat.completions
      .create({ model: 'kulning-triage', messages: [{ role: 'user', content: mail }] })
      .withResponse();
    expect(data.choices[0]?.message).toBeDefined();
    expect(data.usage?.total_tokens).toBeGreaterThan(10);
    const receiptId = response.headers.get('x-kulning-receipt') ?? '';

    const folder = mkdtempSync(join(tmpdir(), 'kulning-verify-'));
    const receipt = await sequenced(receiptId);
    const vkeys = await ledgerKeys();
    writeFileSync(join(folder, 'receipt.json'), JSON.stringify(receipt));
    copyFileSync(verifier, join(folder, 'verify.mjs'));
    const verify = (file: string, ...args: string[]) =>
      run(process.execPath, ['verify.mjs', file, ...args], { cwd: folder }).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
    const pinned = vkeys.flatMap((line) => ['--key', line]);
    expect(await verify('receipt.json', ...pinned)).toBe(0);
    expect(await verify('receipt.json')).toBe(3);
    const text = JSON.stringify(receipt);
    const leafAt = text.indexOf('"leaf":"') + 40;
    writeFileSync(
      join(folder, 'flipped.json'),
      `${text.slice(0, leafAt)}${text[leafAt] === 'A' ? 'B' : 'A'}${text.slice(leafAt + 1)}`,
    );
    expect(await verify('flipped.json', ...pinned)).toBe(1);
    rmSync(folder, { recursive: true });
  });

  test('the real Borlänge is not open yet; its simulated twin is, and refuses personal data in words', async () => {
    const { items } = await owner.call(sitesOperations.list);
    const open = Object.fromEntries(items.map((site) => [site.slug, site.open]));
    expect(open).toMatchObject({ borlange: false, 'borlange-simulated': true });
    const { candidates } = await owner.call(policyOperations.test, {
      body: { dataClass: 'personal', model: 'kulning-triage', purpose: 'general' },
    });
    const simulated = candidates.filter(({ site }) => site.simulated);
    expect(simulated.length).toBeGreaterThan(0);
    for (const { verdict, reasons } of simulated) {
      expect(verdict).toBe('refused');
      expect(reasons.map(({ words }) => words).join(' ')).toMatch(/simuler/);
    }
  });

  test('every row of the contract has a route', async () => {
    const document = await (await fetch(`${instance.consoleUrl}/openapi.json`)).json();
    const { paths } = document as { paths: Record<string, Record<string, unknown>> };
    const missing = allOperations.filter(
      ({ path, method }) => paths[path]?.[method.toLowerCase()] === undefined,
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  test('signs in, asks and reads through the CLI; wrong arguments say what is right', async () => {
    const login = await kulning(['login', '--email', 'maja@example.org', '--url', instance.consoleUrl], {
      KULNING_PASSPHRASE: 'en ko på Dalarnas kullar',
    });
    expect(login, login.stderr).toMatchObject({ code: 0 });
    const sites = await kulning(['sites', '--json']);
    expect(JSON.parse(sites.stdout)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ slug: 'this-machine' })]),
    });
    expect(await kulning(['sites', 'get'])).toMatchObject({ code: 2 });
    expect(await kulning(['sitse', 'list'])).toMatchObject({ code: 2 });
    expect((await kulning(['status'])).stdout).toContain('ready');
  });

  test('hands a file of requests in through the CLI, which waits for the answers and saves them', async () => {
    const { secret } = await owner.call(identityOperations.createKey, {
      body: {
        name: 'night',
        dataClass: 'public',
        scopes: ['calls:create', 'files:read', 'files:write', 'batches:read', 'batches:write'],
      },
    });
    const folder = mkdtempSync(join(tmpdir(), 'kulning-batch-'));
    const [requests, answers] = [join(folder, 'requests.jsonl'), join(folder, 'answers.jsonl')];
    const lines = ['one', 'two'].map((name) =>
      JSON.stringify({
        custom_id: name,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: 'kulning-triage', messages: [{ role: 'user', content: mail }], max_tokens: 60 },
      }),
    );
    writeFileSync(requests, lines.join('\n'));
    const as = { KULNING_API_KEY: secret, KULNING_API_URL: instance.consoleUrl };
    const handed = await kulning(['batches', 'create', requests, '--output', answers, '--lang', 'en'], as);
    expect(handed.code, handed.stderr).toBe(0);
    expect(handed.stderr).toContain('2 / 2');
    const saved = readFileSync(answers, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(saved).toMatchObject([
      {
        custom_id: 'one',
        response: { status_code: 200 },
        kulning: { receipt: expect.stringMatching(/^call_/) },
      },
      { custom_id: 'two', response: { status_code: 200 } },
    ]);
    const { stdout } = await kulning(['batches', '--json'], as);
    const [batch] = (JSON.parse(stdout) as { items: { outputFileId: string }[] }).items;
    expect(batch).toMatchObject({ status: 'completed', requests: { total: 2, completed: 2, failed: 0 } });
    const copy = await kulning(['files', 'content', batch?.outputFileId ?? ''], as);
    expect(copy.stdout).toBe(readFileSync(answers, 'utf8'));
    expect(await kulning(['files', 'rm', batch?.outputFileId ?? ''], as)).toMatchObject({ code: 0 });
    rmSync(folder, { recursive: true });
  });

  test('a revoked key stops within a second', async () => {
    const key = await owner.call(identityOperations.createKey, {
      body: { name: 'short', dataClass: 'public' },
    });
    const ask = () =>
      fetch(`${instance.gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key.secret}` } }).then(
        ({ status }) => status,
      );
    await expect.poll(ask, { timeout: 5_000 }).toBe(200);
    await owner.call(identityOperations.revokeKey, { params: { keyId: key.id } });
    await expect.poll(ask, { timeout: 1_000, interval: 50 }).toBe(401);
  });
});

async function sequenced(id: string) {
  const read = () => owner.call(proofOperations.getReceipt, { params: { id } });
  await expect
    .poll(
      () =>
        read().then(
          ({ status }) => status,
          () => 'unknown',
        ),
      { timeout: 5_000 },
    )
    .toBe('sequenced');
  return read();
}

async function ledgerKeys(): Promise<readonly string[]> {
  return (await owner.call(proofOperations.status)).vkeys;
}
