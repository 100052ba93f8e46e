import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import { createRandomPool } from '../random-pool.ts';
import type { KeyRing, Keystore } from '../keystore/keystore.ts';
import { detectIdentifiers } from './identifier-detection.ts';
import { type Identifier, isWeak, normaliseIdentifier } from './identifier.ts';
import { vaultWords } from './vault-words.ts';
import type { SealedKey, SealedRecord, SubjectLink, Vault, WrappedKey } from './vault.ts';

const tagLength = 16;
/** Base64url of 128 bits: short in an index, and two people meet by chance once in 2⁶⁴. */
const indexLength = 16;

/** The vault over a keystore's rings. */
export function createVault(keystore: Keystore): Vault {
  return new KeyringVault(keystore);
}

class KeyringVault implements Vault {
  readonly #keystore: Keystore;
  readonly #rings = new Map<string, KeyRing>();
  readonly #random = createRandomPool();
  #announce: (organisationId: string) => Promise<void> = () => Promise.resolve();

  constructor(keystore: Keystore) {
    this.#keystore = keystore;
  }

  async load(organisationId: string): Promise<void> {
    if (!this.#rings.has(organisationId)) await this.refresh(organisationId);
    await this.#announce(organisationId);
  }

  announceBy(announce: (organisationId: string) => Promise<void>): void {
    this.#announce = announce;
  }

  async refresh(organisationId: string): Promise<void> {
    try {
      this.#replace(organisationId, await this.#keystore.load(organisationId));
    } catch (error) {
      this.#replace(organisationId, undefined);
      throw error;
    }
  }

  loaded(): readonly string[] {
    return [...this.#rings.keys()];
  }

  close(): void {
    for (const organisationId of this.loaded()) this.#replace(organisationId, undefined);
  }

  epoch(organisationId: string): number {
    return this.#ring(organisationId).epoch;
  }

  seal(organisationId: string, recordId: string, plaintext: Uint8Array): SealedRecord {
    const { epoch, wrappedKey, dataKey } = this.sealKey(organisationId, recordId);
    const nonce = this.#random.take(12);
    const ciphertext = encrypt(dataKey, nonce, associated(organisationId, recordId), plaintext);
    return { epoch, wrappedKey, nonce, ciphertext };
  }

  open(organisationId: string, recordId: string, sealed: SealedRecord): Uint8Array {
    const dataKey = this.openKey(organisationId, recordId, sealed);
    return decrypt(dataKey, sealed, associated(organisationId, recordId));
  }

  sealKey(organisationId: string, recordId: string): SealedKey {
    const ring = this.#ring(organisationId);
    const dataKey = this.#random.take(32);
    return {
      epoch: ring.epoch,
      wrappedKey: ring.wrap(dataKey, associated(organisationId, recordId)),
      dataKey,
    };
  }

  openKey(organisationId: string, recordId: string, { epoch, wrappedKey }: WrappedKey): Uint8Array {
    return this.#ring(organisationId).unwrap(epoch, wrappedKey, associated(organisationId, recordId));
  }

  rewrap(organisationId: string, recordId: string, wrapped: WrappedKey): WrappedKey {
    const ring = this.#ring(organisationId);
    const dataKey = this.openKey(organisationId, recordId, wrapped);
    return { epoch: ring.epoch, wrappedKey: ring.wrap(dataKey, associated(organisationId, recordId)) };
  }

  blindIndex(organisationId: string, identifier: string | Identifier): string {
    const { kind, value } = typeof identifier === 'string' ? normaliseIdentifier(identifier) : identifier;
    return this.#ring(organisationId)
      .index(`${kind}:${value}`)
      .subarray(0, indexLength)
      .toString('base64url');
  }

  links(organisationId: string, named: readonly string[], text: string): SubjectLink[] {
    const identifiers = new Map<string, SubjectLink>();
    const add = (identifier: Identifier, origin: SubjectLink['origin']) => {
      const spelling = `${identifier.kind}:${identifier.value}`;
      if (identifiers.has(spelling)) return;
      const index = this.blindIndex(organisationId, identifier);
      identifiers.set(spelling, { index, origin, strength: isWeak(identifier) ? 'weak' : 'strong' });
    };
    for (const name of named) add(normaliseIdentifier(name), 'named');
    for (const { identifier } of detectIdentifiers(text)) add(identifier, 'found');
    return [...identifiers.values()];
  }

  #ring(organisationId: string): KeyRing {
    const found = this.#rings.get(organisationId);
    if (found === undefined) throw notLoaded();
    return found;
  }

  #replace(organisationId: string, ring: KeyRing | undefined): void {
    this.#rings.get(organisationId)?.close();
    if (ring === undefined) this.#rings.delete(organisationId);
    else this.#rings.set(organisationId, ring);
  }
}

/** Organisation ids cannot hold `|` (the keystore refuses them), so the two parts cannot be shifted. */
function associated(organisationId: string, recordId: string): string {
  return `${organisationId}|${recordId}`;
}

function encrypt(key: Uint8Array, nonce: Buffer, context: string, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce);
  cipher.setAAD(Buffer.from(context));
  const body = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, { nonce, ciphertext }: SealedRecord, context: string): Buffer {
  const end = ciphertext.length - tagLength;
  try {
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), nonce);
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(ciphertext.subarray(end));
    const plaintext = decipher.update(ciphertext.subarray(0, end));
    decipher.final();
    return plaintext;
  } catch (cause) {
    throw new KulningError({
      code: 'vault.damaged',
      status: 500,
      text: vaultWords.damaged,
      cause,
    });
  }
}

function notLoaded(): KulningError {
  return new KulningError({
    code: 'vault.not_loaded',
    status: 503,
    text: vaultWords.notLoaded,
    retryable: true,
  });
}
