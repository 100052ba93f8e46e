/** `sha256-` and 64 hex digits: of the ciphertext, so that it says nothing about the content. */
export type BlobDigest = string;

export interface StoredBlob {
  readonly digest: BlobDigest;
  readonly bytes: number;
}

export interface BlobEntry extends StoredBlob {
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * Keeps ciphertext by digest. A store never sees plaintext or a key (`blob-cipher.ts` is before it), so a local
 * folder and an S3 bucket are equally harmless to lose. A blob is there whole and on stable storage, or not at all.
 */
export interface BlobStore {
  /** Where it keeps them, for certificates: `folder /srv/kulning/blobs`. */
  readonly location: string;
  put(ciphertext: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  /** Bytes from `start` to before `end`. @throws `blob.not_found` */
  read(digest: BlobDigest, range?: { start: number; end: number }): AsyncIterable<Uint8Array>;
  /** @returns undefined when there is none */
  stat(digest: BlobDigest): Promise<BlobEntry | undefined>;
  /** Removes it, then looks again; one that is gone already is fine. @throws `blob.not_deleted` when it is still there */
  delete(digest: BlobDigest): Promise<void>;
  list(): AsyncIterable<BlobEntry>;
  /** Removes what interrupted writes left behind, if older than `olderThanMs`. @returns how many */
  removeDrafts(olderThanMs: number): Promise<number>;
}
