import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { BlobStore } from './blob-store.ts';
import { blobStoreConformance } from './blob-store-conformance.ts';
import { openLocalBlobStore } from './local-blob-store.ts';

let folder: string;
let store: BlobStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kulning-blobs-'));
  store = await openLocalBlobStore(folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

blobStoreConformance('a local folder', () => store);

describe('a local folder', () => {
  it('holds no half blob after its process was killed while writing, and sweeps the draft', async () => {
    const home = join(folder, 'crash');
    const writer = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { openLocalBlobStore } from ${JSON.stringify(join(import.meta.dirname, 'local-blob-store.ts'))};
       const store = await openLocalBlobStore(${JSON.stringify(home)});
       await store.put((async function* () {
         yield Buffer.alloc(100_000, 1);
         process.stdout.write('half');
         await new Promise((resolve) => setTimeout(resolve, 60_000));
       })());`,
    ]);
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const after = await openLocalBlobStore(home);
    expect(await readdir(home)).toEqual(['drafts']);
    expect(await after.removeDrafts(60_000)).toBe(0);
    expect(await after.removeDrafts(0)).toBe(1);
    expect(await readdir(join(home, 'drafts'))).toEqual([]);
  });
});
