import { sql } from 'kysely';

import type { Localized, Witness, WitnessState } from '@kulning/sdk';

import type { LedgerTransaction } from './ledger-store.ts';
import { keepWords, keptWords } from '../../platform/kept-words.ts';

/** A witness as it was added. */
export interface WitnessAddress {
  readonly name: string;
  readonly url: string;
  readonly vkeys: readonly string[];
}

interface Row {
  readonly name: string;
  readonly url: string;
  readonly vkeys: string[];
  readonly state: WitnessState;
  readonly detail: string | null;
  readonly size: bigint | null;
  readonly cosignedAt: Date | null;
}

/** For a reader of any language. */
export type WitnessInWords = Omit<Witness, 'detail'> & { readonly detail: Localized<string> | null };

/** Witnesses with the largest head of the open log that each has cosigned. */
export async function listWitnesses(trx: LedgerTransaction): Promise<WitnessInWords[]> {
  const { rows } = await sql<Row>`
    select witness.name, witness.url, witness.vkeys, witness.state, witness.detail, last.size,
      last.cosigned_at as "cosignedAt"
    from kulning.witness as witness
    left join lateral (
      select signature.size, signature.cosigned_at
      from kulning.ledger_cosignature as signature
      join kulning.ledger_log as log on log.id = signature.log_id and log.closed_at is null
      where signature.witness_name = witness.name
      order by signature.size desc
      limit 1
    ) as last on true
    order by witness.name
  `.execute(trx);
  return rows.map(({ cosignedAt, size, detail, ...witness }) => ({
    ...witness,
    detail: detail === null ? null : keptWords(detail),
    size: size === null ? null : Number(size),
    cosignedAt: cosignedAt?.toISOString() ?? null,
  }));
}

/** @returns false if there is a witness of this name already */
export async function insertWitness(
  trx: LedgerTransaction,
  witness: WitnessAddress,
  addedAt: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('kulning.witness')
    .values({ ...witness, vkeys: [...witness.vkeys], detail: null, added_at: addedAt })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** @returns false if there is none of this name */
export async function deleteWitness(trx: LedgerTransaction, name: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('kulning.witness')
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** How asking it went, for people to read; cosignatures speak for themselves. */
export async function setWitnessState(
  trx: LedgerTransaction,
  name: string,
  state: WitnessState,
  words: Localized<string> | null,
): Promise<void> {
  const detail = words === null ? null : keepWords(words);
  await trx.updateTable('kulning.witness').set({ state, detail }).where('name', '=', name).execute();
}

/** What a witness said of a head, checked. */
export interface Cosignature {
  readonly logId: bigint;
  readonly size: number;
  readonly witnessName: string;
  /** Signature lines, each with its newline. */
  readonly lines: string;
  /** The keys that made them. */
  readonly vkeys: readonly string[];
  readonly cosignedAt: Date;
}

export async function insertCosignature(trx: LedgerTransaction, cosignature: Cosignature): Promise<void> {
  await trx
    .insertInto('kulning.ledger_cosignature')
    .values({
      log_id: cosignature.logId,
      size: BigInt(cosignature.size),
      witness_name: cosignature.witnessName,
      lines: cosignature.lines,
      vkeys: [...cosignature.vkeys],
      cosigned_at: cosignature.cosignedAt,
    })
    .onConflict((conflict) => conflict.columns(['log_id', 'size', 'witness_name']).doNothing())
    .execute();
}

export async function witnessAddresses(trx: LedgerTransaction): Promise<WitnessAddress[]> {
  return trx.selectFrom('kulning.witness').select(['name', 'url', 'vkeys']).orderBy('name').execute();
}

/** The last head of a log that a witness has not cosigned yet. */
export interface HeadToCosign {
  readonly logId: bigint;
  readonly size: number;
  readonly note: string;
  /** Largest size of this log that it has cosigned; 0 if none. */
  readonly cosignedSize: number;
}

/** One for each log that is ahead of the witness, closed ones too. */
export async function headsToCosign(trx: LedgerTransaction, witnessName: string): Promise<HeadToCosign[]> {
  const { rows } = await sql<{ logId: bigint; size: bigint; note: string; cosignedSize: bigint }>`
    select log.id as "logId", head.size, head.note, cosigned.size as "cosignedSize"
    from kulning.ledger_log as log
    cross join lateral (
      select size, note from kulning.ledger_checkpoint where log_id = log.id order by size desc limit 1
    ) as head
    cross join lateral (
      select coalesce(max(size), 0) as size
      from kulning.ledger_cosignature where log_id = log.id and witness_name = ${witnessName}
    ) as cosigned
    where head.size > cosigned.size and not log.abandoned
    order by log.id
  `.execute(trx);
  return rows.map((row) => ({ ...row, size: Number(row.size), cosignedSize: Number(row.cosignedSize) }));
}
