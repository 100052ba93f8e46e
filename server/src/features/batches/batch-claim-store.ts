import { sql } from 'kysely';

import type { BatchFault } from './batch-line.ts';
import type { BatchRow, BatchStop, BatchTransaction, BatchUsage } from './batch-tables.ts';

/** Work on a whole batch: only one process does it, and what an older claim writes is refused. */
export interface BatchClaim {
  readonly batch: BatchRow;
  readonly epoch: number;
}

const interval = (ms: number) => sql`make_interval(secs => ${ms / 1000})`;

/** The oldest batch in this state that nobody works on. @param except organisations that must wait */
export async function claimBatch(
  trx: BatchTransaction,
  state: 'validating' | 'finalizing',
  leaseMs: number,
  except: readonly string[] = [],
): Promise<BatchClaim | undefined> {
  const { rows } = await sql<BatchRow>`
    with free as materialized (
      select id from kulning.batch
      where state = ${state} and (lease_until is null or lease_until < now())
        and organisation_id <> all (${except}::text[])
      order by row_id limit 1 for update skip locked
    )
    update kulning.batch as batch set epoch = batch.epoch + 1, lease_until = now() + ${interval(leaseMs)}
    from free where batch.id = free.id
    returning batch.*
  `.execute(trx);
  const [batch] = rows;
  return batch && { batch, epoch: batch.epoch };
}

/** @returns whether the claim still holds */
export async function renewBatch(
  trx: BatchTransaction,
  { batch, epoch }: BatchClaim,
  leaseMs: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update kulning.batch set lease_until = now() + ${interval(leaseMs)} where id = ${batch.id} and epoch = ${epoch}
  `.execute(trx);
  return numAffectedRows === 1n;
}

/** @returns whether the claim still holds; then the row is locked until the transaction ends */
export async function lockClaim(trx: BatchTransaction, { batch, epoch }: BatchClaim): Promise<boolean> {
  const row = await trx
    .selectFrom('kulning.batch')
    .select('epoch')
    .where('id', '=', batch.id)
    .where('state', '=', batch.state)
    .forUpdate()
    .executeTakeFirst();
  return row?.epoch === epoch;
}

/** The input is in order: its lines wait to be asked. */
export async function beginBatch(
  trx: BatchTransaction,
  { organisation_id: organisationId, id }: BatchRow,
  lines: readonly number[],
): Promise<void> {
  await sql`
    insert into kulning.batch_line (organisation_id, batch_id, line)
    select ${organisationId}, ${id}, line from unnest(${lines}::integer[]) as line
  `.execute(trx);
  await trx
    .updateTable('kulning.batch')
    .set({ state: 'in_progress', in_progress_at: sql<Date>`now()`, lease_until: null, total: lines.length })
    .where('id', '=', id)
    .execute();
}

/** The input is not in order: nothing of it is asked. */
export async function refuseBatch(
  trx: BatchTransaction,
  { id }: BatchRow,
  faults: readonly BatchFault[],
  total: number,
): Promise<void> {
  await trx
    .updateTable('kulning.batch')
    .set({
      state: 'failed',
      faults: JSON.stringify(faults),
      ended_at: sql<Date>`now()`,
      lease_until: null,
      total,
      answered: 0,
      failed: 0,
    })
    .where('id', '=', id)
    .execute();
}

export interface BatchEnd {
  readonly state: 'completed' | 'failed' | 'expired' | 'cancelled';
  readonly faults: readonly BatchFault[];
  readonly answered: number;
  readonly failed: number;
  readonly usage: BatchUsage | null;
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
}

/** All is in its files; the lines go. */
export async function endBatch(trx: BatchTransaction, { id }: BatchRow, end: BatchEnd): Promise<void> {
  await trx
    .updateTable('kulning.batch')
    .set({
      state: end.state,
      faults: JSON.stringify(end.faults),
      ended_at: sql<Date>`now()`,
      lease_until: null,
      answered: end.answered,
      failed: end.failed,
      usage: end.usage && JSON.stringify(end.usage),
      output_file_id: end.outputFileId,
      error_file_id: end.errorFileId,
    })
    .where('id', '=', id)
    .execute();
  await trx.deleteFrom('kulning.batch_line').where('batch_id', '=', id).execute();
}

/** No more of its lines is asked, for a reason that comes from outside. */
export async function stopBatch(trx: BatchTransaction, id: string, stop: BatchStop): Promise<void> {
  await trx
    .updateTable('kulning.batch')
    .set({ stop })
    .where('id', '=', id)
    .where('state', '=', 'in_progress')
    .where('stop', 'is', null)
    .execute();
}

/** Batches whose time is over. */
export async function stopExpired(trx: BatchTransaction): Promise<void> {
  await trx
    .updateTable('kulning.batch')
    .set({ stop: 'expired' })
    .where('state', '=', 'in_progress')
    .where('stop', 'is', null)
    .where('expires_at', '<=', sql<Date>`now()`)
    .execute();
}

/**
 * Batches with nothing left to ask, or that shall ask nothing more, and of which no process holds a line: their lines
 * are what they are from here on, so that a result that comes later is refused.
 */
export async function beginFinalizing(trx: BatchTransaction): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update kulning.batch as batch set state = 'finalizing', finalizing_at = now(), lease_until = null
    where batch.id in (
      select id from kulning.batch as open
      where open.state in ('in_progress', 'cancelling')
        and not exists (select from kulning.batch_line as line
          where line.batch_id = open.id and line.state = 'running' and line.lease_until >= now())
        and (open.stop is not null or not exists (select from kulning.batch_line as line
          where line.batch_id = open.id and line.state in ('waiting', 'running')))
      for update skip locked)
    returning batch.id
  `.execute(trx);
  if (rows.length === 0) return;
  await sql`
    update kulning.batch_line set state = 'left', epoch = epoch + 1
    where batch_id = any(${rows.map(({ id }) => id)}::text[]) and state in ('waiting', 'running')
  `.execute(trx);
}

/** Batches with lines to be asked now, in the order in which they came. @param except who must wait */
export async function runningBatches(
  trx: BatchTransaction,
  except: { readonly organisations: readonly string[]; readonly batches: readonly string[] },
  limit: number,
): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`
    select batch.* from kulning.batch as batch
    where batch.state = 'in_progress' and batch.stop is null and batch.expires_at > now()
      and batch.organisation_id <> all (${except.organisations}::text[])
      and batch.id <> all (${except.batches}::text[])
      and exists (select from kulning.batch_line as line where line.batch_id = batch.id
        and ((line.state = 'waiting' and (line.not_before is null or line.not_before <= now()))
          or (line.state = 'running' and line.lease_until < now())))
    order by batch.row_id limit ${limit}
  `.execute(trx);
  return rows;
}
