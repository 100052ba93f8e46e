import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
  const parsed = runStateSchema.safeParse(jsonOf(readFileSync(file, 'utf8')));
  return parsed.success && isAlive(parsed.data.identity) ? parsed.data : undefined;
}

/** Undefined where a loss of power left something else. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function writeRunState(run: string, state: RunState): void {
  const file = stateFile(run);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Locks of a home bear numbers, and the highest holds: `up.lock.7`. One is never taken away but by its successor. */
const lockName = /^up\.lock(?:\.(\d+))?$/;

const locksIn = (run: string) =>
  readdirSync(run)
    .flatMap((name) => {
      const match = lockName.exec(name);
      return match === null ? [] : [{ file: join(run, name), number: Number(match[1] ?? 0) }];
    })
    .toSorted((a, b) => b.number - a.number);

/**
 * Takes the home for this process, if the holder of the highest lock is dead: by linking the next number, which one
 * alone can, to a file that is whole before. Who comes late, with a number that its successor has cleared away since,
 * finds the successor's. The highest stays when it is given back, so that no number is ever used twice.
 * @throws KulningError `home.in_use`
 */
export function takeHome(run: string, now: number): () => void {
  const [highest] = locksIn(run);
  if (highest !== undefined && isHeld(highest.file)) throw inUse(run);
  const lock = join(run, `up.lock.${(highest?.number ?? 0) + 1}`);
  const draft = join(run, `up.lock-${ownIdentity()}`);
  writeFileSync(draft, ownIdentity(), { mode: 0o600 });
  try {
    linkSync(draft, lock);
  } catch (cause) {
    throw inUse(run, cause);
  } finally {
    rmSync(draft);
  }
  const [successor, ...older] = locksIn(run);
  if (successor?.file !== lock) {
    rmSync(lock);
    throw inUse(run);
  }
  for (const { file } of older) rmSync(file, { force: true });
  writeRunState(run, {
    identity: ownIdentity(),
    startedAt: new Date(now).toISOString(),
    consoleUrl: null,
    gatewayUrl: null,
    claimUrl: null,
  });
  return () => {
    rmSync(stateFile(run), { force: true });
    writeFileSync(lock, '');
  };
}

function isHeld(file: string): boolean {
  try {
    return isAlive(readFileSync(file, 'utf8'));
  } catch (cause) {
    // Cleared away since it was listed: by its successor, who holds.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return true;
    throw cause;
  }
}

function inUse(run: string, cause?: unknown): KulningError {
  return new KulningError({
    code: 'home.in_use',
    status: 409,
    text: upWords.homeInUse(readRunState(run)?.consoleUrl ?? ''),
    cause,
  });
}
