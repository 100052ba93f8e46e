import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { buildLlamaServer, builtLlamaServer } from './llama-server-build.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kulning-build-'));
});
afterEach(() => rmSync(home, { recursive: true }));

test('without the tools it says which packages bring them, and leaves nothing', async () => {
  await expect(buildLlamaServer(home, new AbortController().signal, home)).rejects.toMatchObject({
    code: 'engine.build_tools_missing',
    message: expect.stringContaining('git, cmake, g++, make'),
    hint: expect.stringContaining('apt-get install'),
  });
  expect(readdirSync(home)).toEqual([]);
  expect(builtLlamaServer(home)).toBeUndefined();
});
