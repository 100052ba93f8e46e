import type { Database } from '../../platform/postgres/database.ts';
import { linesOf } from '../files/index.ts';
import { beginBatch, type BatchClaim, lockClaim, refuseBatch } from './batch-claim-store.ts';
import { batchEvent, type BatchesContext } from './batch-context.ts';
import { type BatchFault, batchLimits, InputCheck } from './batch-line.ts';
import type { BatchTables } from './batch-tables.ts';

/** Reads the whole input before anything of it is asked; what is not in order ends the batch with the list of it. */
export async function validateBatch(
  { files, database, record, clock }: BatchesContext,
  claim: BatchClaim,
  longestLine: number,
  signal: AbortSignal,
): Promise<void> {
  const { batch } = claim;
  const check = new InputCheck(batch.endpoint, longestLine);
  const file = await files.open(batch.organisation_id, batch.input_file_id);
  const faults: BatchFault[] = [];
  if (!file) faults.push({ code: 'input_gone', line: null, param: 'input_file_id' });
  else if (file.bytes > batchLimits.fileBytes)
    faults.push({ code: 'file_too_large', line: null, param: null });
  else {
    let whole = true;
    for await (const line of linesOf(file.read(), longestLine)) {
      signal.throwIfAborted();
      whole = check.take(line);
      if (!whole) break;
    }
    if (whole) check.end();
    faults.push(...check.faults);
  }
  const typed: Database<BatchTables> = database.withTables<BatchTables>();
  await typed.inOrganisation(batch.organisation_id, async (trx) => {
    if (!(await lockClaim(trx, claim))) return;
    const total = check.lines.length;
    if (faults.length === 0) {
      await beginBatch(trx, batch, check.lines);
      await record(trx, batchEvent('batch.begun', batch, clock.now(), { requests: total }));
      return;
    }
    await refuseBatch(trx, batch, faults, total);
    const codes = [...new Set(faults.map(({ code }) => code))];
    const body = { status: 'failed', requests: total, answered: 0, failed: 0, faults: codes };
    await record(trx, batchEvent('batch.ended', batch, clock.now(), body));
  });
}
