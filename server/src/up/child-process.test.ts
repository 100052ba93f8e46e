import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '../platform/id-source.ts';
import { silentLogger } from '../platform/log/logger.ts';
import { superviseProcess, type SupervisedProcess } from './child-process.ts';

let folder: string;
let supervised: SupervisedProcess | undefined;

function start(
  source: string,
  onMessage: (message: unknown) => void = () => undefined,
  lines: string[] = [],
) {
  const script = join(folder, 'child.mjs');
  writeFileSync(script, source);
  supervised = superviseProcess(
    { name: 'child', script, args: [], env: process.env, drainMs: 2_000, onMessage },
    silentLogger,
    systemClock,
    (line) => lines.push(line),
  );
  return supervised;
}

const until = async (condition: () => boolean) => {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 20_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kulning-child-'));
});

afterEach(async () => {
  await supervised?.stop();
  rmSync(folder, { recursive: true });
});

describe('a supervised process', () => {
  test('is ready when it says so, and its lines pass through', async () => {
    const lines: string[] = [];
    await start(
      `console.log('{"event":"hello"}'); process.send({ ready: true, url: 'here' }); setInterval(() => {}, 1000);`,
      undefined,
      lines,
    ).ready;
    await until(() => lines.includes('{"event":"hello"}\n'));
  });

  test('comes back after kill -9, with another pid', async () => {
    let readies = 0;
    const child = start(
      `process.send({ ready: true, url: '' }); setInterval(() => {}, 1000);`,
      () => (readies += 1),
    );
    await child.ready;
    const first = child.pid();
    process.kill(first ?? 0, 'SIGKILL');
    await until(() => readies === 2);
    expect(child.pid()).not.toBe(first);
    expect(child.restarts()).toBe(1);
  });

  test('that ends before it is ready rejects, and is tried again', async () => {
    const child = start(`process.exit(3);`);
    await expect(child.ready).rejects.toThrow('ended with 3');
    await until(() => child.restarts() >= 2);
  });

  test('that says why it ends is quoted, not its exit code', async () => {
    const text = { en: { message: '127.0.0.1:8470 is taken by another program.' } };
    const child = start(
      `process.send({ failed: { code: 'port.taken', status: 500, text: ${JSON.stringify(text)} } }, () => process.exit(1));`,
    );
    await expect(child.ready).rejects.toMatchObject({ code: 'port.taken', message: text.en.message });
  });

  test('whose reason passes by itself is waited for', async () => {
    const failed = JSON.stringify({
      code: 'database.unreachable',
      status: 503,
      retryable: true,
      text: { en: { message: 'The database does not answer.' } },
    });
    const child = start(`
      import { existsSync, writeFileSync } from 'node:fs';
      const marker = new URL('./tried', import.meta.url);
      if (existsSync(marker)) { process.send({ ready: true, url: '' }); setInterval(() => {}, 1000); }
      else { writeFileSync(marker, ''); process.send({ failed: ${failed} }, () => process.exit(1)); }`);
    await child.ready;
    expect(child.restarts()).toBe(1);
  });

  test('is given time to drain, then is killed', async () => {
    const child = start(
      `process.on('SIGTERM', () => {}); process.send({ ready: true, url: '' }); setInterval(() => {}, 1000);`,
    );
    await child.ready;
    const pid = child.pid() ?? 0;
    const startedAt = performance.now();
    await child.stop();
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
