import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('offline-run.ts', import.meta.url));

test('with the network cut, loopback alone, Kulning starts and the official client chats, streams and lists models', async () => {
  const command = `ip link set lo up && exec ${process.execPath} --disable-warning=ExperimentalWarning ${script}`;
  const { stdout } = await promisify(execFile)('unshare', ['--net', 'sh', '-c', command], {
    timeout: 240_000,
  });
  const happened = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  expect(happened.models).toContain('kulning-triage');
  expect(happened.tokens).toBeGreaterThan(10);
  expect(happened.streamed).toBeGreaterThan(2);
  expect(happened.outside, 'the namespace must have no way out, or this proves nothing').toBe('ENETUNREACH');
});
