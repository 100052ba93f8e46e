import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import type { LogSigner } from '../../core/ledger/log-signer.ts';
import { createLogSigner, generateLogKeys } from './log-signer.ts';
import { proofWords } from './proof-words.ts';

/** Who signs this instance's logs. Name and keys belong together: a verifier pins both in one string. */
export interface LogIdentity {
  readonly instance: string;
  readonly signer: LogSigner;
}

const files = { name: 'name', ed25519: 'ed25519.pem', mlDsa44: 'ml-dsa-44.pem' } as const;

/**
 * Reads the log's name and keys from `<keys>/log`, and makes them if there are none. They are outside the database and
 * its backups: whoever restores a backup elsewhere cannot sign in this instance's name.
 * @param name a schema-less URL such as `example.org/kulning`, taken when the keys are made; else a random one
 * @throws KulningError `keys.exposed` if others can read a key, `keys.incomplete` if one is missing
 */
export async function openLogIdentity(keysFolder: string, name?: string): Promise<LogIdentity> {
  const folder = join(keysFolder, 'log');
  if (!(await exists(folder))) await create(folder, name ?? `kulning/${randomBytes(6).toString('hex')}`);
  const [instance, ed25519, mlDsa44] = await Promise.all([
    readPrivate(folder, files.name),
    readPrivate(folder, files.ed25519),
    readPrivate(folder, files.mlDsa44),
  ]);
  return { instance: instance.trim(), signer: createLogSigner({ ed25519, mlDsa44 }) };
}

/** Whole or not at all: written beside, then renamed. If another process was first, its keys are the ones. */
async function create(folder: string, name: string): Promise<void> {
  const keys = generateLogKeys();
  const draft = `${folder}.${randomBytes(6).toString('hex')}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writePrivate(draft, files.name, `${name}\n`);
  await writePrivate(draft, files.ed25519, keys.ed25519);
  await writePrivate(draft, files.mlDsa44, keys.mlDsa44);
  try {
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true });
    if (!(await exists(folder))) throw error;
  }
  await sync(join(folder, '..'));
}

async function writePrivate(folder: string, file: string, text: string): Promise<void> {
  const handle = await open(join(folder, file), 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readPrivate(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  if (!(await exists(path))) {
    throw new KulningError({
      code: 'keys.incomplete',
      status: 500,
      text: proofWords.keyMissing(path),
    });
  }
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new KulningError({
      code: 'keys.exposed',
      status: 500,
      text: proofWords.keyExposed(path),
    });
  }
  return readFile(path, 'utf8');
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
