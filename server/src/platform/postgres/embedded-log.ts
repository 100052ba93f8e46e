import { copyFile, mkdir, open, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Two files of this size at most; the server writes a few lines a start. */
const limitBytes = 4 * 1024 * 1024;

/** Opens the server's log for appending. The server keeps writing to it when the supervisor has died. */
export async function openServerLog(file: string) {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return open(file, 'a', 0o600);
}

/** Keeps the log within bounds: the server holds the file open, so it is copied aside and emptied. */
export async function boundServerLog(file: string): Promise<void> {
  if ((await stat(file)).size <= limitBytes) return;
  await copyFile(file, `${file}.1`);
  await truncate(file, 0);
}

/** The last thing that stopped the server. The log holds no content (see the settings in embedded-server.ts). */
export async function lastFatal(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 64 * 1024);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const line = buffer
      .toString('utf8')
      .split('\n')
      .findLast((text) => /(FATAL|PANIC):/.test(text));
    return line?.replace(/^.*?(FATAL|PANIC): +/, '');
  } finally {
    await handle.close();
  }
}
