import type { ErasureState, RecordDecision } from '@kulning/sdk';
import { KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { Keystore } from '../../platform/keystore/keystore.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { epochHolders, notifyKeys } from '../../platform/vault/epoch-holder-store.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import { planErasure } from './erasure-plan.ts';
import {
  advanceErasure,
  type ErasureKey,
  type ErasureRow,
  insertStep,
  readErasure,
  readSteps,
  setErasureEpoch,
  setKeyEvidence,
  setStepErased,
  setStepReadBack,
} from './erasure-store.ts';
import type { PrivacyStore } from './privacy-store.ts';
import type { KeyEvidence, PrivacyTables, PrivacyTransaction } from './privacy-tables.ts';
import { createSubject } from './subject.ts';
import {
  countOfEpoch,
  deleteRecords,
  lockBatchOfEpoch,
  readVaultRecord,
  setWrappedKeys,
} from './vault-record-store.ts';

/** Named moments at which a crash test kills the process. */
export type FaultPoint = (name: string) => void;

export interface ErasureStepsOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly keystore: Keystore;
  readonly stores: readonly PrivacyStore[];
  readonly clock: Clock;
  readonly faultPoint: FaultPoint;
}

/** The step cannot go on yet; why, for whoever looks at the erasure. */
export interface Waiting {
  readonly waitingFor: string;
}

export interface ErasureRequest {
  readonly identifiers: readonly string[];
  readonly decisions: readonly RecordDecision[];
}

const batchSize = 500;

/**
 * What happens between two states of an erasure. Each step may run twice, wholly or in part, with the same end: it
 * writes down what it will do before it does it, and moves the state as its last act.
 */
