import { createHash, randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { chunkLength, putEncrypted, readEncrypted } from './blob-cipher.ts';
import type { BlobStore } from './blob-store.ts';

/** What every blob store must do; each adapter's test runs it. */
export function blobStoreConformance(name: string, store: () => BlobStore): void {
  const key = { dataKey: randomBytes(32), context: 'org_a|record_1' };

  describe(`${name} as a blob store`, () => {
    it('addresses a blob by the digest of what it holds, and reads it and ranges of it back', async () => {
      const bytes = randomBytes(200_000);
      const { digest, bytes: size } = await store().put(pieces(bytes, 7001));
      expect(digest).toBe(`sha256-${createHash('sha256').update(bytes).digest('hex')}`);
      expect(size).toBe(bytes.length);
      expect((await all(store().read(digest))).equals(bytes)).toBe(true);
      for (const [start, end] of [
        [0, 1],
        [199_999, 200_000],
        [65_535, 65_537],
        [5, 5],
      ] as const) {
        expect((await all(store().read(digest, { start, end }))).equals(bytes.subarray(start, end))).toBe(
          true,
        );
      }
    });

    it('takes the same bytes twice and keeps one blob', async () => {
      const bytes = randomBytes(100);
      const [one, two] = await Promise.all([store().put(pieces(bytes, 10)), store().put(pieces(bytes, 100))]);
      expect(one).toEqual(two);
      expect((await entries(store())).filter((entry) => entry.digest === one.digest)).toHaveLength(1);
    });

    it('shows nothing of a write that failed halfway', async () => {
      const before = (await entries(store())).length;
      const failing = (async function* () {
        yield randomBytes(100_000);
        throw new Error('the sender went away');
      })();
      await expect(store().put(failing)).rejects.toThrow('the sender went away');
      expect(await entries(store())).toHaveLength(before);
    });

    it('deletes and reads back, as often as asked', async () => {
      const { digest } = await store().put(pieces(randomBytes(10), 10));
      await store().delete(digest);
      await store().delete(digest);
      expect(await store().stat(digest)).toBeUndefined();
      await expect(all(store().read(digest))).rejects.toMatchObject({ code: 'blob.not_found' });
    });

    it('refuses anything that is not a digest', async () => {
      for (const digest of ['../../etc/passwd', 'sha256-xyz', '']) {
        await expect((async () => store().delete(digest))()).rejects.toMatchObject({
          code: 'blob.bad_digest',
        });
      }
    });

    it.each([0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 3 * chunkLength])(
      'gives encrypted content of %i bytes back, whole and in ranges, and stores none of it in clear',
      async (length) => {
        const content = Buffer.alloc(length, 'Anna Lind ');
        const { digest } = await putEncrypted(store(), key, pieces(content, 10_000));
        expect((await all(readEncrypted(store(), key, digest))).equals(content)).toBe(true);
        expect((await all(store().read(digest))).includes('Anna Lind')).toBe(false);
        for (const [start, end] of [
          [0, 1],
          [chunkLength - 1, chunkLength + 1],
          [length - 1, length],
          [length, length + 5],
        ]) {
          const range = { start: Math.max(0, start ?? 0), end: end ?? 0 };
          expect(
            (await all(readEncrypted(store(), key, digest, range))).equals(
              content.subarray(range.start, range.end),
            ),
          ).toBe(true);
        }
      },
    );

    it('does not open with another key or record, nor when cut, reordered or changed', async () => {
      const content = randomBytes(3 * chunkLength);
      const { digest } = await putEncrypted(store(), key, pieces(content, 50_000));
      const stored = await all(store().read(digest));
      const chunk = (n: number) =>
        stored.subarray(11 + n * (chunkLength + 16), 11 + (n + 1) * (chunkLength + 16));
      const header = stored.subarray(0, 11);
      const forged = [
        Buffer.concat([header, chunk(0), chunk(1)]),
        Buffer.concat([header, chunk(1), chunk(0), chunk(2)]),
        Buffer.concat([header, chunk(0), chunk(2)]),
        stored.subarray(0, 5),
        Buffer.concat([
          stored.subarray(0, 100_000),
          Buffer.from([stored[100_000]! ^ 1]),
          stored.subarray(100_001),
        ]),
      ];
      for (const bytes of forged) {
        const { digest: other } = await store().put(pieces(bytes, 99_999));
        await expect(all(readEncrypted(store(), key, other))).rejects.toMatchObject({
          code: 'vault.damaged',
        });
      }
      const strangers = [
        { ...key, context: 'org_a|record_2' },
        { ...key, dataKey: randomBytes(32) },
      ];
      for (const stranger of strangers) {
        await expect(all(readEncrypted(store(), stranger, digest))).rejects.toMatchObject({
          code: 'vault.damaged',
        });
      }
    });
  });
}

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of stream) read.push(piece);
  return Buffer.concat(read);
}

async function entries(store: BlobStore) {
  const found = [];
  for await (const entry of store.list()) found.push(entry);
  return found;
}
