import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import type { BlobDigest, BlobStore, StoredBlob } from './blob-store.ts';
import { blobWords } from './blob-words.ts';

/**
 * Content as it lies in a blob store: magic 4 ‖ nonce prefix 7, then chunks of 64 KiB, each AES-256-GCM with its
 * 16-byte tag. The nonce is prefix ‖ chunk number (4, big-endian) ‖ 1 for the last chunk, else 0: the STREAM
 * construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), so that chunks cannot be reordered, dropped or cut off.
 */
const magic = Buffer.from('KLN1');
const prefixLength = 7;
const headerLength = magic.length + prefixLength;
const tagLength = 16;
export const chunkLength = 64 * 1024;

/** Which blob this is, and the one key that opens it; `context` is authenticated and not stored. */
export interface BlobKey {
  readonly dataKey: Uint8Array;
  readonly context: string;
}

/** Encrypts a stream into the store. Memory: two chunks. */
export function putEncrypted(
  store: BlobStore,
  key: BlobKey,
  content: AsyncIterable<Uint8Array>,
): Promise<StoredBlob> {
  return store.put(encrypt(key, content));
}

/**
 * Decrypts plaintext bytes `start` to before `end` (default: all). Each chunk is checked before a byte of it is
 * passed on. @throws `vault.damaged` for a wrong key or a changed, moved or missing byte; `blob.not_found`
 */
export async function* readEncrypted(
  store: BlobStore,
  key: BlobKey,
  digest: BlobDigest,
  range: { start: number; end?: number } = { start: 0 },
): AsyncGenerator<Uint8Array> {
  const stored = await store.stat(digest);
  if (stored === undefined)
    throw new KulningError({
      code: 'blob.not_found',
      status: 404,
      text: blobWords.notFound,
    });
  const sealedChunk = chunkLength + tagLength;
  const chunks = Math.ceil((stored.bytes - headerLength) / sealedChunk);
  const header = Buffer.concat(await collect(store.read(digest, { start: 0, end: headerLength })));
  if (chunks < 1 || !header.subarray(0, magic.length).equals(magic)) throw damaged();

  const last = Math.min(chunks, Math.ceil((range.end ?? Infinity) / chunkLength));
  for (let number = Math.floor(range.start / chunkLength); number < last; number++) {
    const start = headerLength + number * sealedChunk;
    const sealed = Buffer.concat(await collect(store.read(digest, { start, end: start + sealedChunk })));
    const plain = openChunk(
      key,
      nonceOf(header.subarray(magic.length), number, number === chunks - 1),
      sealed,
    );
    const offset = number * chunkLength;
    yield plain.subarray(Math.max(0, range.start - offset), (range.end ?? Infinity) - offset);
  }
}

async function* encrypt(key: BlobKey, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const prefix = randomBytes(prefixLength);
  yield Buffer.concat([magic, prefix]);
  let number = 0;
  let waiting: Uint8Array | undefined;
  for await (const chunk of inChunks(content)) {
    if (waiting !== undefined) yield sealChunk(key, nonceOf(prefix, number++, false), waiting);
    waiting = chunk;
  }
  yield sealChunk(key, nonceOf(prefix, number, true), waiting ?? new Uint8Array());
}

/** Regroups a stream into pieces of exactly one chunk; the last may be shorter. */
async function* inChunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunk = Buffer.allocUnsafe(chunkLength);
  let filled = 0;
  for await (const piece of content) {
    for (let taken = 0; taken < piece.length;) {
      const part = piece.subarray(taken, taken + chunkLength - filled);
      chunk.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === chunkLength) {
        yield chunk;
        chunk = Buffer.allocUnsafe(chunkLength);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

function nonceOf(prefix: Uint8Array, number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.set(prefix);
  nonce.writeUInt32BE(number, prefixLength);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function sealChunk({ dataKey, context }: BlobKey, nonce: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(dataKey), nonce).setAAD(Buffer.from(context));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk({ dataKey, context }: BlobKey, nonce: Buffer, sealed: Buffer): Buffer {
  const end = sealed.length - tagLength;
  try {
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(dataKey), nonce).setAAD(
      Buffer.from(context),
    );
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
  } catch (cause) {
    throw damaged(cause);
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

function damaged(cause?: unknown): KulningError {
  return new KulningError({
    code: 'vault.damaged',
    status: 500,
    text: blobWords.damaged,
    cause,
  });
}
