import { type Selectable, sql } from 'kysely';

import type { ErasureState, PlannedRecord } from '@kulning/sdk';

import { keepWords } from '../../platform/kept-words.ts';
import type { StoreName } from '../../platform/vault/store-name.ts';
import type { ReadBack } from './privacy-store.ts';
import type { ErasureStepTable, ErasureTable, KeyEvidence, PrivacyTransaction } from './privacy-tables.ts';

export type ErasureRow = Selectable<ErasureTable>;
export type ErasureStepRow = Selectable<ErasureStepTable>;

/** Which erasure; every statement takes the organisation too. */
export interface ErasureKey {
  readonly organisationId: string;
  readonly erasureId: string;
}

export async function insertErasure(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  request: {
    requestedBy: string | null;
    requestedAt: Date;
    subjectCommitment: string;
    subjectIndexes: readonly string[];
  },
): Promise<void> {
  await trx
    .insertInto('kulning.erasure')
    .values({
      organisation_id: organisationId,
      id: erasureId,
      state: 'requested',
      requested_by: request.requestedBy,
      requested_at: request.requestedAt,
      subject_commitment: request.subjectCommitment,
    })
    .execute();
  await trx
    .insertInto('kulning.subject_state')
    .values(
      request.subjectIndexes.map((index) => ({
        organisation_id: organisationId,
        subject_index: index,
        state: 'erasing' as const,
        erasure_id: erasureId,
        ground: null,
        since: request.requestedAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['organisation_id', 'subject_index', 'state']).doUpdateSet({ erasure_id: erasureId }),
    )
    .execute();
}

export async function readErasure(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
): Promise<ErasureRow | undefined> {
  return trx
    .selectFrom('kulning.erasure')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .executeTakeFirst();
}

/** For the one transaction that completes it. */
export async function lockErasure(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
): Promise<ErasureRow> {
  return trx
    .selectFrom('kulning.erasure')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Newest first; ids are in order of time. */
export async function listErasures(
  trx: PrivacyTransaction,
  organisationId: string,
  page: { before?: string | undefined; limit: number },
): Promise<ErasureRow[]> {
  return trx
    .selectFrom('kulning.erasure')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .$if(page.before !== undefined, (query) => query.where('id', '<', page.before ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}

/** The erasure of an organisation whose turn it is: they share epochs, so one runs after the other. */
export async function oldestOpenErasure(
  trx: PrivacyTransaction,
  organisationId: string,
): Promise<string | undefined> {
  const row = await trx
    .selectFrom('kulning.erasure')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('state', '<>', 'completed')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

export async function lastCompletedAt(trx: PrivacyTransaction): Promise<Date | undefined> {
  const row = await trx
    .selectFrom('kulning.erasure')
    .select((eb) => eb.fn.max('completed_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

export async function organisationsWithOpenErasures(trx: PrivacyTransaction): Promise<string[]> {
  const rows = await trx
    .selectFrom('kulning.erasure')
    .select('organisation_id')
    .distinct()
    .where('state', '<>', 'completed')
    .execute();
  return rows.map(({ organisation_id: id }) => id);
}

/** Moves on from a state, once: of two drivers the second changes nothing. @returns whether this call moved it */
export async function advanceErasure(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  from: ErasureState,
  to: ErasureState,
): Promise<boolean> {
  const result = await trx
    .updateTable('kulning.erasure')
    .set({ state: to, waiting_for: null })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .where('state', '=', from)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function setErasureEpoch(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  epoch: number,
): Promise<void> {
  await trx
    .updateTable('kulning.erasure')
    .set({ epoch })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .where('epoch', 'is', null)
    .execute();
}

export async function setWaitingFor(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  waitingFor: string,
): Promise<void> {
  await trx
    .updateTable('kulning.erasure')
    .set({ waiting_for: waitingFor })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .execute();
}

export async function setKeyEvidence(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  evidence: KeyEvidence,
): Promise<void> {
  await trx
    .updateTable('kulning.erasure')
    .set({ key_evidence: JSON.stringify(evidence) })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .execute();
}

/** Completes it, once, and lifts every state of the person. @returns whether this call did */
export async function completeErasure(
  trx: PrivacyTransaction,
  key: ErasureKey,
  result: { certificate: string; salt: Buffer; leaf: Buffer; completedAt: Date },
): Promise<void> {
  const { organisationId, erasureId } = key;
  await trx
    .updateTable('kulning.erasure')
    .set({
      state: 'completed',
      waiting_for: null,
      certificate: result.certificate,
      certificate_salt: result.salt,
      ledger_leaf: result.leaf,
      completed_at: result.completedAt,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', erasureId)
    .execute();
  await sql`
    delete from kulning.subject_state as state using kulning.subject_state as erasing
    where erasing.organisation_id = ${organisationId} and erasing.erasure_id = ${erasureId}
      and state.organisation_id = erasing.organisation_id and state.subject_index = erasing.subject_index
  `.execute(trx);
}

export async function readSteps(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
): Promise<ErasureStepRow[]> {
  return trx
    .selectFrom('kulning.erasure_step')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('erasure_id', '=', erasureId)
    .orderBy('store')
    .execute();
}

/** Written before anything is touched: after a crash the plan still says what was found. An earlier plan stays. */
export async function insertStep(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  store: StoreName,
  plan: readonly PlannedRecord[],
): Promise<void> {
  await trx
    .insertInto('kulning.erasure_step')
    .values({
      organisation_id: organisationId,
      erasure_id: erasureId,
      store,
      plan: JSON.stringify(plan),
      pending: [],
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function setStepErased(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  store: string,
  result: { pending: string[]; erasedAt: Date },
): Promise<void> {
  await trx
    .updateTable('kulning.erasure_step')
    .set({ pending: result.pending, erased_at: result.erasedAt })
    .where('organisation_id', '=', organisationId)
    .where('erasure_id', '=', erasureId)
    .where('store', '=', store)
    .execute();
}

export async function setStepReadBack(
  trx: PrivacyTransaction,
  { organisationId, erasureId }: ErasureKey,
  store: string,
  { readBack, evidence }: ReadBack,
): Promise<void> {
  await trx
    .updateTable('kulning.erasure_step')
    .set({ read_back: readBack, evidence: keepWords(evidence) })
    .where('organisation_id', '=', organisationId)
    .where('erasure_id', '=', erasureId)
    .where('store', '=', store)
    .execute();
}
