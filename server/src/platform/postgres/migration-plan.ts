import { KulningError } from '@kulning/sdk';

import { databaseWords } from './database-words.ts';

/** A file of `server/migrations`, `0007_calls.sql`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

/** A row of `kulning.migration`. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
  /** The release of Kulning that applied it: `0.1.0`. */
  readonly release: string;
}

/**
 * What is left to apply. Migrations go forward only, so what was applied must be the beginning of what this release
 * knows; or, within one minor version of skew, its continuation: a rolling upgrade has old processes on the new schema.
 * @throws KulningError `database.schema_changed`, `database.schema_newer`, `database.schema_order`
 */
export function planMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  release: string,
): readonly Migration[] {
  const inOrder = applied.toSorted((a, b) => a.version - b.version);
  for (const [index, row] of inOrder.entries()) {
    const file = known[index];
    if (file === undefined) {
      if (!withinSkew(release, row.release)) throw schemaNewer(row, release);
    } else if (file.version !== row.version) {
      throw schemaOrder(file, row);
    } else if (file.sha256 !== row.sha256) {
      throw schemaChanged(file, row);
    }
  }
  return known.slice(inOrder.length);
}

/** A schema written by `theirs` works for a process of `ours`: the same major, and at most one minor newer. */
function withinSkew(ours: string, theirs: string): boolean {
  const [ourMajor, ourMinor] = parts(ours);
  const [theirMajor, theirMinor] = parts(theirs);
  return theirMajor === ourMajor && theirMinor <= ourMinor + 1;
}

function parts(release: string): [number, number] {
  const [major, minor] = release.split('.').map(Number);
  return [major ?? Number.NaN, minor ?? Number.NaN];
}

function schemaNewer(row: AppliedMigration, release: string): KulningError {
  return new KulningError({
    code: 'database.schema_newer',
    status: 503,
    text: databaseWords.schemaNewer(row.release, row.name, release),
  });
}

function schemaChanged(file: Migration, row: AppliedMigration): KulningError {
  return new KulningError({
    code: 'database.schema_changed',
    status: 503,
    text: databaseWords.schemaChanged(file.name, row.release),
  });
}

function schemaOrder(file: Migration, row: AppliedMigration): KulningError {
  return new KulningError({
    code: 'database.schema_order',
    status: 503,
    text: databaseWords.schemaOrder(file.name, row.name),
  });
}
