import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';
import { z } from 'zod';

import { engineSocketPath } from '../core/engine/engine.ts';
import { longestSocketPath } from '../platform/postgres/socket-directory.ts';
import { isAlive, ownIdentity } from '../platform/postgres/process-identity.ts';
import { upWords } from './up-words.ts';

const runStateSchema = z.object({
  /** `pid-start` of the supervisor: a pid alone may belong to another program by now. */
  identity: z.string(),
  startedAt: z.iso.datetime(),
  consoleUrl: z.string().nullable(),
  gatewayUrl: z.string().nullable(),
  claimUrl: z.string().nullable(),
});

export type RunState = z.output<typeof runStateSchema>;

export interface HomeFolders {
  readonly home: string;
  readonly run: string;
  readonly log: string;
  readonly spool: string;
  readonly blobs: string;
  readonly models: string;
}

export function foldersOf(home: string): HomeFolders {
  const folder = (name: string) => join(home, name);
  return {
    home,
    run: folder('run'),
    log: folder('log'),
    spool: folder('spool'),
    blobs: folder('blobs'),
    models: folder('models'),
  };
}

/** Makes what is missing. Refuses a home whose sockets would have longer paths than the system takes. Only the user who runs Kulning may look inside: the sockets' folder is the operator's credential. */
export function makeHome(home: string): HomeFolders {
  const folders = foldersOf(home);
  const longest = engineSocketPath(folders.run, '0'.repeat(12));
  const excess = Buffer.byteLength(longest) - longestSocketPath;
  if (excess > 0)
    throw new KulningError({
      code: 'home.path_too_long',
      status: 400,
      path: 'home',
      text: upWords.homeTooLong(home, excess),
    });
  try {
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folders.run, 0o700);
  } catch (cause) {
    throw new KulningError({
      code: 'home.unwritable',
      status: 500,
      path: 'home',
      text: upWords.homeUnwritable(home),
      cause,
    });
  }
  return folders;
}

const stateFile = (run: string) => join(run, 'up.json');

/** What runs on this home now; undefined when nothing does, also after a crash. */
export function readRunState(run: string): RunState | undefined {
  const file = stateFile(run);
  if (!existsSync(file)) return undefined;
  const parsed = runStateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success && isAlive(parsed.data.identity) ? parsed.data : undefined;
}

export function writeRunState(run: string, state: RunState): void {
  const file = stateFile(run);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Takes the home for this process. Two that start at once: the exclusive file decides.
 * @throws KulningError `home.in_use`
 */
export function takeHome(run: string, now: number): () => void {
  const lock = join(run, 'up.lock');
  const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : '';
  if (holder !== '' && !isAlive(holder)) rmSync(lock);
  try {
    writeFileSync(lock, ownIdentity(), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const running = readRunState(run);
    throw new KulningError({
      code: 'home.in_use',
      status: 409,
      text: upWords.homeInUse(running?.consoleUrl ?? ''),
      cause,
    });
  }
  writeRunState(run, {
    identity: ownIdentity(),
    startedAt: new Date(now).toISOString(),
    consoleUrl: null,
    gatewayUrl: null,
    claimUrl: null,
  });
  return () => {
    rmSync(stateFile(run), { force: true });
    rmSync(lock, { force: true });
  };
}
