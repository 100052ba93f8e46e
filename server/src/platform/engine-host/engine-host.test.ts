import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { enginePrograms } from '../../adapters/engines/index.ts';
import { engineSocketPath, type EngineSpec, type EngineState } from '../../core/engine/engine.ts';
import { silentLogger, type LogField, type Logger } from '../log/logger.ts';
import { createEngineHost, type EngineHost, type EngineHostInit } from './engine-host.ts';

let runDir: string;
let scriptPath: string;
let hosts: EngineHost[];
let pids: number[];

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'kulning-host-'));
  scriptPath = join(runDir, 'script.json');
  writeFileSync(
    scriptPath,
    JSON.stringify({ rules: [{ match: 'slowly', text: 'a b c d', delayMsPerToken: 100 }, { text: 'yes' }] }),
  );
  hosts = [];
  pids = [];
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  rmSync(runDir, { recursive: true, force: true });
});

const log: Logger = {
  ...silentLogger,
  info: (event: string, fields?: Record<string, LogField>) => {
    if (event === 'engine.started') pids.push(Number(fields?.['pid']));
  },
};

function open(more: Partial<EngineHostInit> = {}): EngineHost {
  const timing = { firstBackoffMs: 10, longestBackoffMs: 40, giveUpAfter: 4, ...more.timing };
  const host = createEngineHost({ runDir, programs: enginePrograms, log, ...more, timing });
  hosts.push(host);
  return host;
}

const spec = (deploymentId = 'd', more: Partial<EngineSpec> = {}) =>
  ({
    deploymentId,
    model: 'scripted',
    kind: 'scripted',
    memoryLimitMb: 512,
    options: { scriptPath, contextTokens: 100, slots: 2, queueLimit: 2 },
    ...more,
  }) as EngineSpec;

async function reach(host: EngineHost, wanted: (state: EngineState) => boolean): Promise<EngineState> {
  for (;;) {
    const state = host.states().find(wanted);
    if (state !== undefined) return state;
    await delay(5);
  }
}
const ready = (host: EngineHost, restarts = 0) =>
  reach(host, (state) => state.phase === 'ready' && state.restarts === restarts);
const kill = (signal: NodeJS.Signals = 'SIGKILL') => {
  const pid = pids.at(-1);
  if (pid === undefined) throw new Error('nothing was started');
  process.kill(pid, signal);
};
const alive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

async function ask(content: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: engineSocketPath(runDir, 'd'), path: '/v1/chat/completions', method: 'POST' },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        reply.on('end', () => resolve(text)).on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify({ messages: [{ role: 'user', content }] }));
  });
}

test('starts what is wanted, on a socket for its owner alone, and stops what is not', async () => {
  const host = open();
  host.apply([spec()]);
  expect((await ready(host)).kind).toBe('scripted');
  expect(statSync(engineSocketPath(runDir, 'd')).mode & 0o777).toBe(0o600);
  expect(await ask('hello')).toContain('yes');
  host.apply([spec()]);
  expect(pids).toHaveLength(1);
  host.apply([]);
  expect(host.states()).toEqual([]);
  await host.close();
  expect(alive(pids[0] ?? 0)).toBe(false);
  expect(existsSync(engineSocketPath(runDir, 'd'))).toBe(false);
});

test('replaces a child whose specification changed', async () => {
  const host = open();
  host.apply([spec()]);
  await ready(host);
  host.apply([spec('d', { model: 'renamed' })]);
  await ready(host);
  expect(pids).toHaveLength(2);
  expect(await ask('hello')).toContain('"model":"renamed"');
  expect(alive(pids[0] ?? 0)).toBe(false);
});

test('starts a killed child again, and says how often', async () => {
  const host = open();
  host.apply([spec()]);
  for (const restarts of [0, 1, 2]) {
    await ready(host, restarts);
    kill();
  }
  const state = await reach(host, ({ phase }) => phase === 'restarting');
  expect(state.reason?.en).toBe('ended with signal SIGKILL');
});

test('gives up on a child that cannot start, with the reason, until its specification changes', async () => {
  const host = open();
  const broken = spec('d', {
    options: { scriptPath: join(runDir, 'none.json'), contextTokens: 100, slots: 1, queueLimit: 0 },
  });
  host.apply([broken]);
  const state = await reach(host, ({ phase }) => phase === 'crash-loop');
  expect(state.reason?.en).toContain('ENOENT');
  expect(pids).toHaveLength(4);
  host.apply([broken]);
  await delay(100);
  expect(pids).toHaveLength(4);
  host.apply([spec()]);
  await ready(host);
});

