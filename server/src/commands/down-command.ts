import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { KulningError, type Language } from '@kulning/sdk';

import type { LoadedConfig } from '../config.ts';
import { stopEmbeddedPostgres } from '../platform/postgres/embedded-server.ts';
import { isAlive } from '../platform/postgres/process-identity.ts';
import { foldersOf, readRunState } from '../up/home.ts';
import { commandWords as words } from './command-words.ts';

/** Longer than the drain of a child, so that an orderly stop is always waited for. */
const patienceMs = 45_000;

/** `kulning down`: stops what runs on this home. `--purge --yes` then removes state and keys: nothing can be read afterwards. */
export async function runDown(
  { config }: LoadedConfig,
  args: readonly string[],
  language: Language,
): Promise<void> {
  const purge = args.includes('--purge');
  if (purge && !args.includes('--yes')) {
    throw new KulningError({
      code: 'usage.confirm',
      status: 400,
      text: words.confirmPurge(config.home, config.keys),
    });
  }
  const state = readRunState(foldersOf(config.home).run);
  if (state) await stop(state.identity);
  // A supervisor that was killed leaves its database running.
  else await stopEmbeddedPostgres(config.home);
  if (purge)
    for (const folder of [config.home, config.keys]) rmSync(folder, { recursive: true, force: true });
  const said = [state ? words.stopped : words.wasNotRunning];
  if (purge) said.push(words.purged(config.home, config.keys));
  process.stdout.write(`${said.map((each) => each[language]).join(' ')}\n`);
}

async function stop(identity: string): Promise<void> {
  process.kill(Number.parseInt(identity, 10), 'SIGTERM');
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 100) {
    if (!isAlive(identity)) return;
    await sleep(100);
  }
  throw new KulningError({
    code: 'down.slow',
    status: 504,
    text: words.slowStop(Number.parseInt(identity, 10), patienceMs / 1000),
  });
}
