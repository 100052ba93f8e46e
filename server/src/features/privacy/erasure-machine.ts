import { randomBytes } from 'node:crypto';

import { KulningError } from '@kulning/sdk';

import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { AnyTransaction } from '../../platform/postgres/database.ts';
import { certificateText, erasedEvent, stepSummary } from './erasure-certificate.ts';
import { createErasureSteps, type ErasureStepsOptions, type Waiting } from './erasure-steps.ts';
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
  const { vault, stores, clock, log, faultPoint } = options;
  const database = options.database.withTables<PrivacyTables>();
  const steps = createErasureSteps(options);

  /** verified → completed: certificate, ledger entry and the lifted restriction in one transaction. */
  const certify = async (key: ErasureKey): Promise<void> => {
    const outlook = await readOutlook(stores, key.organisationId, 'en');
    faultPoint('before-certificate');
    await database.inOrganisation(key.organisationId, async (trx) => {
      const erasure = await lockErasure(trx, key);
      if (erasure.state !== 'verified') return;
      const stepRows = await readSteps(trx, key);
      const summaries = stepRows.flatMap((step) => {
        const store = stores.find(({ name }) => name === step.store);
        return store ? [stepSummary(step, store)] : [];
      });
      if (erasure.key_evidence === null) throw new TypeError('a verified erasure has evidence of its key');
      const completedAt = new Date(clock.now());
      const certificate = certificateText({
        erasure,
        steps: summaries,
        keyEvidence: erasure.key_evidence,
        outlook,
        completedAt,
      });
      const salt = randomBytes(32);
      const { leaf } = await options.recordEvent(
        trx,
        erasedEvent(erasure, summaries, { certificate, salt, completedAt }),
      );
      await completeErasure(trx, key, { certificate, salt, leaf: Buffer.from(leaf), completedAt });
      await bumpRestrictions(trx);
    });
    faultPoint('after-certificate');
  };

  const step = async (erasure: ErasureRow): Promise<Waiting | void> => {
    const key = { organisationId: erasure.organisation_id, erasureId: erasure.id };
    const { state } = erasure;
    if (state === 'requested') return steps.rotate(key);
    if (state === 'rotated') return steps.awaitRelease(key);
    if (state === 'released') return steps.eraseStores(key);
    if (state === 'stores-erased') return steps.moveSurvivors(key);
    if (state === 'survivors-moved') return steps.readStores(key);
    if (state === 'scanned') return steps.destroyKey(key);
    if (state === 'key-destroyed') return steps.readKeys(key);
    return certify(key);
  };

  /** @returns whether it got somewhere */
  const advance = async (organisationId: string): Promise<boolean> => {
    const erasure = await database.inOrganisation(organisationId, async (trx) => {
      const erasureId = await oldestOpenErasure(trx, organisationId);
      return erasureId === undefined ? undefined : readErasure(trx, { organisationId, erasureId });
    });
    if (erasure === undefined) return false;
    const key = { organisationId, erasureId: erasure.id };
    const waiting = await step(erasure).catch((error: unknown) => {
      log.error('erasure.step_failed', error, { erasureId: erasure.id, state: erasure.state });
      return { waitingFor: waitingAfter(error) };
    });
    if (waiting)
      await database.inOrganisation(organisationId, (trx) => setWaitingFor(trx, key, waiting.waitingFor));
    const now = await database.inOrganisation(organisationId, (trx) => readErasure(trx, key));
    return now?.state !== erasure.state;
  };

  const drive = async (organisationId: string): Promise<void> => {
    await vault.load(organisationId);
    while (await advance(organisationId));
  };

  return {
    drive,
    async driveAll() {
      const organisations = await database.inInstance('open erasures', organisationsWithOpenErasures);
      for (const organisationId of organisations) {
        await drive(organisationId).catch((error: unknown) =>
          log.error('erasure.drive_failed', error, { organisationId }),
        );
      }
    },
  };
}

/** Never the message of a foreign error: it could quote content. */
function waitingAfter(error: unknown): string {
  return error instanceof KulningError
    ? `${error.message} (${error.code})`
    : 'an error; it is tried again, and the log says more';
}
