import { chmod, mkdtemp, readdir, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { checkpointText } from '../../core/ledger/checkpoint.ts';
import { EMPTY_ROOT } from '../../core/ledger/merkle-tree.ts';
import { isSignedBy } from '../../core/ledger/note-verification.ts';
import { formatVerifierKey, keyIdOf, parseSignatureLines } from '../../core/ledger/signed-note.ts';
import { openLogIdentity, type LogIdentity } from './log-keys.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

const vkeysOf = ({ instance, signer }: LogIdentity) => signer.verifierKeys(instance).map(formatVerifierKey);

describe('identity of a log', () => {
  test('is made once, kept in files that nobody else can read, and signs with both keys', async () => {
    const identity = await openLogIdentity(folder, 'example.org/kulning');
    expect(vkeysOf(await openLogIdentity(folder, 'another.example'))).toEqual(vkeysOf(identity));
    expect((await stat(join(folder, 'log'))).mode & 0o077).toBe(0);
    for (const file of await readdir(join(folder, 'log'))) {
      expect((await stat(join(folder, 'log', file))).mode & 0o077).toBe(0);
    }
    const checkpoint = { origin: 'example.org/kulning/2026q4', size: 0, root: EMPTY_ROOT };
    const signatures = parseSignatureLines(identity.signer.sign(checkpoint, 1_800_000_000))!;
    const keys = identity.signer.verifierKeys(checkpoint.origin);
    expect(signatures.map(({ keyId }) => keyId)).toEqual(keys.map(keyIdOf));
    for (const [at, key] of keys.entries()) {
      expect(isSignedBy(key, checkpointText(checkpoint), signatures[at]!)).toBe(true);
      expect(isSignedBy(key, checkpointText({ ...checkpoint, size: 1 }), signatures[at]!)).toBe(false);
    }
  });

  test('is one, whichever of several processes makes it first', async () => {
    const identities = await Promise.all(Array.from({ length: 5 }, () => openLogIdentity(folder)));
    expect(new Set(identities.flatMap(vkeysOf)).size).toBe(2);
    expect(await readdir(folder)).toEqual(['log']);
  });

  test('is refused when others can read it, with the command that mends it', async () => {
    await openLogIdentity(folder);
    const path = join(folder, 'log', 'ed25519.pem');
    await chmod(path, 0o644);
    await expect(openLogIdentity(folder)).rejects.toMatchObject({
      code: 'keys.exposed',
      text: { en: { hint: expect.stringContaining(`chmod 600 ${path}`) as string } },
    });
  });

  test('is never half replaced: a lost key is an error, not a new key', async () => {
    await openLogIdentity(folder);
    await unlink(join(folder, 'log', 'ml-dsa-44.pem'));
    await expect(openLogIdentity(folder)).rejects.toMatchObject({ code: 'keys.incomplete' });
  });
});
