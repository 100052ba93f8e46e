import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import type { KeyRing, Keystore } from '../keystore/keystore.ts';
import { detectIdentifiers } from './identifier-detection.ts';
import { type Identifier, isWeak, normaliseIdentifier } from './identifier.ts';
import type { SealedRecord, SubjectLink, Vault } from './vault.ts';

const tagLength = 16;
/** Base64url of 128 bits: short in an index, and two people meet by chance once in 2⁶⁴. */
const indexLength = 16;

/** The vault over a keystore's rings. */
export function createVault(keystore: Keystore): Vault {
  const rings = new Map<string, KeyRing>();
  const ring = (organisationId: string): KeyRing => {
    const found = rings.get(organisationId);
    if (found === undefined) throw notLoaded();
    return found;
  };
  const refresh = async (organisationId: string) => {
    const old = rings.get(organisationId);
    try {
      rings.set(organisationId, await keystore.load(organisationId));
    } catch (error) {
      rings.delete(organisationId);
      throw error;
    } finally {
      old?.close();
    }
  };
  const sealKey: Vault['sealKey'] = (organisationId, recordId) => {
    const keys = ring(organisationId);
    const dataKey = randomFillSync(Buffer.allocUnsafe(32));
    return {
      epoch: keys.epoch,
      wrappedKey: keys.wrap(dataKey, associated(organisationId, recordId)),
      dataKey,
    };
  };
  const openKey: Vault['openKey'] = (organisationId, recordId, { epoch, wrappedKey }) =>
    ring(organisationId).unwrap(epoch, wrappedKey, associated(organisationId, recordId));
  const blindIndex = (organisationId: string, given: string | Identifier) => {
    const { kind, value } = typeof given === 'string' ? normaliseIdentifier(given) : given;
    return ring(organisationId).index(`${kind}:${value}`).subarray(0, indexLength).toString('base64url');
  };

  return {
    load: async (organisationId) => (rings.has(organisationId) ? undefined : refresh(organisationId)),
    refresh,
    loaded: () => [...rings.keys()],
    close() {
      for (const keys of rings.values()) keys.close();
      rings.clear();
    },
    epoch: (organisationId) => ring(organisationId).epoch,
    seal(organisationId, recordId, plaintext) {
      const { epoch, wrappedKey, dataKey } = sealKey(organisationId, recordId);
      const nonce = randomFillSync(Buffer.allocUnsafe(12));
      return {
        epoch,
        wrappedKey,
        nonce,
        ciphertext: encrypt(dataKey, nonce, associated(organisationId, recordId), plaintext),
      };
    },
    open(organisationId, recordId, sealed) {
      const dataKey = openKey(organisationId, recordId, sealed);
      return decrypt(dataKey, sealed, associated(organisationId, recordId));
    },
    sealKey,
    openKey,
    rewrap(organisationId, recordId, wrapped) {
      const keys = ring(organisationId);
      const dataKey = openKey(organisationId, recordId, wrapped);
      return { epoch: keys.epoch, wrappedKey: keys.wrap(dataKey, associated(organisationId, recordId)) };
    },
    blindIndex,
    links(organisationId, named, text) {
      const links = new Map<string, SubjectLink>();
      const add = (identifier: Identifier, origin: SubjectLink['origin']) => {
        const index = blindIndex(organisationId, identifier);
        if (!links.has(index))
          links.set(index, { index, origin, strength: isWeak(identifier) ? 'weak' : 'strong' });
      };
      for (const name of named) add(normaliseIdentifier(name), 'named');
      for (const { identifier } of detectIdentifiers(text)) add(identifier, 'found');
      return [...links.values()];
    },
  };
}

/** Organisation ids cannot hold `|` (the keystore refuses them), so the two parts cannot be shifted. */
function associated(organisationId: string, recordId: string): string {
  return `${organisationId}|${recordId}`;
}

function encrypt(key: Uint8Array, nonce: Buffer, context: string, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const body = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, { nonce, ciphertext }: SealedRecord, context: string): Buffer {
  const end = ciphertext.length - tagLength;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(ciphertext.subarray(end));
    const plaintext = decipher.update(ciphertext.subarray(0, end));
    decipher.final();
    return plaintext;
  } catch (cause) {
    throw new KulningError({
      code: 'vault.damaged',
      status: 500,
      message: 'A vault record does not open: its bytes or its id are not those that were sealed.',
      hint: 'Restore the record from a backup; run `kulning doctor` to check the disk.',
      cause,
    });
  }
}

function notLoaded(): KulningError {
  return new KulningError({
    code: 'vault.not_loaded',
    status: 503,
    message: "This organisation's keys are not in memory.",
    hint: 'Try again in a second. If it stays, the keystore cannot be read: run `kulning doctor`.',
    retryable: true,
  });
}
