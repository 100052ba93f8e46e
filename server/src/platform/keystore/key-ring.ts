import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import type { RandomPool } from '../random-pool.ts';
import { keyWords } from './key-words.ts';
import type { KeyRing } from './keystore.ts';

export const nonceLength = 12;
const tagLength = 16;

/**
 * A ring over keys in this process's memory; the buffers are overwritten. Keys are `KeyObject`s because a cipher over
 * a plain buffer costs four times as much (bench/vault.ts); the runtime clears them when it collects them.
 */
export function createKeyRing(
  organisationId: string,
  epochKeys: ReadonlyMap<number, Buffer>,
  indexKey: Buffer,
  random: RandomPool,
): KeyRing {
  const epoch = Math.max(...epochKeys.keys());
  const keys = new Map([...epochKeys].map(([of, key]) => [of, takeKey(key)]));
  const indexSecret = takeKey(indexKey);
  const keyOf = (wanted: number) => {
    const key = keys.get(wanted);
    if (key === undefined) {
      throw new KulningError({
        code: 'vault.key_destroyed',
        status: 410,
        text: keyWords.destroyed(wanted),
      });
    }
    return key;
  };
  return {
    organisationId,
    epoch,
    wrap: (dataKey, context) =>
      wrapKey(keyOf(epoch), dataKey, `${context}|${epoch}`, random.take(nonceLength)),
    unwrap: (of, wrapped, context) => unwrapKey(keyOf(of), wrapped, `${context}|${of}`),
    index: (message) => createHmac('sha256', indexSecret).update(message).digest(),
    close: () => keys.clear(),
  };
}

/** The key as an object, its buffer overwritten. */
export function takeKey(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/**
 * AES-256-GCM; the context is authenticated, so a wrapped key moved to another record or epoch does not open.
 * @param nonce 12 random bytes, used for nothing else
 */
export function wrapKey(wrapping: KeyObject, key: Uint8Array, context: string, nonce: Buffer): Buffer {
  const wrapped = Buffer.allocUnsafe(nonceLength + key.length + tagLength);
  wrapped.set(nonce);
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce);
  cipher.setAAD(Buffer.from(context));
  wrapped.set(cipher.update(key), nonceLength);
  cipher.final();
  wrapped.set(cipher.getAuthTag(), nonceLength + key.length);
  return wrapped;
}

/** @throws `vault.damaged` when the key, the context or a byte differs */
export function unwrapKey(wrapping: KeyObject, wrapped: Uint8Array, context: string): Buffer {
  const end = wrapped.length - tagLength;
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrapping, wrapped.subarray(0, nonceLength));
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(wrapped.subarray(end));
    const key = decipher.update(wrapped.subarray(nonceLength, end));
    decipher.final();
    return key;
  } catch (cause) {
    throw new KulningError({
      code: 'vault.damaged',
      status: 500,
      text: keyWords.wrappedDamaged,
      cause,
    });
  }
}
