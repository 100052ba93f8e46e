import { KulningError } from '@kulning/sdk';
import type { ClientBase } from 'pg';

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
      message: 'a restore into this database was interrupted',
      hint: 'Run the same `kulning restore` again: it starts over. Until then nothing is served from it.',
    });
  }
  if (found?.mark === 'moved') {
    throw new KulningError({
      code: 'database.moved',
      status: 503,
      message: 'this database was moved to another server, and takes no more writes',
      hint: 'Set KULNING_DATABASE_URL to the server that `kulning move` named.',
    });
  }
}
