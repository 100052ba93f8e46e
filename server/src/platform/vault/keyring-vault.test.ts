import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFileKeystore } from '../keystore/file-keystore.ts';
import type { Keystore } from '../keystore/keystore.ts';
import { createVault } from './keyring-vault.ts';
import type { Vault } from './vault.ts';

describe('the vault', () => {
  let folder: string;
  let keystore: Keystore;
  let vault: Vault;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kulning-vault-'));
    keystore = await openFileKeystore(join(folder, 'keys'));
    vault = createVault(keystore);
    await vault.load('org_a');
    await vault.load('org_b');
  });

  afterAll(async () => {
    vault.close();
    await rm(folder, { recursive: true });
  });

  it('opens what it sealed, for any content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.string(), (content, recordId) => {
        const sealed = vault.seal('org_a', recordId, content);
        expect(Buffer.compare(vault.open('org_a', recordId, sealed), content)).toBe(0);
      }),
    );
  });

  it('does not open a record under another id or organisation, or with any bit changed', () => {
    const sealed = vault.seal('org_a', 'record_1', Buffer.from('Anna Lind'));
    const damaged = expect.objectContaining({ code: 'vault.damaged' });
    expect(() => vault.open('org_a', 'record_2', sealed)).toThrow(damaged);
    expect(() => vault.open('org_b', 'record_1', sealed)).toThrow(damaged);
    const parts = ['wrappedKey', 'nonce', 'ciphertext'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...parts),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (part, position, bit) => {
          const bytes = Buffer.from(sealed[part]);
          bytes[position % bytes.length]! ^= 1 << bit;
          expect(() => vault.open('org_a', 'record_1', { ...sealed, [part]: bytes })).toThrow(damaged);
        },
      ),
    );
  });

  it('gives each record its own key, and the same content another ciphertext', () => {
    const [one, two] = [
      vault.seal('org_a', 'r', Buffer.from('same')),
      vault.seal('org_a', 'r', Buffer.from('same')),
    ];
    expect(one.ciphertext).not.toEqual(two.ciphertext);
    expect(vault.openKey('org_a', 'r', one)).not.toEqual(vault.openKey('org_a', 'r', two));
  });

  it('moves a record to a new epoch without touching its content, and loses it when the old key dies unmoved', async () => {
    const [survivor, erased] = [
      vault.seal('org_a', 'r1', Buffer.from('stays')),
      vault.seal('org_a', 'r2', Buffer.from('goes')),
    ];
    const from = vault.epoch('org_a');
    await keystore.rotate('org_a', from);
    await vault.refresh('org_a');
    const moved = { ...survivor, ...vault.rewrap('org_a', 'r1', survivor) };
    expect(moved.epoch).toBe(from + 1);
    await keystore.destroy('org_a', {
      epoch: from,
      erasureId: 'e',
      recordIds: ['r2'],
      at: '2026-11-22T00:00:00.000Z',
    });
    await vault.refresh('org_a');
    expect(Buffer.from(vault.open('org_a', 'r1', moved)).toString()).toBe('stays');
    expect(() => vault.open('org_a', 'r2', erased)).toThrow(
      expect.objectContaining({ code: 'vault.key_destroyed' }),
    );
  });

  it('refuses to seal for an organisation that is not loaded', () => {
    expect(() => vault.seal('org_c', 'r', randomBytes(4))).toThrow(
      expect.objectContaining({ code: 'vault.not_loaded', retryable: true }),
    );
  });

  it('indexes every spelling alike within an organisation, and differently in another', () => {
    const spellings = ['Anna.Lind@Example.se', ' anna.lind@example.se ', 'mailto:ANNA.LIND@EXAMPLE.SE'];
    expect(new Set(spellings.map((spelling) => vault.blindIndex('org_a', spelling))).size).toBe(1);
    expect(vault.blindIndex('org_b', spellings[0]!)).not.toBe(vault.blindIndex('org_a', spellings[0]!));
  });

  it('links a record to whom the caller names and to identifiers in the text, each once', () => {
    const links = vault.links(
      'org_a',
      ['anna@example.se', 'Anna Lind'],
      'Mail anna@example.se or call +46 70 123 45 67.',
    );
    expect(links).toEqual([
      { index: vault.blindIndex('org_a', 'anna@example.se'), origin: 'named', strength: 'strong' },
      { index: vault.blindIndex('org_a', 'Lind, Anna'), origin: 'named', strength: 'weak' },
      { index: vault.blindIndex('org_a', '070-123 45 67'), origin: 'found', strength: 'strong' },
    ]);
  });
});
