import { KulningError } from '@kulning/sdk';

import type { Keystore } from '../keystore/keystore.ts';
import { type Database } from '../postgres/database.ts';
import { vaultWords } from './vault-words.ts';

interface KeystoreBindingTables {
  'kulning.keystore_binding': { fingerprint: string; bound_at: Date };
}

/** Whether records of this database were sealed already, with a keystore that must be there from then on. */
export async function isBound(database: Database): Promise<boolean> {
  const { kysely } = database.withTables<KeystoreBindingTables>();
  const bound = await kysely.selectFrom('kulning.keystore_binding').select('fingerprint').executeTakeFirst();
  return bound !== undefined;
}

/**
 * Ties a database to the keystore its records are sealed with, on first use, and refuses another one later: with an
 * empty or foreign key folder new keys would be made, and old content would seem lost.
 */
export async function bindKeystore(database: Database, keystore: Keystore): Promise<void> {
  const { kysely } = database.withTables<KeystoreBindingTables>();
  await kysely
    .insertInto('kulning.keystore_binding')
    .values({ fingerprint: keystore.fingerprint, bound_at: new Date() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const bound = await kysely
    .selectFrom('kulning.keystore_binding')
    .select('fingerprint')
    .executeTakeFirstOrThrow();
  if (bound.fingerprint === keystore.fingerprint) return;
  throw new KulningError({
    code: 'keys.wrong_keystore',
    status: 500,
    text: vaultWords.wrongKeystore(keystore.fingerprint, bound.fingerprint),
  });
}