export function createErasureSteps(options: ErasureStepsOptions) {
  const { vault, keystore, stores, clock, faultPoint } = options;
  const database = options.database.withTables<PrivacyTables>();
  const inOrganisation = <T>(key: ErasureKey, work: (trx: PrivacyTransaction) => Promise<T>) =>
    database.inOrganisation(key.organisationId, work);
  const advance = (key: ErasureKey, from: ErasureState, to: ErasureState) =>
    inOrganisation(key, (trx) => advanceErasure(trx, key, from, to));

  /** The request lies in the vault under the epoch that dies: afterwards nobody can read whom it was about. */
  const openRequest = async (key: ErasureKey): Promise<ErasureRequest> => {
    const row = await inOrganisation(key, (trx) => readVaultRecord(trx, key.organisationId, key.erasureId));
    if (row === undefined || row.nonce === null || row.ciphertext === null) throw lostRequest();
    const sealed = {
      epoch: row.epoch,
      wrappedKey: row.wrapped_key,
      nonce: row.nonce,
      ciphertext: row.ciphertext,
    };
    return JSON.parse(
      Buffer.from(vault.open(key.organisationId, key.erasureId, sealed)).toString(),
    ) as ErasureRequest;
  };

  /** requested → rotated: new records go under a new epoch. */
  const rotate = async (key: ErasureKey): Promise<void> => {
    await inOrganisation(key, (trx) => setErasureEpoch(trx, key, vault.epoch(key.organisationId)));
    const epoch = await epochOf(key);
    faultPoint('epoch-chosen');
    await keystore.rotate(key.organisationId, epoch);
    faultPoint('epoch-made');
    await vault.refresh(key.organisationId);
    await inOrganisation(key, async (trx) => {
      await notifyKeys(trx, key.organisationId);
      await advanceErasure(trx, key, 'requested', 'rotated');
    });
  };

  /** rotated → released: nobody holds sealed bytes under the old epoch any more. */
  const awaitRelease = async (key: ErasureKey): Promise<Waiting | undefined> => {
    const epoch = await epochOf(key);
    const holders = await inOrganisation(key, (trx) => epochHolders(trx, key.organisationId));
    const late = holders.find(({ oldestEpoch }) => oldestEpoch <= epoch);
    if (late !== undefined) {
      return {
        waitingFor: `${late.holderId} still has records under the old key; last heard of ${late.seenAt.toISOString()}`,
      };
    }
    await advance(key, 'rotated', 'released');
  };

  /** released → stores-erased: plan written down, then done, store by store. */
  const eraseStores = async (key: ErasureKey): Promise<void> => {
    const { identifiers, decisions } = await openRequest(key);
    const subject = createSubject(vault, key.organisationId, identifiers);
    for (const store of stores) {
      const plan = planErasure(await store.find(subject), decisions);
      await inOrganisation(key, (trx) => insertStep(trx, key, store.name, plan));
    }
    faultPoint('planned');
    for (const step of await inOrganisation(key, (trx) => readSteps(trx, key))) {
      if (step.erased_at !== null) continue;
      const { pending } = await storeNamed(stores, step.store).erase(subject, step.plan);
      faultPoint(`erased ${step.store}`);
      await inOrganisation(key, (trx) =>
        setStepErased(trx, key, step.store, { pending, erasedAt: new Date(clock.now()) }),
      );
    }
    await advance(key, 'released', 'stores-erased');
  };

  /** stores-erased → survivors-moved: everybody else's data keys under the new epoch; both stay readable meanwhile. */
  const moveSurvivors = async (key: ErasureKey): Promise<void> => {
    const { organisationId, erasureId } = key;
    const epoch = await epochOf(key);
    for (let after = ''; ;) {
      const last = await inOrganisation(key, async (trx) => {
        const batch = await lockBatchOfEpoch(trx, {
          organisationId,
          epoch,
          except: erasureId,
          after,
          limit: batchSize,
        });
        const moved = batch.map(({ id, ...wrapped }) => ({
          id,
          ...vault.rewrap(organisationId, id, wrapped),
        }));
        await setWrappedKeys(trx, organisationId, moved);
        return batch.length < batchSize ? undefined : batch.at(-1)?.id;
      });
      faultPoint('batch-moved');
      if (last === undefined) break;
      after = last;
    }
    const left = await inOrganisation(key, (trx) => countOfEpoch(trx, organisationId, epoch, erasureId));
    if (left === 0) await advance(key, 'stores-erased', 'survivors-moved');
  };

  /** survivors-moved → scanned: each store is read, while it is still known whom to look for. */
  const readStores = async (key: ErasureKey): Promise<void> => {
    const { identifiers } = await openRequest(key);
    const subject = createSubject(vault, key.organisationId, identifiers);
    for (const step of await inOrganisation(key, (trx) => readSteps(trx, key))) {
      const readBack = await storeNamed(stores, step.store).verify(subject, step.plan, new Set(step.pending));
      await inOrganisation(key, (trx) => setStepReadBack(trx, key, step.store, readBack));
    }
    await advance(key, 'survivors-moved', 'scanned');
  };

  /** scanned → key-destroyed: what is left of the erased in WAL, backups and on disks is noise from here on. */
  const destroyKey = async (key: ErasureKey): Promise<void> => {
    const { organisationId, erasureId } = key;
    const epoch = await epochOf(key);
    const left = await inOrganisation(key, (trx) => countOfEpoch(trx, organisationId, epoch, erasureId));
    if (left > 0) {
      await advance(key, 'scanned', 'stores-erased');
      return;
    }
    const steps = await inOrganisation(key, (trx) => readSteps(trx, key));
    const recordIds = steps.flatMap(({ plan, pending }) =>
      plan
        .filter(
          ({ action, recordId }) =>
            (action === 'destroy' || action === 'redact') && !pending.includes(recordId),
        )
        .map(({ recordId }) => recordId),
    );
    faultPoint('before-destruction');
    const at = new Date(clock.now()).toISOString();
    const proof = await keystore.destroy(organisationId, { epoch, erasureId, recordIds, at });
    faultPoint('after-destruction');
    await vault.refresh(organisationId);
    await inOrganisation(key, async (trx) => {
      await setKeyEvidence(trx, key, { method: proof.method, readBack: proof.readBack, confirmedBy: [] });
      await notifyKeys(trx, organisationId);
      await advanceErasure(trx, key, 'scanned', 'key-destroyed');
    });
  };

  /** key-destroyed → verified: the request itself no longer opens, and no process has the key in memory. */
  const readKeys = async (key: ErasureKey): Promise<Waiting | undefined> => {
    const { organisationId, erasureId } = key;
    const generation = await keystore.generation();
    const holders = await inOrganisation(key, (trx) => epochHolders(trx, organisationId));
    const alive = holders.filter(({ seenAt }) => clock.now() - seenAt.getTime() < 60_000);
    const late = alive.find((holder) => holder.generation !== generation);
    if (late !== undefined)
      return { waitingFor: `${late.holderId} has not confirmed yet that it forgot the old key` };
    const stillOpens = await openRequest(key).then(
      () => true,
      (error: unknown) => !isUnreadable(error),
    );
    if (stillOpens)
      throw new KulningError({
        code: 'erasure.key_alive',
        status: 500,
        message: 'A record under the destroyed key still opens.',
        hint: 'Stop Kulning, look whether the key folder is a copy that is synchronised back, and start again.',
      });
    await inOrganisation(key, async (trx) => {
      const evidence = await keyEvidenceOf(trx, key);
      await setKeyEvidence(trx, key, { ...evidence, confirmedBy: alive.map(({ holderId }) => holderId) });
      await deleteRecords(trx, organisationId, [erasureId]);
      await advanceErasure(trx, key, 'key-destroyed', 'verified');
    });
  };

  const epochOf = async (key: ErasureKey): Promise<number> => (await erasureRow(database, key)).epoch ?? 0;

  return { rotate, awaitRelease, eraseStores, moveSurvivors, readStores, destroyKey, readKeys };
}

export type ErasureSteps = ReturnType<typeof createErasureSteps>;

async function erasureRow(database: Database<PrivacyTables>, key: ErasureKey): Promise<ErasureRow> {
  const row = await database.inOrganisation(key.organisationId, (trx) => readErasure(trx, key));
  if (row === undefined)
    throw new KulningError({ code: 'erasure.not_found', status: 404, message: 'There is no such erasure.' });
  return row;
}

async function keyEvidenceOf(trx: PrivacyTransaction, key: ErasureKey): Promise<KeyEvidence> {
  const evidence = (await readErasure(trx, key))?.key_evidence;
  if (!evidence) throw new TypeError('a destroyed key has its evidence');
  return evidence;
}

function storeNamed(stores: readonly PrivacyStore[], name: string): PrivacyStore {
  const store = stores.find((candidate) => candidate.name === name);
  if (store !== undefined) return store;
  throw new KulningError({
    code: 'erasure.store_missing',
    status: 500,
    message: `The erasure covers the store ${name}, and this process has none of that name.`,
    hint: 'Finish open erasures before a feature is taken out.',
  });
}

function isUnreadable(error: unknown): boolean {
  return error instanceof KulningError && error.code === 'vault.key_destroyed';
}

function lostRequest(): KulningError {
  return new KulningError({
    code: 'erasure.request_lost',
    status: 500,
    message: 'The request of this erasure is not in the vault any more, so it cannot go on.',
    hint: 'A backup from before the request may have been restored. Ask for the erasure again.',
  });
}
