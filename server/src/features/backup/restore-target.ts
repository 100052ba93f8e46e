import type { Client } from 'pg';

import { inTransaction } from '../../platform/postgres/database-client.ts';
import { markSchema, schemaMark, type SchemaMark } from '../../platform/postgres/schema-mark.ts';

/** `restoring`: an earlier restore or move was interrupted; what it left may be thrown away. */
export type TargetState = 'empty' | 'restoring' | 'used';

export async function readTarget(client: Client): Promise<TargetState> {
  const {
    rows: [schema],
  } = await client.query<SchemaMark>(schemaMark);
  if (schema === undefined) return 'empty';
  return schema.mark === 'restoring' ? 'restoring' : 'used';
}

/** Leaves a new schema with the mark on it; nobody serves it until the mark is gone. */
export async function claimTarget(client: Client): Promise<void> {
  await inTransaction(client, 'begin', async () => {
    await client.query('drop schema if exists kulning cascade');
    await client.query('create schema kulning');
    await markSchema(client, 'restoring');
  });
}
