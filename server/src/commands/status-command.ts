import { request } from 'node:http';

import { KulningError } from '@kulning/sdk';

import type { LoadedConfig } from '../config.ts';
import { foldersOf, readRunState } from '../up/home.ts';

interface Answer {
  readonly name: string;
  readonly url: string;
  readonly state: string;
}

/** `kulning status`: what runs on this home, where it listens, and whether each part says that it is ready. */
export async function runStatus({ config }: LoadedConfig, args: readonly string[]): Promise<void> {
  const state = readRunState(foldersOf(config.home).run);
  if (!state)
    throw new KulningError({
      code: 'instance.not_running',
      status: 503,
      message: `Kulning is not running on ${config.home}.`,
      hint: '`kulning up` starts it.',
    });
  const parts = await Promise.all([
    readiness('console', state.consoleUrl),
    readiness('gateway', state.gatewayUrl),
  ]);
  if (args.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ home: config.home, startedAt: state.startedAt, claimUrl: state.claimUrl, parts }, null, 2)}\n`,
    );
    return;
  }
  for (const { name, url, state: said } of parts)
    process.stdout.write(`${name.padEnd(8)} ${said.padEnd(14)} ${url}\n`);
  process.stdout.write(`since    ${state.startedAt}\nhome     ${config.home}\nkeys     ${config.keys}\n`);
  if (state.claimUrl !== null) process.stdout.write(`claim    ${state.claimUrl}\n`);
}

function readiness(name: string, url: string | null): Promise<Answer> {
  if (url === null) return Promise.resolve({ name, url: '', state: 'starting' });
  return new Promise((resolve) => {
    const asked = request(`${url}/readyz`, { timeout: 3_000 }, (response) => {
      response.resume();
      resolve({
        name,
        url,
        state: response.statusCode === 200 ? 'ready' : `not ready (${response.statusCode})`,
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve({ name, url, state: 'does not answer' }));
    asked.end();
  });
}
