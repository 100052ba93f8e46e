import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Counts, Proof } from './proofs/proof.ts';

/** What docs/proof/<name>.json holds. */
export interface ProofRecord {
  readonly name: string;
  readonly claim: string;
  readonly holds: boolean;
  /** Why it does not hold. */
  readonly objection?: string;
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
  /** Done, from the first on. */
  readonly parts: number;
  readonly counts: Counts;
  readonly seconds: number;
}

export interface ProofRecords {
  digestOfCovered(proof: Pick<Proof, 'covers'>): string;
  /** The commit, with `-dirty` when covered files differ from it. */
  commitOf(proof: Pick<Proof, 'covers'>): string;
  record(name: string): ProofRecord | undefined;
  keepRecord(record: ProofRecord): void;
  progress(name: string): ProofProgress | undefined;
  keepProgress(name: string, progress: ProofProgress): void;
  dropProgress(name: string): void;
}

/** The records and unfinished runs of a checkout. */
export function proofRecords(root: string): ProofRecords {
  const recordPath = (name: string) => join(root, 'docs', 'proof', `${name}.json`);
  const progressPath = (name: string) =>
    join(root, 'node_modules', '.cache', 'kulning-prove', `${name}.json`);
  return {
    digestOfCovered: ({ covers }) => digestOf(root, covers),
    commitOf({ covers }) {
      const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
      const changed = git('status', '--porcelain', '--', ...coveredFiles(root, covers));
      return `${git('rev-parse', 'HEAD')}${changed ? '-dirty' : ''}`;
    },
    record: (name) => readJson(recordPath(name)) as ProofRecord | undefined,
    keepRecord: (record) => writeJson(recordPath(record.name), record),
    progress: (name) => readJson(progressPath(name)) as ProofProgress | undefined,
    keepProgress: (name, progress) => writeJson(progressPath(name), progress),
    dropProgress: (name) => rmSync(progressPath(name), { force: true }),
  };
}

/** @throws when nothing matches: a proof of no code proves nothing */
function coveredFiles(root: string, covers: readonly string[]): string[] {
  const files = covers.flatMap((glob) => {
    const matches = globSync(glob, { cwd: root }).filter((name) => !name.endsWith('.test.ts'));
    if (matches.length === 0) throw new Error(`nothing matches ${glob}`);
    return matches;
  });
  return [...new Set(files)].toSorted();
}

function digestOf(root: string, covers: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of coveredFiles(root, covers)) {
    const content = createHash('sha256')
      .update(readFileSync(join(root, name)))
      .digest('hex');
    hash.update(`${content}  ${name}\n`);
  }
  return hash.digest('hex');
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Whole or not at all. */
function writeJson(path: string, value: ProofRecord | ProofProgress): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
