import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import { keyWords } from './key-words.ts';

/** Files that hold keys: 0600 in 0700 folders, complete or absent after a crash, on the disk when a call returns. */

const temporary = '.new-';

/** Makes the folder, or refuses one that others can look into. */
export async function prepareKeyFolder(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true, mode: 0o700 });
  if (created !== undefined) await syncCreated(path, created);
  refuseIfOpen(path, await stat(path), 'chmod 700');
  for (const name of await readdir(path)) {
    if (name.startsWith(temporary) && (await isStale(join(path, name))))
      await destroyKeyFile(join(path, name));
  }
}

export async function readKeyFile(path: string): Promise<Buffer | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isFile())
      throw new KulningError({
        code: 'keys.not_a_file',
        status: 500,
        text: keyWords.notAFile(path),
      });
    refuseIfOpen(path, found, 'chmod 600');
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Creates the file with these bytes unless another process was first. @returns whether this call created it */
export async function createKeyFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const draft = await writeDraft(path, bytes);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
    await syncFolder(dirname(path));
  }
}

export async function replaceKeyFile(path: string, bytes: Uint8Array): Promise<void> {
  await rename(await writeDraft(path, bytes), path);
  await syncFolder(dirname(path));
}

/** Appends one line. It begins with a line end too, so that a line which a crash cut short does not swallow it. */
export async function appendKeyLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(`\n${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Overwrites, syncs, unlinks, syncs the folder, and looks again. A file that is gone already is fine. */
export async function destroyKeyFile(path: string): Promise<void> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      await file.write(randomBytes(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await rm(path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  if ((await readKeyFile(path)) !== undefined) {
    throw new KulningError({
      code: 'keys.not_destroyed',
      status: 500,
      text: keyWords.notDestroyed(path),
    });
  }
}

export function isMissing(error: unknown): boolean {
  return isCode(error, 'ENOENT');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function writeDraft(path: string, bytes: Uint8Array): Promise<string> {
  const draft = join(dirname(path), `${temporary}${randomBytes(9).toString('hex')}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes each folder from the first created one down to `path` last through a crash. */
async function syncCreated(path: string, first: string): Promise<void> {
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

/** A draft that a crash left; a living process keeps one for milliseconds, and may take it away while we look. */
async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await lstat(path)).mtimeMs > 60_000;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function refuseIfOpen(path: string, found: { mode: number; uid: number }, remedy: string): void {
  if ((found.mode & 0o077) !== 0) {
    throw new KulningError({
      code: 'keys.readable_by_others',
      status: 500,
      text: keyWords.readableByOthers(path, (found.mode & 0o777).toString(8), remedy),
    });
  }
  const self = process.geteuid?.();
  if (self !== undefined && self !== 0 && found.uid !== self) {
    throw new KulningError({
      code: 'keys.not_owned',
      status: 500,
      text: keyWords.notOwned(path, found.uid, self),
    });
  }
}
