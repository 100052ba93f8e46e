import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Node that runs this test, and the machine's own if it has another: the stand-alone files must run on both. */
export function nodeVersions(): string[] {
  const own = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path));
  return [...new Set([process.execPath, ...(own === undefined ? [] : [own])])];
}
