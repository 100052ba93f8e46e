import { inEachLanguage, KulningError, type Localized } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { createWakeSignal } from './wake-signal.ts';
import { cosignHeads } from './witness-submission.ts';
import { setWitnessState, witnessAddresses, type WitnessAddress } from './witness-store.ts';
import { witnessWords } from './witness-words.ts';

export interface WitnessFeederOptions {
  /** Of role `sequencer`. */
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WitnessFeeder {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Brings every witness up to the last head of every log. */
  feedAll(): Promise<void>;
}

/** Pause after the n-th failure in a row. */
const backoffMs = (failures: number) => Math.min(1000 * 2 ** (failures - 1), 60_000);

/**
 * Shows each new head to each witness. It runs beside the sequencer, which never waits for it; what a witness missed
 * while it was away, one consistency proof makes up for.
 */
export function createWitnessFeeder({ log, clock, ...options }: WitnessFeederOptions): WitnessFeeder {
  const database = options.database.withTables<LedgerTables>();
  const bell = createWakeSignal();
  const stopping = new AbortController();
  const pauses = new Map<string, { failures: number; until: number }>();
  let running: Promise<void> | undefined;

  const pause = (witness: WitnessAddress) => {
    const failures = (pauses.get(witness.name)?.failures ?? 0) + 1;
    pauses.set(witness.name, { failures, until: clock.now() + backoffMs(failures) });
  };

  const feedUnlessPaused = async (witness: WitnessAddress) => {
    if (clock.now() < (pauses.get(witness.name)?.until ?? 0)) return;
    try {
      if (await cosignHeads({ database, clock, log, witness, signal: stopping.signal })) {
        pauses.delete(witness.name);
      } else {
        pause(witness);
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      pause(witness);
      log.error('witness.unreachable', error, { witness: witness.name });
      await database.inInstance('note an absent witness', (trx) =>
        setWitnessState(trx, witness.name, 'unreachable', reasonOf(error)),
      );
    }
  };

  const feedAll = async () => {
    const witnesses = await database.inInstance('list witnesses', witnessAddresses);
    await Promise.all(witnesses.map(feedUnlessPaused));
  };

  const work = async () => {
    while (!stopping.signal.aborted) {
      await feedAll().catch((error: unknown) => log.error('witness.feeding_failed', error));
      await bell.wait(1000);
    }
  };

  return {
    feedAll,
    async start() {
      const listener = await database.listen('kulning_checkpoint', bell.ring);
      running = (async () => {
        await work();
        await listener.close();
      })();
    },
    async stop() {
      stopping.abort();
      bell.ring();
      await running;
    },
  };
}

function reasonOf(error: unknown): Localized<string> {
  if (!(error instanceof KulningError)) return witnessWords.failed;
  return inEachLanguage((language) => error.text[language].message);
}
