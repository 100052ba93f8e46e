import { createHmac, createSecretKey, type Hmac, hash } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import type { SealedRecord, Vault, WrappedKey } from '../../platform/vault/vault.ts';
import type { SealedJson, SubjectJson } from '../dispatch/index.ts';

/** Keeps what an organisation wants kept, encrypted; gives what the vault record of the call then is. */
export type ContentKeeper = (
  organisationId: string,
  callId: string,
  content: { readonly salt: string; readonly prompt: unknown; readonly answer: string },
) => Promise<{ readonly sealed: SealedJson; readonly subjects: readonly SubjectJson[] }>;

/** The salt of one call, the commitments made with it, and its vault record. */
export class CallSeal {
  readonly salt: Buffer;
  readonly request: string;
  readonly #response: Hmac;

  /** @param salt 32 random bytes, used for nothing else */
  constructor(requestBytes: Buffer, salt: Buffer) {
    this.salt = salt;
    // As a key object, because an HMAC over a plain buffer costs four times as much.
    const key = createSecretKey(salt);
    this.request = `hmac-sha256:${createHmac('sha256', key).update(requestBytes).digest('hex')}`;
    this.#response = createHmac('sha256', key);
  }

  get saltCommitment(): string {
    return `sha256:${hash('sha256', this.salt)}`;
  }

  /** Bytes of the answer, as they are sent. */
  add(bytes: Buffer): void {
    this.#response.update(bytes);
  }

  /** Once, after the last byte. */
  response(): string {
    return `hmac-sha256:${this.#response.digest('hex')}`;
  }

  /** The record `{ salt }`. @throws KulningError `vault.not_loaded` */
  seal(vault: Pick<Vault, 'seal'>, organisationId: string, callId: string): SealedJson {
    const plaintext = Buffer.from(`{"salt":"${this.salt.toString('base64')}"}`);
    return sealedJson(vault.seal(organisationId, callId, plaintext));
  }
}

/** Loads the organisation's keys if they are not in memory, which happens once and after each change of them. */
export async function withKeys<T>(
  load: (organisationId: string) => Promise<void>,
  organisationId: string,
  work: () => T,
): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KulningError && error.code === 'vault.not_loaded')) throw error;
    await load(organisationId);
    return work();
  }
}

export function sealedJson(
  sealed: SealedRecord | (WrappedKey & { readonly blobDigest: string }),
): SealedJson {
  const wrapped = { epoch: sealed.epoch, wrappedKey: base64(sealed.wrappedKey) };
  if ('blobDigest' in sealed) return { ...wrapped, nonce: '', blobDigest: sealed.blobDigest };
  return { ...wrapped, nonce: base64(sealed.nonce), ciphertext: base64(sealed.ciphertext) };
}

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
