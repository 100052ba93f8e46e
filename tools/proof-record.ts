import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Counts, Proof } from './proofs/proof.ts';

/** What docs/proof/<name>.json holds. */
export interface ProofRecord {
  readonly name: string;
  readonly claim: string;
  readonly holds: true;
  /** The code it is about has changed since. */
  readonly stale: boolean;
  readonly seed: number;
  readonly commit: string;
  readonly counts: Counts;
  /** Time spent running, over all sittings. */
  readonly seconds: number;
  readonly finishedAt: string;
  readonly node: string;
  readonly covers: readonly string[];
  /** SHA-256 of the names and contents of the covered files. */
  readonly coversDigest: string;
}

/** What a stopped run goes on from. */
export interface ProofProgress {
  readonly seed: number;
  readonly coversDigest: string;
  readonly parts: number;
  readonly counts: Counts;
  readonly seconds: number;
}

const root = join(import.meta.dirname, '..');

export const recordPath = (name: string) => join(root, 'docs', 'proof', `${name}.json`);

export const progressPath = (name: string) =>
  join(root, 'node_modules', '.cache', 'kulning-prove', `${name}.json`);

export function digestOfCovered({ covers }: Pick<Proof, 'covers'>): string {
  const files = globSync([...covers], { cwd: root }).filter((name) => !name.endsWith('.test.ts'));
  if (files.length === 0) throw new Error(`nothing matches ${covers.join(', ')}`);
  const hash = createHash('sha256');
  for (const name of files.toSorted()) {
    const content = createHash('sha256')
      .update(readFileSync(join(root, name)))
      .digest('hex');
    hash.update(`${content}  ${name}\n`);
  }
  return hash.digest('hex');
}

/** The commit, with `-dirty` when covered files differ from it. */
export function commitOf({ covers }: Pick<Proof, 'covers'>): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', ...covers.map((glob) => `:(glob)${glob}`));
  return `${git('rev-parse', 'HEAD')}${changed ? '-dirty' : ''}`;
}

export function readRecord(name: string): ProofRecord | undefined {
  return readJson(recordPath(name)) as ProofRecord | undefined;
}

export function readProgress(name: string): ProofProgress | undefined {
  return readJson(progressPath(name)) as ProofProgress | undefined;
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Whole or not at all. */
export function writeJson(path: string, value: ProofRecord | ProofProgress): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
