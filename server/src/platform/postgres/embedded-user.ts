import { execFile } from 'node:child_process';
import { chown, lstat, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { KulningError } from '@kulning/sdk';

import { databaseWords } from './database-words.ts';

/** `nobody`, on every Linux: PostgreSQL refuses to run as root, and initdb wants a user that has a name. */
const nobody = 65_534;

/** How the server's programs are started so that they are not root. */
export interface EmbeddedUser {
  /** What stands before the command. */
  readonly prefix: readonly string[];
  /** Set when the process itself must change its user. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
}

interface UserQuestion {
  /** Folders that the server must be able to reach. */
  readonly folders: readonly string[];
  /** The command that makes a user namespace; tests name one that does not exist. */
  readonly unshare?: string;
}

/**
 * Root becomes `nobody` inside a user namespace of its own: outside it, files still belong to root, so a private
 * home stays private. Where namespaces are forbidden (some containers) the server really runs as uid 65534, if that
 * user can reach the folders. Otherwise the start is refused.
 */
export async function chooseEmbeddedUser({
  folders,
  unshare = 'unshare',
}: UserQuestion): Promise<EmbeddedUser> {
  const isRoot = process.geteuid?.() === 0;
  if (!isRoot && hasName()) return { prefix: [], ids: undefined };

  const namespace = [unshare, '--user', `--map-user=${nobody}`, '--'];
  if (await runs([...namespace, 'true'])) return { prefix: namespace, ids: undefined };

  const closed = (await closedTo(folders)).join(' ');
  if (isRoot && closed === '') return { prefix: [], ids: { uid: nobody, gid: nobody } };
  throw new KulningError({
    code: 'database.needs_ordinary_user',
    status: 500,
    text: isRoot
      ? databaseWords.rootCannotServe(nobody, closed)
      : databaseWords.userWithoutName(process.geteuid?.() ?? 0),
  });
}

/** Gives `folder` to the user that the server will run as; a change of mode between two starts changes the owner. */
export async function giveFolder(folder: string, user: EmbeddedUser): Promise<void> {
  const uid = user.ids?.uid ?? process.geteuid?.() ?? 0;
  const owner = (await lstat(folder)).uid;
  if (owner === uid) return;
  if (process.geteuid?.() !== 0) {
    throw new KulningError({
      code: 'database.wrong_owner',
      status: 500,
      text: databaseWords.wrongOwner(folder, owner, uid),
    });
  }
  await chownTree(folder, uid, user.ids?.gid ?? process.getegid?.() ?? 0);
}

async function chownTree(path: string, uid: number, gid: number): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await chownTree(child, uid, gid);
    else if (entry.isFile()) await chown(child, uid, gid);
  }
  await chown(path, uid, gid);
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    // No entry in the user database; that is the answer.
    return false;
  }
}

async function runs([command = '', ...args]: readonly string[]): Promise<boolean> {
  return promisify(execFile)(command, args, { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}

/** What others may not pass through on the way to the folders; those themselves are given away. */
async function closedTo(folders: readonly string[]): Promise<string[]> {
  const above = new Set<string>();
  for (const folder of folders)
    for (let at = dirname(folder); at !== dirname(at); at = dirname(at)) above.add(at);
  const modes = await Promise.all([...above].map(async (path) => ({ path, mode: (await stat(path)).mode })));
  return modes
    .filter(({ mode }) => (mode & 0o001) === 0)
    .map(({ path }) => path)
    .toSorted();
}
