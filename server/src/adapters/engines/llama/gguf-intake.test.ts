import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { fixtureGguf, fixtureGgufBytes } from '../../../../../tools/fixture-gguf.ts';
import { inspectGguf } from './gguf-intake.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kulning-intake-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const signal = new AbortController().signal;

test('a file that aborts llama.cpp ends the trial and nothing else', async () => {
  await expect(inspectGguf(fixtureGguf({ claimedHeads: 0 }), signal)).rejects.toMatchObject({
    code: 'model.file_broken',
    message: expect.stringMatching(/loading it crashed the engine \(ended with signal SIGABRT: GGML_ASSERT/u),
  });
});

test('a file that llama.cpp refuses is refused in words', async () => {
  const bytes = Buffer.from(fixtureGgufBytes());
  const at = bytes.indexOf('llama.embedding_length') + 'llama.embedding_length'.length + 4;
  bytes.writeUInt32LE(63, at);
  const path = join(folder, 'width.gguf');
  writeFileSync(path, bytes);
  await expect(inspectGguf(path, signal)).rejects.toMatchObject({
    code: 'model.file_broken',
    path: 'source',
  });
});

test('a base model without a chat template is refused', async () => {
  const path = join(folder, 'base.gguf');
  const bytes = Buffer.from(fixtureGgufBytes({ template: 'none' }));
  bytes.write('<|im_other|>', bytes.indexOf('<|im_start|>'));
  writeFileSync(path, bytes);
  await expect(inspectGguf(path, signal)).rejects.toThrow(/no chat template/u);
});

test('a caller who leaves ends the trial', async () => {
  await expect(inspectGguf(fixtureGguf(), AbortSignal.timeout(50))).rejects.toMatchObject({
    name: 'AbortError',
  });
});