test('forgives earlier deaths to an engine that was stable', async () => {
  const host = open({ timing: { stableAfterMs: 0 } });
  host.apply([spec()]);
  for (let restarts = 0; restarts < 6; restarts++) {
    await ready(host, restarts);
    kill();
  }
  await ready(host, 6);
});

test('kills a child that is stuck', async () => {
  const host = open({ timing: { heartbeatTimeoutMs: 3000 } });
  host.apply([spec()]);
  await ready(host);
  kill('SIGSTOP');
  const state = await reach(host, ({ phase }) => phase === 'restarting');
  expect(state.reason?.en).toMatch(/^did not answer for \d+ s$/u);
  await ready(host, 1);
});

test('kills a child that uses more memory than it may', async () => {
  const host = open();
  host.apply([spec('d', { memoryLimitMb: 1 })]);
  const state = await reach(host, ({ phase }) => phase === 'crash-loop');
  expect(state.reason?.en).toMatch(/^used \d+ MB of memory, its limit is 1 MB$/u);
});

test('lets an answer end before it stops', async () => {
  const host = open();
  host.apply([spec()]);
  await ready(host);
  const answer = ask('slowly');
  await delay(150);
  await host.close();
  expect(await answer).toContain('a b c d');
});

test.each(['SIGINT', 'SIGTERM'] as const)('a child leaves %s to its host', async (signal) => {
  const host = open();
  host.apply([spec()]);
  await ready(host);
  const answer = ask('slowly');
  await delay(100);
  kill(signal);
  expect(await answer).toContain('a b c d');
  expect(await ask('hello')).toContain('yes');
  expect(pids).toHaveLength(1);
});

test('does not wait for ever for an answer to end', async () => {
  const host = open({ timing: { drainMs: 50 } });
  host.apply([spec()]);
  await ready(host);
  const answer = ask('slowly').then(
    () => 'ended',
    (error: Error) => error.message,
  );
  await delay(100);
  await host.close();
  expect(await answer).toMatch(/aborted|socket hang up|ECONNRESET/u);
});

test('gives its children no secret of its own', async () => {
  process.env['KULNING_DATABASE_URL'] = 'postgres://secret';
  try {
    const host = open();
    host.apply([spec()]);
    await ready(host);
    expect(readFileSync(`/proc/${pids[0]}/environ`, 'utf8')).not.toContain('postgres://secret');
  } finally {
    delete process.env['KULNING_DATABASE_URL'];
  }
});

test('children die with their host, and the next host takes over their sockets', async () => {
  const program = join(runDir, 'host.ts');
  const module = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
  writeFileSync(
    program,
    `import { createEngineHost } from ${module('engine-host.ts')};
     import { createLogger } from ${module('../log/logger.ts')};
     const log = createLogger((line) => process.send?.(JSON.parse(line)), Date.now);
     createEngineHost({ runDir: ${JSON.stringify(runDir)}, programs: ${JSON.stringify(enginePrograms)}, log,
       onChange: (states) => process.send?.({ phase: states[0]?.phase }) }).apply([${JSON.stringify(spec())}]);`,
  );
  const first = fork(program, { execArgv: [] });
  const started = new Promise<number>((resolve) => {
    let pid = 0;
    first.on('message', (message: { pid?: number; phase?: string }) => {
      pid = message.pid ?? pid;
      if (message.phase === 'ready') resolve(pid);
    });
  });
  const orphan = await started;
  first.kill('SIGKILL');
  await once(first, 'exit');
  while (alive(orphan)) await delay(5);
  expect(existsSync(engineSocketPath(runDir, 'd'))).toBe(true);
  const host = open();
  expect(existsSync(engineSocketPath(runDir, 'd'))).toBe(false);
  host.apply([spec()]);
  await ready(host);
  expect(await ask('hello')).toContain('yes');
});

test('refuses a run directory whose sockets would not fit', () => {
  const host = open({ runDir: join(runDir, 'x'.repeat(100)) });
  expect(() => host.apply([spec()])).toThrow(/the system takes 107/u);
});
