import { randomBytes } from 'node:crypto';

import { inEachLanguage, KulningError, type Localized } from '@kulning/sdk';

import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { keepWords } from '../../platform/kept-words.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import { certificateText, erasedEvent, stepSummary } from './erasure-certificate.ts';
import { ErasureSteps, type ErasureStepsOptions, type Waiting } from './erasure-steps.ts';
import {
  completeErasure,
  type ErasureKey,
  type ErasureRow,
  lockErasure,
  oldestOpenErasure,
  organisationsWithOpenErasures,
  readErasure,
  readSteps,
  setWaitingFor,
} from './erasure-store.ts';
import { erasureWords } from './erasure-words.ts';
import { readOutlook } from './outlook.ts';
import type { PrivacyTables } from './privacy-tables.ts';
import { bumpRestrictions } from './subject-state-store.ts';

/** Of the proof slice: the entry commits with the change. */
export type RecordEvent = (trx: AnyTransaction, event: LedgerEvent) => Promise<{ leaf: Uint8Array }>;

export interface ErasureMachineOptions extends ErasureStepsOptions {
  readonly recordEvent: RecordEvent;
  readonly log: Logger;
}

export interface ErasureMachine {
  /** Drives the organisation's open erasures, oldest first, until they are complete or must wait. */
  drive(organisationId: string): Promise<void>;
  /** The same for every organisation; a task calls it every second. One that fails does not hold up the others. */
  driveAll(): Promise<void>;
}

/**
 * Runs erasures from state to state. All it knows is in the database and the keystore, so it goes on after a crash
 * wherever it was; two drivers of one erasure do the same work twice and complete it once.
 */
export function createErasureMachine(options: ErasureMachineOptions): ErasureMachine {
  return new Machine(options);
}

class Machine implements ErasureMachine {
  readonly #options: ErasureMachineOptions;
  readonly #database: Database<PrivacyTables>;
  readonly #steps: ErasureSteps;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: ErasureMachineOptions) {
    this.#options = options;
    this.#database = options.database.withTables<PrivacyTables>();
    this.#steps = new ErasureSteps(options);
  }

  drive(organisationId: string): Promise<void> {
    const running = this.#running.get(organisationId);
    if (running !== undefined) return running;
    const drive = this.#driveNow(organisationId).finally(() => this.#running.delete(organisationId));
    this.#running.set(organisationId, drive);
    return drive;
  }

  async driveAll(): Promise<void> {
    const { log } = this.#options;
    const organisations = await this.#database.inInstance('open erasures', organisationsWithOpenErasures);
    for (const organisationId of organisations) {
      await this.drive(organisationId).catch((error: unknown) =>
        log.error('erasure.drive_failed', error, { organisationId }),
      );
    }
  }

  async #driveNow(organisationId: string): Promise<void> {
    await this.#options.vault.load(organisationId);
    while (await this.#advance(organisationId));
  }

  /** @returns whether it got somewhere */
  async #advance(organisationId: string): Promise<boolean> {
    const { log } = this.#options;
    const erasure = await this.#database.inOrganisation(organisationId, async (trx) => {
      const erasureId = await oldestOpenErasure(trx, organisationId);
      return erasureId === undefined ? undefined : readErasure(trx, { organisationId, erasureId });
    });
    if (erasure === undefined) return false;
    const key = { organisationId, erasureId: erasure.id };
    const waiting = await this.#step(erasure).catch((error: unknown) => {
      log.error('erasure.step_failed', error, { erasureId: erasure.id, state: erasure.state });
      return { waitingFor: waitingAfter(error) };
    });
    return this.#database.inOrganisation(organisationId, async (trx) => {
      if (waiting) await setWaitingFor(trx, key, keepWords(waiting.waitingFor));
      return (await readErasure(trx, key))?.state !== erasure.state;
    });
  }

  async #step({
    organisation_id: organisationId,
    id: erasureId,
    state,
  }: ErasureRow): Promise<Waiting | void> {
    const key = { organisationId, erasureId };
    if (state === 'requested') return this.#steps.rotate(key);
    if (state === 'rotated') return this.#steps.awaitRelease(key);
    if (state === 'released') return this.#steps.eraseStores(key);
    if (state === 'stores-erased') return this.#steps.moveSurvivors(key);
    if (state === 'survivors-moved') return this.#steps.readStores(key);
    if (state === 'scanned') return this.#steps.destroyKey(key);
    if (state === 'key-destroyed') return this.#steps.readKeys(key);
    return this.#certify(key);
  }

  /** verified → completed: certificate, ledger entry and the lifted restriction in one transaction. */
  async #certify(key: ErasureKey): Promise<void> {
    const { stores, clock, recordEvent, faultPoint } = this.#options;
    const outlook = await readOutlook(stores, key.organisationId);
    faultPoint('before-certificate');
    await this.#database.inOrganisation(key.organisationId, async (trx) => {
      const erasure = await lockErasure(trx, key);
      if (erasure.state !== 'verified') return;
      if (erasure.key_evidence === null) throw new TypeError('a verified erasure has evidence of its key');
      const rows = await readSteps(trx, key);
      const steps = inEachLanguage((language) => rows.map((row) => stepSummary(row, stores, language)));
      const completedAt = new Date(clock.now());
      const certificate = certificateText({
        erasure,
        steps,
        keyEvidence: erasure.key_evidence,
        outlook,
        completedAt,
      });
      const salt = randomBytes(32);
      const { leaf } = await recordEvent(
        trx,
        erasedEvent(erasure, steps.en, { certificate, salt, completedAt }),
      );
      await completeErasure(trx, key, { certificate, salt, leaf: Buffer.from(leaf), completedAt });
      await bumpRestrictions(trx);
    });
    faultPoint('after-certificate');
  }
}

/** Never the message of a foreign error: it could quote content. */
function waitingAfter(error: unknown): Localized<string> {
  if (!(error instanceof KulningError)) return erasureWords.failedAndRepeated;
  return inEachLanguage((language) => `${error.text[language].message} (${error.code})`);
}
