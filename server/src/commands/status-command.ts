import { request } from 'node:http';

import { createClient, instanceOperations, KulningError, type Language, type Localized } from '@kulning/sdk';

import type { LoadedConfig } from '../config.ts';
import { foldersOf, readRunState } from '../up/home.ts';
import { commandWords as words } from './command-words.ts';

interface Answer {
  readonly name: 'console' | 'gateway';
  readonly url: string;
  readonly state: Localized<string>;
}

/** `kulning status`: what runs on this home, where it listens, and whether each part says that it is ready. */
export async function runStatus(
  { config }: LoadedConfig,
  args: readonly string[],
  language: Language,
): Promise<void> {
  const { home, keys } = config;
  const state = readRunState(foldersOf(home).run);
  if (!state)
    throw new KulningError({ code: 'instance.not_running', status: 503, text: words.notRunning(home) });
  const { startedAt } = state;
  const claimUrl = (await isClaimed(state.consoleUrl)) ? null : state.claimUrl;
  const parts = await Promise.all([
    readiness('console', state.consoleUrl),
    readiness('gateway', state.gatewayUrl),
  ]);
  if (args.includes('--json')) {
    const said = parts.map((part) => ({ ...part, state: part.state.en }));
    process.stdout.write(`${JSON.stringify({ home, startedAt, claimUrl, parts: said }, null, 2)}\n`);
    return;
  }
  const lines: [string, string][] = [
    ...parts.map((part): [string, string] => [
      words[part.name][language],
      `${part.state[language].padEnd(14)} ${part.url}`,
    ]),
    [words.since[language], startedAt],
    [words.home[language], home],
    [words.keys[language], keys],
  ];
  if (claimUrl !== null) lines.push([words.claim[language], claimUrl]);
  const width = Math.max(...lines.map(([label]) => label.length));
  for (const [label, value] of lines) process.stdout.write(`${label.padEnd(width)} ${value}\n`);
}

/** An address to claim what has an owner by now would only puzzle its reader. */
async function isClaimed(consoleUrl: string | null): Promise<boolean> {
  if (consoleUrl === null) return false;
  const client = createClient({
    baseUrl: consoleUrl,
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(3_000) }),
  });
  return client.call(instanceOperations.status).then(
    ({ claimed }) => claimed,
    () => false,
  );
}

function readiness(name: Answer['name'], url: string | null): Promise<Answer> {
  if (url === null) return Promise.resolve({ name, url: '', state: words.starting });
  return new Promise((resolve) => {
    const asked = request(`${url}/readyz`, { timeout: 3_000 }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve({ name, url, state: statusCode === 200 ? words.ready : words.notReady(statusCode) });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve({ name, url, state: words.silent }));
    asked.end();
  });
}
