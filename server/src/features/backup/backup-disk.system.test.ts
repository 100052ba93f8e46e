import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { putBlob, startTrial, type Trial } from '../../../test/backup-trial.ts';

let trial: Trial;
beforeEach(async () => {
  if (process.geteuid?.() !== 0)
    throw new Error('this test mounts a small disk: run `sudo npm run test:system`');
  trial = await startTrial();
});
afterEach(() => trial.close());

test('on a disk too small for it a backup says so, and leaves nothing there', async () => {
  const disk = join(trial.folder, 'disk');
  await mkdir(disk);
  await putBlob(trial.sourceBlobs, 'x'.repeat(2 * 1024 * 1024));
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const script = `
    import { readdirSync } from 'node:fs';
    import { createBackup } from ${module('backup-writer.ts')};
    import { openLocalBlobStore } from ${module('../../platform/blobs/local-blob-store.ts')};
    const blobs = await openLocalBlobStore(${JSON.stringify(join(trial.folder, 'source-blobs'))});
    const target = ${JSON.stringify(join(disk, 'backup'))};
    const code = await createBackup({ url: ${JSON.stringify(trial.source.url)}, blobs, target, release: '0.1.0', now: 0 }).then(() => 'done', (error) => error.code);
    console.log(code, readdirSync(${JSON.stringify(disk)}).length);`;
  // The mount is seen in a namespace of its own, and goes with it.
  const shell = 'mount -t tmpfs -o size="$3" kln-disk "$1" && exec "$2" --input-type=module --eval "$4"';
  const backUpOnDiskOf = async (size: string) => {
    const { stdout } = await promisify(execFile)('unshare', [
      '--mount',
      'sh',
      '-c',
      shell,
      'sh',
      disk,
      process.execPath,
      size,
      script,
    ]);
    return stdout.trim();
  };
  expect(await backUpOnDiskOf('1m')).toBe('backup.disk_full 0');
  expect(await backUpOnDiskOf('8m')).toBe('done 1');
});
