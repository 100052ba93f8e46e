import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kln-words-'));
});
afterEach(() => rm(home, { recursive: true }));

/** The server's program as a person of that language starts it, in a folder of its own. */
async function run(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: home,
    env: {
      PATH,
      KULNING_HOME: join(home, 'state'),
      KULNING_CONTROL_PORT: '0',
      KULNING_GATEWAY_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, error, code: await ended };
}

test.each([
  ['en', 'key folder', 'made at the first start'],
  ['fr', 'dossier des clés', 'créé au premier démarrage'],
  ['sv', 'nyckelmapp', 'skapas vid första starten'],
])('doctor speaks %s, and names its checks alike for scripts', async (language, title, detail) => {
  const [told, listed] = await Promise.all([
    run(['doctor'], { LANG: `${language}.UTF-8` }),
    run(['doctor', '--json', '--lang', language], { LANG: 'en' }),
  ]);
  expect(told.out).toMatch(new RegExp(`${title} .*${detail}`));
  const checks = JSON.parse(listed.out) as { name: string; title: string; detail: string }[];
  expect(checks.map(({ name }) => name)).toContain('database program');
  expect(checks.find(({ name }) => name === 'keys')?.title).toBe(title);
});

test.each([
  ['en', 'Kulning is not running on'],
  ['fr', 'Kulning ne tourne pas sur'],
  ['sv', 'Kulning körs inte på'],
])('status and a wrong setting speak %s', async (language, sentence) => {
  const [status, wrong] = await Promise.all([
    run(['status'], { KULNING_LANGUAGE: language }),
    run(['config', '--lang', language], { KULNING_GATEWAI_PORT: '1' }),
  ]);
  expect(status.error).toContain(sentence);
  expect(status.code).toBe(5);
  expect(wrong.error).toContain('KULNING_GATEWAY_PORT');
});
