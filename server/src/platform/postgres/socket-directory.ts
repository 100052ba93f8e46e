import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import { databaseWords } from './database-words.ts';

/** unix(7): `sun_path` has 108 bytes, one of them the closing zero. */
export const longestSocketPath = 107;

/**
 * A folder for sockets, by a path short enough for a socket named `longestName` in it. A folder too deep is reached
 * through a link in the folder for temporary files; the link is checked, because strangers may write there too.
 */
export async function socketDirectory(folder: string, longestName: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (Buffer.byteLength(join(folder, longestName)) <= longestSocketPath) return folder;

  const link = join(tmpdir(), `kulning-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);
  await symlink(folder, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const { uid } = await lstat(link);
  const own = uid === process.geteuid?.();
  if (
    own &&
    (await readlink(link).catch(() => undefined)) === folder &&
    Buffer.byteLength(join(link, longestName)) <= longestSocketPath
  )
    return link;
  throw new KulningError({
    code: 'home.path_too_long',
    status: 500,
    text: databaseWords.pathTooLong(folder, longestSocketPath, link),
  });
}
