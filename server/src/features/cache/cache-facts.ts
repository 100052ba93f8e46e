import type { CacheSettings } from '@kulning/sdk';

import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import { settingRows } from './cache-store.ts';
import type { CacheTables } from './cache-tables.ts';

/** What an organisation that has its cache on wants kept. */
export interface CacheFacts extends Omit<CacheSettings, 'enabled'> {
  /** Counts up when the cache is emptied. */
  readonly generation: number;
}

/** In the transaction of a snapshot: by organisation; who has it off is not in it. */
export async function readCacheFacts(trx: AnyTransaction): Promise<ReadonlyMap<string, CacheFacts>> {
  const rows = await settingRows(tablesOf<CacheTables>(trx));
  return new Map(
    rows.flatMap(({ organisationId, enabled, ...facts }) =>
      enabled ? [[organisationId, facts] as const] : [],
    ),
  );
}
