import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { faultCodes } from '../src/features/batches/batch-line.ts';
import { lineWords } from '../src/features/batches/batch-words.ts';
import { batchSnapshot, secretOf } from './batches-snapshot.ts';
import { batchesStage, type BatchesStage } from './batches-stage.ts';

const page = readFileSync(new URL('../../docs/batches.md', import.meta.url), 'utf8');
const server = fileURLToPath(new URL('..', import.meta.url));

let stage: BatchesStage;
beforeAll(async () => {
  stage = await batchesStage();
});
afterAll(async () => await stage.close());

describe('docs/batches.md', () => {
  it('has an example that does what it says', async () => {
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { model: 'kulning-triage' } }));
    const code = /```ts\n(.*?)```/su.exec(page)?.[1] ?? '';
    const args = [
      '--no-warnings',
      '--input-type=module-typescript',
      '--eval',
      code.replaceAll('http://127.0.0.1:8471', stage.first.url),
    ];
    const env = { ...process.env, KULNING_KEY: secretOf('internal') };
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: server,
      env,
      timeout: 120_000,
    });
    expect(stdout).toMatch(/^letter-0 Kulning brings the herd home\. call_\w+\nletter-1 .* call_\w+\n$/);
  }, 120_000);

  it('names every code that ends a batch or a line of its own accord', () => {
    const ends = ['input_gone', 'key_revoked'] as const;
    for (const code of ends) expect(faultCodes).toContain(code);
    for (const code of [...ends, ...Object.keys(lineWords)]) expect(page).toContain(code);
  });
});
