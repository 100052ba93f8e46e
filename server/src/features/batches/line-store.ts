import { sql } from 'kysely';

import type { BatchTransaction, LineState } from './batch-tables.ts';

/** One line that this process is asking. What an older claim of it writes is refused. */
export interface LineClaim {
  readonly organisationId: string;
  readonly batchId: string;
  readonly line: number;
  readonly epoch: number;
  /** Times that an engine broke on it. */
  readonly attempts: number;
}

export interface LineEnd {
  readonly state: 'answered' | 'failed';
  readonly callId: string | null;
  /** Input, cached, output, reasoning. */
  readonly tokens: readonly number[] | null;
}

const interval = (ms: number) => sql`make_interval(secs => ${ms / 1000})`;

/** Lines that wait, and lines of processes that died, which are asked again. */
export async function claimLines(
  trx: BatchTransaction,
  batch: { readonly organisation_id: string; readonly id: string },
  most: number,
  leaseMs: number,
): Promise<LineClaim[]> {
  // Materialized: else the plan may run the selection again for each row, and take more than `most`.
  const { rows } = await sql<{ line: number; epoch: number; attempts: number }>`
    with free as materialized (
      select line from kulning.batch_line
      where organisation_id = ${batch.organisation_id} and batch_id = ${batch.id}
        and ((state = 'waiting' and (not_before is null or not_before <= now()))
          or (state = 'running' and lease_until < now()))
        and exists (select from kulning.batch where id = ${batch.id} and state = 'in_progress' and stop is null)
      order by line limit ${most} for update skip locked
    )
    update kulning.batch_line as line
    set state = 'running', epoch = line.epoch + 1, lease_until = now() + ${interval(leaseMs)}
    from free
    where line.organisation_id = ${batch.organisation_id} and line.batch_id = ${batch.id} and line.line = free.line
    returning line.line, line.epoch, line.attempts
  `.execute(trx);
  return rows.map((row) => ({ organisationId: batch.organisation_id, batchId: batch.id, ...row }));
}

/** Of these claims, those that still hold, for as long again: their batches still run, and nobody took them over. */
export async function renewLines(
  trx: BatchTransaction,
  claims: readonly LineClaim[],
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ batch_id: string; line: number }>`
    update kulning.batch_line as line set lease_until = now() + ${interval(leaseMs)}
    from unnest(${claims.map(({ batchId }) => batchId)}::text[], ${claims.map((claim) => claim.line)}::integer[],
      ${claims.map(({ epoch }) => epoch)}::integer[]) as held (batch_id, line, epoch), kulning.batch as batch
    where line.batch_id = held.batch_id and line.line = held.line and line.epoch = held.epoch
      and line.state = 'running' and batch.id = line.batch_id
      and batch.state = 'in_progress' and batch.stop is null and batch.expires_at > now()
    returning line.batch_id, line.line
  `.execute(trx);
  return new Set(rows.map(({ batch_id: batchId, line }) => lineKey({ batchId, line })));
}

/** @returns whether the claim still held: else the result is somebody else's to give */
export async function endLine(
  trx: BatchTransaction,
  claim: LineClaim,
  { state, callId, tokens }: LineEnd,
): Promise<boolean> {
  return await change(trx, claim, { state, call_id: callId, tokens: tokens && [...tokens] });
}

/** Lets the line be asked again, here or elsewhere. @param broken an engine broke on it */
export async function releaseLine(
  trx: BatchTransaction,
  claim: LineClaim,
  again: { readonly afterMs: number; readonly broken: boolean },
): Promise<void> {
  await change(trx, claim, {
    state: 'waiting',
    not_before: sql<Date>`now() + ${interval(again.afterMs)}`,
    attempts: claim.attempts + (again.broken ? 1 : 0),
  });
}

async function change(
  trx: BatchTransaction,
  { organisationId, batchId, line, epoch }: LineClaim,
  to: { state: LineState } & Record<string, unknown>,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('kulning.batch_line')
    .set({ ...to, lease_until: null })
    .where('organisation_id', '=', organisationId)
    .where('batch_id', '=', batchId)
    .where('line', '=', line)
    .where('epoch', '=', epoch)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface EndedLine {
  readonly line: number;
  readonly state: LineState;
  readonly tokens: readonly number[] | null;
}

/** A page of lines in order. */
export async function pageOfLines(
  trx: BatchTransaction,
  batch: { readonly organisation_id: string; readonly id: string },
  after: number,
  limit: number,
): Promise<EndedLine[]> {
  return await trx
    .selectFrom('kulning.batch_line')
    .select(['line', 'state', 'tokens'])
    .where('organisation_id', '=', batch.organisation_id)
    .where('batch_id', '=', batch.id)
    .where('line', '>', after)
    .orderBy('line')
    .limit(limit)
    .execute();
}

export const lineKey = ({ batchId, line }: Pick<LineClaim, 'batchId' | 'line'>) => `${batchId}.${line}`;
