import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { KulningError } from '@kulning/sdk';

import type { BlobDigest, BlobEntry, BlobStore, StoredBlob } from './blob-store.ts';
import { blobWords } from './blob-words.ts';

const draftFolder = 'drafts';

/**
 * Blobs as files in `<folder>/<first two hex digits>/<digest>`. A write goes to `drafts/`, is synced, and then takes
 * its name by rename(2), so a crash leaves a draft, never half a blob.
 */
export async function openLocalBlobStore(folder: string): Promise<BlobStore> {
  const drafts = join(folder, draftFolder);
  await mkdir(drafts, { recursive: true, mode: 0o700 });
  const pathOf = (digest: BlobDigest) => join(folder, parse(digest).slice(0, 2), digest);

  return {
    location: `folder ${folder}`,
    put: async (ciphertext) => {
      const draft = join(drafts, randomBytes(12).toString('hex'));
      try {
        const stored = await writeDraft(draft, ciphertext);
        const home = join(folder, parse(stored.digest).slice(0, 2));
        if ((await mkdir(home, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(folder);
        await rename(draft, pathOf(stored.digest));
        await syncFolder(home);
        return stored;
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    read: (digest, range) => readFrom(pathOf(digest), range),
    stat: (digest) => entryAt(pathOf(digest), digest),
    async delete(digest) {
      await rm(pathOf(digest), { force: true });
      await syncFolder(join(folder, parse(digest).slice(0, 2))).catch(ignoreMissing);
      if ((await entryAt(pathOf(digest), digest)) !== undefined) {
        throw new KulningError({
          code: 'blob.not_deleted',
          status: 500,
          text: blobWords.notDeleted(digest),
        });
      }
    },
    async *list() {
      for (const name of await readdir(folder)) {
        if (name === draftFolder) continue;
        for (const digest of await readdir(join(folder, name))) {
          const entry = await entryAt(join(folder, name, digest), digest);
          if (entry !== undefined) yield entry;
        }
      }
    },
    async removeDrafts(olderThanMs) {
      const entries = await Promise.all(
        (await readdir(drafts)).map((name) => entryAt(join(drafts, name), name)),
      );
      const stale = entries.filter(
        (entry) => entry !== undefined && Date.now() - entry.modifiedAt >= olderThanMs,
      );
      for (const entry of stale) await rm(join(drafts, entry?.digest ?? ''), { force: true });
      return stale.length;
    },
  };
}

/** A digest becomes a file name, so nothing but one passes. */
function parse(digest: BlobDigest): string {
  const hex = /^sha256-([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined)
    throw new KulningError({
      code: 'blob.bad_digest',
      status: 400,
      text: blobWords.badDigest,
    });
  return hex;
}

async function writeDraft(path: string, ciphertext: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of ciphertext) {
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { digest: `sha256-${hash.digest('hex')}`, bytes };
}

async function* readFrom(
  path: string,
  range: { start: number; end: number } | undefined,
): AsyncGenerator<Uint8Array> {
  if (range !== undefined && range.end <= range.start) return;
  try {
    yield* createReadStream(
      path,
      range && { start: range.start, end: range.end - 1 },
    ) as AsyncIterable<Buffer>;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new KulningError({
      code: 'blob.not_found',
      status: 404,
      text: blobWords.notFound,
      cause,
    });
  }
}

async function entryAt(path: string, digest: BlobDigest): Promise<BlobEntry | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { digest, bytes: size, modifiedAt: mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
