import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { engineSocketPath, type EngineEndpoint } from '../../../core/engine/engine.ts';
import { createEngineHost, type EngineHost } from '../../../platform/engine-host/engine-host.ts';
import { silentLogger, type Logger } from '../../../platform/log/logger.ts';
import { call, firstBytes, textOf } from '../engine-conformance-client.ts';
import { getFromEngine } from '../engine-client.ts';
import { enginePrograms } from '../index.ts';
import { llamaServerAdapter } from './llama-server-adapter.ts';

const standIn = fileURLToPath(new URL('llama-server-stand-in.mjs', import.meta.url));
const secret = 'sk-of-this-child';

let runDir: string;
let host: EngineHost;
let wrapper: number;
let endpoint: EngineEndpoint;
beforeEach(async () => {
  runDir = mkdtempSync(join(tmpdir(), 'kulning-ls-'));
  const log: Logger = {
    ...silentLogger,
    info: (event, fields) => {
      if (event === 'engine.started') wrapper = Number(fields?.['pid']);
    },
  };
  host = createEngineHost({ runDir, programs: enginePrograms, log, timing: { firstBackoffMs: 20 } });
  const config = llamaServerAdapter.parseConfig({
    modelPath: '/models/a.gguf',
    contextTokens: 1000,
    slots: 3,
    cache: 'q8_0',
    lora: [{ path: '/models/ours.gguf', scale: 0.5 }],
    parameters: 1,
    sizeBytes: 1,
    cacheBytesPerToken: 1,
  });
  const deployment = { deploymentId: 'd', model: 'ministral', config };
  endpoint = llamaServerAdapter.endpoint(deployment, { runDir, secret });
  const spec = llamaServerAdapter.child(deployment, { secret, llamaServer: standIn });
  if (spec === undefined) throw new Error('no child');
  host.apply([spec]);
  await phase('ready');
});
afterEach(async () => {
  await host.close();
  rmSync(runDir, { recursive: true });
});

async function phase(wanted: string): Promise<void> {
  while (host.states()[0]?.phase !== wanted) await delay(20);
}
const page = async (path: string) => (await getFromEngine(endpoint, path, AbortSignal.timeout(5000))).text;
/** Processes whose command line holds the text. */
const processesWith = (text: string) =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false; // It ended while we looked.
    }
  });

test('is ready when its model is loaded, says what it can do, and answers to its key alone', async () => {
  expect(host.states()[0]?.capabilities).toMatchObject({ chat: true, tools: 'native', slots: 3 });
  expect(statSync(engineSocketPath(runDir, 'd')).mode & 0o777).toBe(0o600);
  const { authorization: _, ...stranger } = endpoint;
  expect((await call(stranger, '/models')).statusCode).toBe(401);
  expect(processesWith(secret)).toEqual([]);
});

test('is told what the deployment says', async () => {
  expect(JSON.parse(await page('/args'))).toMatchObject({
    'ctx-size': '3000',
    parallel: '3',
    'cache-type-k': 'q8_0',
    'lora-scaled': '/models/ours.gguf:0.5',
    offline: true,
    metrics: true,
    'no-ui': true,
  });
});

test('a dead server is started again; a dead wrapper takes its server along', async () => {
  const [server = ''] = processesWith(`--host\0${engineSocketPath(runDir, 'd')}`);
  process.kill(Number(server), 'SIGKILL');
  while (host.states()[0]?.restarts !== 1) await delay(20);
  await phase('ready');
  process.kill(wrapper, 'SIGKILL');
  while (host.states()[0]?.restarts !== 2) await delay(20);
  await phase('ready');
  expect(processesWith(`--host\0${engineSocketPath(runDir, 'd')}`)).toHaveLength(1);
});

test('an answer that has begun ends before the server does', async () => {
  const reply = await call(endpoint, '/chat/completions', '{}');
  await firstBytes(reply);
  host.apply([]);
  await delay(50);
  await expect(call(endpoint, '/models')).rejects.toThrow(/ENOENT/u);
  expect(await textOf(reply)).toBe('begun ended');
});
