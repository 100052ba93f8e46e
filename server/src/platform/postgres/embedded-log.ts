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

/** Where the next words of the server will stand. */
export async function serverLogSize(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** What stopped the server, of what it said since `start`. The log holds no content (see embedded-server.ts). */
export async function lastWords(file: string, start: number): Promise<string | undefined> {
  const handle = await open(file, 'r');
  try {
    const said = (await handle.readFile('utf8'))
      .slice(start)
      .split('\n')
      .filter((line) => line !== '');
    const fatal = said.findLast((line) => /(FATAL|PANIC):/.test(line));
    return fatal?.replace(/^.*?(FATAL|PANIC): +/, '') ?? said.at(-1);
  } finally {
    await handle.close();
  }
}
