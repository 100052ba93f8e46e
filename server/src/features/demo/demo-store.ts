import type { Transaction } from 'kysely';

import type { SealedRecord } from '../../platform/vault/vault.ts';

/** The sample company's records, as far as this slice reads them; the privacy slice owns the table. */
export interface DemoTables {
  'kulning.vault_record': {
    organisation_id: string;
    id: string;
    store: string;
    epoch: number;
    wrapped_key: Buffer;
    nonce: Buffer | null;
    ciphertext: Buffer | null;
  };
  'kulning.organisation': { id: string; demonstration: boolean };
}

type Trx = Transaction<DemoTables>;

export async function sampleRecords(
  trx: Trx,
  organisationId: string,
): Promise<{ id: string; sealed: SealedRecord }[]> {
  const rows = await trx
    .selectFrom('kulning.vault_record')
    .select(['id', 'epoch', 'wrapped_key', 'nonce', 'ciphertext'])
    .where('organisation_id', '=', organisationId)
    .where('store', '=', 'sample')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ id, epoch, wrapped_key: wrappedKey, nonce, ciphertext }) =>
    nonce && ciphertext ? [{ id, sealed: { epoch, wrappedKey, nonce, ciphertext } }] : [],
  );
}

export async function deleteSampleRecords(trx: Trx, organisationId: string): Promise<void> {
  await trx
    .deleteFrom('kulning.vault_record')
    .where('organisation_id', '=', organisationId)
    .where('store', '=', 'sample')
    .execute();
}

export async function sampleOrganisation(trx: Trx): Promise<string | undefined> {
  const row = await trx
    .selectFrom('kulning.organisation')
    .select('id')
    .where('demonstration', '=', true)
    .executeTakeFirst();
  return row?.id;
}
