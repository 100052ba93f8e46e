import { sql } from 'kysely';

import type { Database } from '../../platform/postgres/database.ts';

/**
 * Deletes heads that nothing needs: any later head proves the same, and older than ten minutes no witness is asked for
 * them. Kept are the last of each log, and of each hour the last, a cosigned one before others.
 */
export async function pruneHeads(database: Database): Promise<void> {
  await database.inInstance('prune heads', (trx) =>
    sql`
      delete from kulning.ledger_checkpoint as head
      where head.signed_at < now() - interval '10 minutes'
        and head.size < (select max(size) from kulning.ledger_checkpoint where log_id = head.log_id)
        and (head.log_id, head.size) not in (
          select distinct on (kept.log_id, date_trunc('hour', kept.signed_at)) kept.log_id, kept.size
          from kulning.ledger_checkpoint as kept
          left join kulning.ledger_cosignature as signature
            on signature.log_id = kept.log_id and signature.size = kept.size
          order by kept.log_id, date_trunc('hour', kept.signed_at), (signature.size is null), kept.size desc
        )
    `.execute(trx),
  );
}
