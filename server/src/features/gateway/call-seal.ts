import { type Hmac, hash } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import { commitment, type Commitments, hmacOf } from '../../core/ledger/leaf.ts';
import { saltOf } from '../../platform/vault/record-salt.ts';
import type { SealedKey, SealedRecord, WrappedKey } from '../../platform/vault/vault.ts';
import type { SealedJson, SubjectJson } from '../dispatch/index.ts';

/** Keeps what an organisation wants kept, encrypted; gives what the vault record of the call then is. */
export type ContentKeeper = (
  organisationId: string,
  callId: string,
  content: { readonly salt: string; readonly prompt: unknown; readonly answer: string },
) => Promise<{ readonly sealed: SealedJson; readonly subjects: readonly SubjectJson[] }>;

/** Events of a stream are a few hundred bytes: hashed some at a time, each costs a third. */
const PIECE_BYTES = 2_048;

/**
 * The salt of one call, the commitments made with it, and its vault record. The salt comes from the record's own key,
 * which is wrapped already: a record that holds nothing besides needs no second cipher.
 */
export class CallSeal {
  readonly salt: Buffer;
  readonly sealed: SealedJson;
  readonly commitments: Omit<Commitments, 'response'>;
  #answer: Hmac | undefined;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(requestBytes: Buffer, { dataKey, epoch, wrappedKey }: SealedKey) {
    this.salt = saltOf(dataKey);
    this.sealed = { epoch, wrappedKey: base64(wrappedKey) };
    this.commitments = {
      salt: `sha256:${hash('sha256', this.salt)}`,
      request: commitment(this.salt, requestBytes),
    };
  }

  /** Bytes of the answer, as they are sent. */
  add(bytes: Buffer): void {
    if (this.#length > 0 && this.#length + bytes.length > PIECE_BYTES) {
      this.#answer = (this.#answer ?? hmacOf(this.salt)).update(this.#piece());
      this.#pieces = [];
      this.#length = 0;
    }
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** Once, after the last byte. */
  response(): string {
    const last = this.#piece();
    return this.#answer
      ? `hmac-sha256:${this.#answer.update(last).digest('hex')}`
      : commitment(this.salt, last);
  }

  #piece(): Buffer {
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces, this.#length);
  }
}

/** Loads the organisation's keys if they are not in memory, which happens once and after each change of them. */
export function withKeys<T>(
  load: (organisationId: string) => Promise<void>,
  organisationId: string,
  work: () => T,
): T | Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KulningError && error.code === 'vault.not_loaded')) throw error;
    return load(organisationId).then(work);
  }
}

export function sealedJson(
  sealed: SealedRecord | (WrappedKey & { readonly blobDigest: string }),
): SealedJson {
  const wrapped = { epoch: sealed.epoch, wrappedKey: base64(sealed.wrappedKey) };
  if ('blobDigest' in sealed) return { ...wrapped, blobDigest: sealed.blobDigest };
  return { ...wrapped, nonce: base64(sealed.nonce), ciphertext: base64(sealed.ciphertext) };
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const base64 = (bytes: Uint8Array) => asBuffer(bytes).toString('base64');
