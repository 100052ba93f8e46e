import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { endpoints } from '../src/features/gateway/endpoints.ts';
import { type RemoteEngine, startRemoteEngine } from './gateway-clients-remote.ts';
import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';

const docs = new URL('../../docs/', import.meta.url);
const server = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const snippets = readdirSync(new URL('clients/', docs)).flatMap((page) =>
  [...readFileSync(new URL(`clients/${page}`, docs), 'utf8').matchAll(/```ts\n(.*?)```/gsu)].map(
    ([, code = ''], at): [string, number, string] => [page, at + 1, code],
  ),
);

let remote: RemoteEngine;
let stage: Stage;
beforeAll(async () => {
  remote = await startRemoteEngine();
  const one = deployment({ model: 'kulning-triage' });
  stage = await startStage(snapshotOf([{ deployment: one, endpoint: httpEndpoint(remote.url) }]));
});
afterAll(async () => {
  await stage.close();
  await remote.close();
});

describe('what docs/clients says', () => {
  it.each(snippets)(
    '%s, block %i, does what it says',
    async (_, __, code) => {
      const text = code.replaceAll('http://127.0.0.1:8471', stage.url);
      const env = { ...process.env, KULNING_KEY: secrets.personal };
      const args = ['--no-warnings', '--input-type=module-typescript', '--eval', text];
      const { stdout } = await run(process.execPath, args, { cwd: server, env, timeout: 120_000 });
      expect(stdout).toContain('Kulning brings the herd home.');
    },
    120_000,
  );

  it('covers a page of each client that is tested', () => {
    expect(new Set(snippets.map(([page]) => page))).toEqual(
      new Set(['ai-sdk.md', 'anthropic.md', 'langchain.md', 'mistral.md', 'openai.md']),
    );
  });
});

it('docs/gateway.md lists every path that ends at an engine', () => {
  const text = readFileSync(new URL('gateway.md', docs), 'utf8');
  for (const path of endpoints.keys()) expect(text).toContain(`\`POST ${path}\``);
});
