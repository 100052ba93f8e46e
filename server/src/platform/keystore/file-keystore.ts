import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import {
  appendKeyLine,
  createKeyFile,
  destroyKeyFile,
  isMissing,
  prepareKeyFolder,
  readKeyFile,
  replaceKeyFile,
} from './key-file.ts';
import { createRandomPool, type RandomPool } from '../random-pool.ts';
import { createKeyRing, nonceLength, takeKey, unwrapKey, wrapKey } from './key-ring.ts';
import { keyWords } from './key-words.ts';
import type { Destruction, KeyRing, Keystore } from './keystore.ts';

const keyLength = 32;

/**
 * Keys in a folder outside `KULNING_HOME`:
 *
 *     root.key                              32 random bytes, wraps the others
 *     generation                            changes with every rotation and destruction
 *     organisations/<id>/epoch-<n>.key      wrapped under the root key
 *     organisations/<id>/index.key
 *     organisations/<id>/destroyed.jsonl    what was destroyed, for restored backups
 *
 * Several processes share it: files are created with link(2), so that the first wins and the others read its key.
 * @param create false where something was sealed already: a folder without a root key is then the wrong one, or lost
 * @throws KulningError `keys.root_missing`
 */
export async function openFileKeystore(
  folder: string,
  { create = true }: { readonly create?: boolean } = {},
): Promise<Keystore> {
  await prepareKeyFolder(folder);
  const rootBytes = await openRoot(folder, create);
  const fingerprint = createHash('sha256')
    .update('kulning keystore')
    .update(rootBytes)
    .digest('hex')
    .slice(0, 32);
  const root = takeKey(rootBytes);
  const random = createRandomPool();
  return {
    fingerprint,
    load: async (organisationId) =>
      loadRing(root, random, await organisationFolder(folder, organisationId), organisationId),
    async rotate(organisationId, from) {
      const path = await organisationFolder(folder, organisationId);
      await makeKey(root, path, organisationId, `epoch-${from + 1}.key`);
      await bumpGeneration(folder);
      return from + 1;
    },
    async destroy(organisationId, destruction) {
      const path = await organisationFolder(folder, organisationId);
      const known = await readDestructions(path);
      if (
        !known.some((entry) => entry.epoch === destruction.epoch && entry.erasureId === destruction.erasureId)
      ) {
        await appendKeyLine(join(path, 'destroyed.jsonl'), JSON.stringify(destruction));
      }
      const file = join(path, `epoch-${destruction.epoch}.key`);
      await destroyKeyFile(file);
      await bumpGeneration(folder);
      return {
        epoch: destruction.epoch,
        method: keyWords.destructionMethod,
        readBack: keyWords.destructionReadBack,
      };
    },
    destructions: async (organisationId) =>
      readDestructions(await organisationFolder(folder, organisationId)),
    organisations: () => namesIn(join(folder, 'organisations')),
    generation: async () => (await readKeyFile(join(folder, 'generation')))?.toString() ?? 'none',
  };
}

async function openRoot(folder: string, create: boolean): Promise<Buffer> {
  const path = join(folder, 'root.key');
  if (create && (await namesIn(join(folder, 'organisations'))).length === 0)
    await createKeyFile(path, randomBytes(keyLength));
  const root = await readKeyFile(path);
  if (root?.length !== keyLength) {
    throw new KulningError({
      code: 'keys.root_missing',
      status: 500,
      text: keyWords.rootMissing(path),
    });
  }
  return root;
}

/** An id becomes a folder name, so only letters, digits, `_` and `-` may stand in it. */
async function organisationFolder(folder: string, organisationId: string): Promise<string> {
  if (!/^[\w-]{1,80}$/.test(organisationId)) {
    throw new KulningError({
      code: 'keys.bad_organisation',
      status: 400,
      text: keyWords.badOrganisation,
    });
  }
  await prepareKeyFolder(join(folder, 'organisations'));
  const path = join(folder, 'organisations', organisationId);
  await prepareKeyFolder(path);
  return path;
}

async function loadRing(
  root: KeyObject,
  random: RandomPool,
  path: string,
  organisationId: string,
): Promise<KeyRing> {
  await makeKey(root, path, organisationId, 'index.key');
  let epochs = await epochsIn(path);
  if (epochs.length === 0) {
    const destroyed = await readDestructions(path);
    await makeKey(
      root,
      path,
      organisationId,
      `epoch-${Math.max(0, ...destroyed.map(({ epoch }) => epoch)) + 1}.key`,
    );
    epochs = await epochsIn(path);
  }
  const keys = new Map<number, Buffer>();
  for (const epoch of epochs) {
    const key = await openKey(root, path, organisationId, `epoch-${epoch}.key`);
    if (key !== undefined) keys.set(epoch, key);
  }
  const index = await openKey(root, path, organisationId, 'index.key');
  if (index === undefined || keys.size === 0) {
    throw new KulningError({
      code: 'keys.changed',
      status: 503,
      text: keyWords.changed,
      retryable: true,
    });
  }
  return createKeyRing(organisationId, keys, index, random);
}

async function makeKey(root: KeyObject, path: string, organisationId: string, name: string): Promise<void> {
  if ((await readKeyFile(join(path, name))) !== undefined) return;
  const key = randomBytes(keyLength);
  const wrapped = wrapKey(root, key, `${organisationId}|${name}`, randomBytes(nonceLength));
  key.fill(0);
  await createKeyFile(join(path, name), wrapped);
}

async function openKey(
  root: KeyObject,
  path: string,
  organisationId: string,
  name: string,
): Promise<Buffer | undefined> {
  const wrapped = await readKeyFile(join(path, name));
  return wrapped && unwrapKey(root, wrapped, `${organisationId}|${name}`);
}

async function epochsIn(path: string): Promise<number[]> {
  const names = await namesIn(path);
  return names.flatMap((name) => /^epoch-(\d+)\.key$/.exec(name)?.[1] ?? []).map(Number);
}

/** A line that a crash cut short is skipped: the key was not touched yet, and the repeat wrote the line again. */
async function readDestructions(path: string): Promise<Destruction[]> {
  const text = (await readKeyFile(join(path, 'destroyed.jsonl')))?.toString() ?? '';
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Destruction);
}

async function bumpGeneration(folder: string): Promise<void> {
  await replaceKeyFile(join(folder, 'generation'), Buffer.from(randomBytes(12).toString('hex')));
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
