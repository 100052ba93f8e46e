import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openFileKeystore } from './file-keystore.ts';

const organisation = 'org_a';
const destruction = {
  epoch: 1,
  erasureId: 'erasure_1',
  recordIds: ['record_1'],
  at: '2026-11-22T00:00:00.000Z',
};

describe('the file keystore', () => {
  let folder: string;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'kulning-keys-')), 'keys');
  });

  afterEach(async () => {
    await rm(join(folder, '..'), { recursive: true });
  });

  it('keeps every file to its owner', async () => {
    await (await openFileKeystore(folder)).load(organisation);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(
      files
        .filter((file) => file.isFile())
        .map((file) => file.name)
        .sort(),
    ).toEqual(['epoch-1.key', 'index.key', 'root.key']);
    for (const file of files) {
      const { mode } = await stat(join(file.parentPath, file.name));
      expect((mode & 0o777).toString(8)).toBe(file.isDirectory() ? '700' : '600');
    }
  });

  it.each([
    ['the folder', '', 0o750],
    ['the root key', 'root.key', 0o640],
    ['the root key', 'root.key', 0o604],
  ])('refuses %s when others can read it, and says how to mend it', async (_name, path, mode) => {
    await openFileKeystore(folder);
    await chmod(join(folder, path), mode);
    await expect(openFileKeystore(folder)).rejects.toMatchObject({
      code: 'keys.readable_by_others',
      hint: expect.stringContaining('chmod '),
    });
  });

  it('opens with a second process what the first wrapped', async () => {
    const first = await (await openFileKeystore(folder)).load(organisation);
    const second = await (await openFileKeystore(folder)).load(organisation);
    const wrapped = first.wrap(Buffer.alloc(32, 7), 'record');
    expect(second.unwrap(1, wrapped, 'record')).toEqual(Buffer.alloc(32, 7));
    expect(second.index('x')).toEqual(first.index('x'));
  });

  it('gives one key to processes that make the first one at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openFileKeystore(folder)));
    const rings = await Promise.all(stores.map((store) => store.load(organisation)));
    expect(new Set(rings.map((ring) => ring.index('x').toString('hex'))).size).toBe(1);
    const wrapped = rings[0]!.wrap(Buffer.alloc(32), 'record');
    for (const ring of rings) expect(ring.unwrap(1, wrapped, 'record')).toEqual(Buffer.alloc(32));
  });

  it('does not open a key under another record, epoch or organisation', async () => {
    const keystore = await openFileKeystore(folder);
    const ring = await keystore.load(organisation);
    const wrapped = ring.wrap(Buffer.alloc(32), 'record');
    expect(() => ring.unwrap(1, wrapped, 'other')).toThrow(
      expect.objectContaining({ code: 'vault.damaged' }),
    );
    const other = await keystore.load('org_b');
    expect(() => other.unwrap(1, wrapped, 'record')).toThrow(
      expect.objectContaining({ code: 'vault.damaged' }),
    );
  });

  it('keeps both epochs readable after a rotation and changes its generation', async () => {
    const keystore = await openFileKeystore(folder);
    const old = (await keystore.load(organisation)).wrap(Buffer.alloc(32, 1), 'record');
    const before = await keystore.generation();
    expect(await keystore.rotate(organisation, 1)).toBe(2);
    expect(await keystore.rotate(organisation, 1)).toBe(2);
    const ring = await keystore.load(organisation);
    expect(ring.epoch).toBe(2);
    expect(ring.unwrap(1, old, 'record')).toEqual(Buffer.alloc(32, 1));
    expect(await keystore.generation()).not.toBe(before);
  });

  it('leaves no byte of a destroyed key on its inode, remembers why, and never makes that epoch again', async () => {
    const keystore = await openFileKeystore(folder);
    const old = (await keystore.load(organisation)).wrap(Buffer.alloc(32, 1), 'record');
    const path = join(folder, 'organisations', organisation, 'epoch-1.key');
    const key = await readFile(path);
    const copy = join(folder, 'seen');
    execFileSync('ln', [path, copy]); // the same inode, as an undelete tool would see it
    await keystore.rotate(organisation, 1);
    const proof = await keystore.destroy(organisation, destruction);
    expect(proof.epoch).toBe(1);
    expect((await readFile(copy)).equals(key)).toBe(false);
    expect(await keystore.destroy(organisation, destruction)).toEqual(proof);
    expect(await keystore.destructions(organisation)).toEqual([destruction]);
    const ring = await keystore.load(organisation);
    expect(() => ring.unwrap(1, old, 'record')).toThrow(
      expect.objectContaining({ code: 'vault.key_destroyed' }),
    );
    await keystore.destroy(organisation, { ...destruction, epoch: 2 });
    expect((await keystore.load(organisation)).epoch).toBe(3);
  });

  it('reads its record of destructions past a line that a crash cut short', async () => {
    const keystore = await openFileKeystore(folder);
    await keystore.load(organisation);
    const path = join(folder, 'organisations', organisation, 'destroyed.jsonl');
    await writeFile(path, '\n{"epoch":1,"erasu', { mode: 0o600 });
    await keystore.destroy(organisation, destruction);
    expect(await keystore.destructions(organisation)).toEqual([destruction]);
  });

  it('does not make a new root key over existing keys', async () => {
    await (await openFileKeystore(folder)).load(organisation);
    await rm(join(folder, 'root.key'));
    await expect(openFileKeystore(folder)).rejects.toMatchObject({ code: 'keys.root_missing' });
  });

  it('refuses an id that would leave the folder', async () => {
    const keystore = await openFileKeystore(folder);
    for (const id of ['../x', 'a|b', '', 'a/b']) {
      await expect(keystore.load(id)).rejects.toMatchObject({ code: 'keys.bad_organisation' });
    }
  });
});
