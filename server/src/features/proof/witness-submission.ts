import type { Localized, WitnessState } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import { consistencyRanges } from '../../core/ledger/merkle-proof.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { rangeHashes } from './proof-store.ts';
import { submitCheckpoint, type WitnessAnswer } from './witness-client.ts';
import {
  headsToCosign,
  insertCosignature,
  setWitnessState,
  type HeadToCosign,
  type WitnessAddress,
} from './witness-store.ts';
import { witnessWords } from './witness-words.ts';

export interface CosignOptions {
  readonly database: Database<LedgerTables>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly witness: WitnessAddress;
  readonly signal: AbortSignal;
}

/**
 * Has a witness cosign the last head of each log that is ahead of it, and keeps what it says.
 * @returns whether it cosigned all of them
 * @throws KulningError `witness.unreachable`
 */
export async function cosignHeads(options: CosignOptions): Promise<boolean> {
  const { database, witness } = options;
  const heads = await database.inInstance('find heads to cosign', (trx) => headsToCosign(trx, witness.name));
  let all = true;
  for (const head of heads) {
    let answer = await submit(options, head, head.cosignedSize);
    if (answer.kind === 'conflict' && answer.size <= head.size)
      answer = await submit(options, head, answer.size);
    await settle(options, head, answer);
    all &&= answer.kind === 'cosigned';
  }
  return all;
}

async function submit({ database, witness, signal }: CosignOptions, head: HeadToCosign, oldSize: number) {
  const proof = await database.inInstance('prove consistency', (trx) =>
    rangeHashes(trx, head.logId, consistencyRanges(oldSize, head.size)),
  );
  return submitCheckpoint(witness, { oldSize, proof, note: head.note }, signal);
}

async function settle(
  { database, clock, log, witness }: CosignOptions,
  head: HeadToCosign,
  answer: WitnessAnswer,
) {
  const { state, detail } = stateAfter(answer);
  if (state !== 'cosigning')
    log.warn('witness.not_cosigning', { witness: witness.name, state, detail: detail?.en });
  await database.inInstance('keep a cosignature', async (trx) => {
    await setWitnessState(trx, witness.name, state, detail);
    if (answer.kind !== 'cosigned') return;
    const { lines, vkeys } = answer;
    const cosignedAt = new Date(clock.now());
    await insertCosignature(trx, { ...head, witnessName: witness.name, lines, vkeys, cosignedAt });
  });
}

function stateAfter(answer: WitnessAnswer): { state: WitnessState; detail: Localized<string> | null } {
  switch (answer.kind) {
    case 'cosigned':
      return { state: 'cosigning', detail: null };
    case 'conflict':
      return { state: 'ahead', detail: witnessWords.hasSeenMore(answer.size) };
    case 'inconsistent':
      return { state: 'inconsistent', detail: witnessWords.otherHistory };
    case 'refused':
      return { state: 'refusing', detail: answer.detail };
  }
}
