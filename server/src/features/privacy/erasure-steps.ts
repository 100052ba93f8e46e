import type { ErasureState, RecordDecision } from '@kulning/sdk';
import { KulningError, type Localized } from '@kulning/sdk';

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
import { erasureWords } from './erasure-words.ts';
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
type FaultPoint = (name: string) => void;

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
  readonly waitingFor: Localized<string>;
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
export class ErasureSteps {
  readonly #options: ErasureStepsOptions;
  readonly #database: Database<PrivacyTables>;

  constructor(options: ErasureStepsOptions) {
    this.#options = options;
    this.#database = options.database.withTables<PrivacyTables>();
  }

  /** requested → rotated: new records go under a new epoch. */
  async rotate(key: ErasureKey): Promise<void> {
    await this.#in(key, (trx) => setErasureEpoch(trx, key, this.#options.vault.epoch(key.organisationId)));
    const epoch = await this.#epochOf(key);
    this.#options.faultPoint('epoch-chosen');
    await this.#options.keystore.rotate(key.organisationId, epoch);
    this.#options.faultPoint('epoch-made');
    await this.#options.vault.refresh(key.organisationId);
    await this.#in(key, async (trx) => {
      await notifyKeys(trx, key.organisationId);
      await advanceErasure(trx, key, 'requested', 'rotated');
    });
  }

  /** rotated → released: nobody holds sealed bytes under the old epoch any more. */
  async awaitRelease(key: ErasureKey): Promise<Waiting | undefined> {
    const epoch = await this.#epochOf(key);
    const holders = await this.#in(key, (trx) => epochHolders(trx, key.organisationId));
    const late = holders.find(({ oldestEpoch }) => oldestEpoch <= epoch);
    if (late !== undefined) {
      return {
        waitingFor: erasureWords.holdsOldKey(late.holderId, late.seenAt.toISOString()),
      };
    }
    await this.#advance(key, 'rotated', 'released');
  }

  /** released → stores-erased: plan written down, then done, store by store. */
  async eraseStores(key: ErasureKey): Promise<void> {
    const { identifiers, decisions } = await this.#openRequest(key);
    const subject = createSubject(this.#options.vault, key.organisationId, identifiers);
    for (const store of this.#options.stores) {
      const plan = planErasure(await store.find(subject), decisions);
      await this.#in(key, (trx) => insertStep(trx, key, store.name, plan));
    }
    this.#options.faultPoint('planned');
    for (const step of await this.#in(key, (trx) => readSteps(trx, key))) {
      if (step.erased_at !== null) continue;
      const { pending } = await storeNamed(this.#options.stores, step.store).erase(subject, step.plan);
      this.#options.faultPoint(`erased ${step.store}`);
      await this.#in(key, (trx) =>
        setStepErased(trx, key, step.store, { pending, erasedAt: new Date(this.#options.clock.now()) }),
      );
    }
    await this.#advance(key, 'released', 'stores-erased');
  }

  /** stores-erased → survivors-moved: everybody else's data keys under the new epoch; both stay readable meanwhile. */
  async moveSurvivors(key: ErasureKey): Promise<void> {
    const { organisationId, erasureId } = key;
    const epoch = await this.#epochOf(key);
    for (let after = ''; ;) {
      const last = await this.#in(key, async (trx) => {
        const batch = await lockBatchOfEpoch(trx, {
          organisationId,
          epoch,
          except: erasureId,
          after,
          limit: batchSize,
        });
        const moved = batch.map(({ id, ...wrapped }) => ({
          id,
          ...this.#options.vault.rewrap(organisationId, id, wrapped),
        }));
        await setWrappedKeys(trx, organisationId, moved);
        return batch.length < batchSize ? undefined : batch.at(-1)?.id;
      });
      this.#options.faultPoint('batch-moved');
      if (last === undefined) break;
      after = last;
    }
    const left = await this.#in(key, (trx) => countOfEpoch(trx, organisationId, epoch, erasureId));
    if (left === 0) await this.#advance(key, 'stores-erased', 'survivors-moved');
  }

  /** survivors-moved → scanned: each store is read, while it is still known whom to look for. */
  async readStores(key: ErasureKey): Promise<void> {
    const { identifiers } = await this.#openRequest(key);
    const subject = createSubject(this.#options.vault, key.organisationId, identifiers);
    for (const step of await this.#in(key, (trx) => readSteps(trx, key))) {
      const readBack = await storeNamed(this.#options.stores, step.store).verify(
        subject,
        step.plan,
        new Set(step.pending),
      );
      await this.#in(key, (trx) => setStepReadBack(trx, key, step.store, readBack));
    }
    await this.#advance(key, 'survivors-moved', 'scanned');
  }

  /** scanned → key-destroyed: what is left of the erased in WAL, backups and on disks is noise from here on. */
  async destroyKey(key: ErasureKey): Promise<void> {
    const { organisationId, erasureId } = key;
    const epoch = await this.#epochOf(key);
    const left = await this.#in(key, (trx) => countOfEpoch(trx, organisationId, epoch, erasureId));
    if (left > 0) {
      await this.#advance(key, 'scanned', 'stores-erased');
      return;
    }
    const steps = await this.#in(key, (trx) => readSteps(trx, key));
    const recordIds = steps.flatMap(({ plan, pending }) =>
      plan
        .filter(
          ({ action, recordId }) =>
            (action === 'destroy' || action === 'redact') && !pending.includes(recordId),
        )
        .map(({ recordId }) => recordId),
    );
    this.#options.faultPoint('before-destruction');
    const at = new Date(this.#options.clock.now()).toISOString();
    const proof = await this.#options.keystore.destroy(organisationId, { epoch, erasureId, recordIds, at });
    this.#options.faultPoint('after-destruction');
    await this.#options.vault.refresh(organisationId);
    await this.#in(key, async (trx) => {
      await setKeyEvidence(trx, key, { method: proof.method, readBack: proof.readBack, confirmedBy: [] });
      await notifyKeys(trx, organisationId);
      await advanceErasure(trx, key, 'scanned', 'key-destroyed');
    });
  }

  /** key-destroyed → verified: the request itself no longer opens, and no process has the key in memory. */
  async readKeys(key: ErasureKey): Promise<Waiting | undefined> {
    const { organisationId, erasureId } = key;
    const generation = await this.#options.keystore.generation();
    const holders = await this.#in(key, (trx) => epochHolders(trx, organisationId));
    const alive = holders.filter(({ seenAt }) => this.#options.clock.now() - seenAt.getTime() < 60_000);
    const late = alive.find((holder) => holder.generation !== generation);
    if (late !== undefined) return { waitingFor: erasureWords.notForgotten(late.holderId) };
    const stillOpens = await this.#openRequest(key).then(
      () => true,
      (error: unknown) => !isUnreadable(error),
    );
    if (stillOpens)
      throw new KulningError({
        code: 'erasure.key_alive',
        status: 500,
        text: erasureWords.keyAlive,
      });
    await this.#in(key, async (trx) => {
      const evidence = await keyEvidenceOf(trx, key);
      await setKeyEvidence(trx, key, { ...evidence, confirmedBy: alive.map(({ holderId }) => holderId) });
      await deleteRecords(trx, organisationId, [erasureId]);
      await advanceErasure(trx, key, 'key-destroyed', 'verified');
    });
  }

  /** The request lies in the vault under the epoch that dies: afterwards nobody can read whom it was about. */
  async #openRequest(key: ErasureKey): Promise<ErasureRequest> {
    const row = await this.#in(key, (trx) => readVaultRecord(trx, key.organisationId, key.erasureId));
    if (row === undefined || row.nonce === null || row.ciphertext === null) throw lostRequest();
    const sealed = {
      epoch: row.epoch,
      wrappedKey: row.wrapped_key,
      nonce: row.nonce,
      ciphertext: row.ciphertext,
    };
    return JSON.parse(
      Buffer.from(this.#options.vault.open(key.organisationId, key.erasureId, sealed)).toString(),
    ) as ErasureRequest;
  }

  async #epochOf(key: ErasureKey): Promise<number> {
    return (await erasureRow(this.#database, key)).epoch ?? 0;
  }

  #in<T>(key: ErasureKey, work: (trx: PrivacyTransaction) => Promise<T>): Promise<T> {
    return this.#database.inOrganisation(key.organisationId, work);
  }

  #advance(key: ErasureKey, from: ErasureState, to: ErasureState): Promise<boolean> {
    return this.#in(key, (trx) => advanceErasure(trx, key, from, to));
  }
}

async function erasureRow(database: Database<PrivacyTables>, key: ErasureKey): Promise<ErasureRow> {
  const row = await database.inOrganisation(key.organisationId, (trx) => readErasure(trx, key));
  if (row === undefined)
    throw new KulningError({ code: 'erasure.not_found', status: 404, text: erasureWords.notFound });
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
    text: erasureWords.storeMissing(name),
  });
}

function isUnreadable(error: unknown): boolean {
  return error instanceof KulningError && error.code === 'vault.key_destroyed';
}

function lostRequest(): KulningError {
  return new KulningError({
    code: 'erasure.request_lost',
    status: 500,
    text: erasureWords.requestLost,
  });
}
