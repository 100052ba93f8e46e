import type { StoreName } from './store-name.ts';

/**
 * What the columns of a table hold that could hold text. The schema test walks the database and fails on a column
 * that no `*-columns.ts` file declares, so that nobody adds a place where content lies in clear, or one that an
 * erasure does not know.
 */
interface TableColumns {
  /** Ids, digests, keys' fingerprints: they name things, not people. */
  readonly identifier?: readonly string[];
  /** States, codes, counts, configuration, ciphertext keys: nothing about a natural person. */
  readonly metadata?: readonly string[];
  /** Encrypted content of a registered store. */
  readonly content?: Partial<Record<StoreName, readonly string[]>>;
  /** Personal data in clear on purpose (an account's e-mail), by the store that finds and erases it. */
  readonly personal?: Partial<Record<StoreName, readonly string[]>>;
}

/** By table, with its schema: `{ 'kulning.site': { identifier: ['id'], metadata: ['facts'] } }`. */
export type ColumnDeclarations = Readonly<Record<string, TableColumns>>;
