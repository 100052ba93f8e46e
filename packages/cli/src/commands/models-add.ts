import { resolve } from 'node:path';

/**
 * `kulning models add SOURCE …` for `--source`: a path is as this shell sees it, and the server may have another
 * working directory.
 */
export function withSource(args: readonly string[]): string[] {
  const [first, ...rest] = args;
  if (first === undefined || first.startsWith('--')) return [...args];
  const source = /^https?:\/\//iu.test(first) ? first : resolve(first);
  return ['--source', source, ...rest];
}
