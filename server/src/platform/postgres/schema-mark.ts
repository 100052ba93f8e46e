import { KulningError } from '@kulning/sdk';
import type { ClientBase } from 'pg';

import { databaseWords } from './database-words.ts';

/** What keeps a schema from being served: a restore that has not ended, or a move to another server that has. */
export type Mark = 'restoring' | 'moved';

export interface SchemaMark {
  readonly mark: string | null;
}

/** The mark is the comment on the schema: it needs no table, so it is there before the first migration. */
export const schemaMark = `
  select obj_description(oid, 'pg_namespace') as mark from pg_namespace where nspname = 'kulning'`;

export async function markSchema(client: ClientBase, mark: Mark | null): Promise<void> {
  await client.query(`comment on schema kulning is ${mark === null ? 'null' : `'${mark}'`}`);
}

/** @throws KulningError `database.restore_unfinished`, `database.moved` */
export function refuseUnfit(found: SchemaMark | undefined): void {
  if (found?.mark === 'restoring') {
    throw new KulningError({
      code: 'database.restore_unfinished',
      status: 503,
      text: databaseWords.restoreUnfinished,
    });
  }
  if (found?.mark === 'moved') {
    throw new KulningError({
      code: 'database.moved',
      status: 503,
      text: databaseWords.moved,
    });
  }
}
