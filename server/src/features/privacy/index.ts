import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import type { BlobStore } from '../../platform/blobs/blob-store.ts';
import type { Route } from '../../platform/http/route.ts';
import type { Keystore } from '../../platform/keystore/keystore.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { StoreName } from '../../platform/vault/store-name.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import { createErasureMachine, type ErasureMachine, type RecordEvent } from './erasure-machine.ts';
import { createErasureViews, type ErasureViews } from './erasure-views.ts';
import { privacyRoutes } from './privacy-routes.ts';
import { type PrivacyStore, registerStores } from './privacy-store.ts';
import { createRequestStore } from './request-store.ts';
import { sweepExpired, sweepOrphanBlobs } from './retention-sweep.ts';
import { createSubjectService, type SubjectService } from './subject-service.ts';

export { createCopiesStore } from './copies-store.ts';
export { certificateWords } from './erasure-words.ts';
export { replayErasures } from './erasure-replay.ts';
export { createFileStore } from './file-store.ts';
export { consequenceForBackups, storeDescriptions } from './privacy-words.ts';
export type { ExportedRecord, FoundRecord, PrivacyStore, ReadBack, Subject } from './privacy-store.ts';
export type { PrivacyTables } from './privacy-tables.ts';
export { createRecordContent, type RecordContent } from './record-content.ts';
export { examineRecord } from './record-examination.ts';
export { createRecordReader, saltIn } from './record-reader.ts';
export { recordStrings, recordText, redactRecord } from './record-redaction.ts';
export { maskOthers } from './subject.ts';
export { beingErased, isRestricted, restrictedSubjects } from './subject-state-store.ts';
export {
  deleteRecords,
  insertVaultRecords,
  type LinkedRow,
  type NewVaultRecord,
  pageOfRecords,
  readVaultRecord,
  replaceContent,
  type VaultRow,
} from './vault-record-store.ts';
export { createVaultStore, openUnlessGone } from './vault-store.ts';

export interface PrivacyOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly keystore: Keystore;
  readonly blobs: BlobStore;
  /** Of every slice, and of files, backups and remote engines; `erasures` is added here. */
  readonly stores: readonly PrivacyStore[];
  /** Stores that must be registered; a missing one is refused at start. */
  readonly required: readonly StoreName[];
  readonly recordEvent: RecordEvent;
  readonly receiptOf: (organisationId: string, eventId: string) => Promise<unknown>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  /** For crash tests: called at named moments. */
  readonly faultPoint?: (name: string) => void;
}

interface PrivacyTask {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

export interface Privacy {
  readonly subjects: SubjectService;
  readonly erasures: ErasureViews;
  readonly machine: ErasureMachine;
  readonly routes: readonly Route[];
  readonly tasks: readonly PrivacyTask[];
}

/** Finding, exporting, restricting and erasing persons over every registered store. */
export function createPrivacy(options: PrivacyOptions): Privacy {
  const stores = registerStores([...options.stores, createRequestStore()], options.required);
  const faultPoint = options.faultPoint ?? (() => undefined);
  const subjects = createSubjectService({ ...options, stores });
  const views = createErasureViews({ ...options, stores });
  const machine = createErasureMachine({ ...options, stores, faultPoint });
  const inBackground = (work: Promise<void>) =>
    void work.catch((error: unknown) => options.log.error('erasure.drive_failed', error));
  return {
    subjects,
    erasures: views,
    machine,
    routes: privacyRoutes({ subjects, views, machine, inBackground }),
    tasks: [
      { name: 'erasures', everyMs: 1_000, run: () => machine.driveAll() },
      { name: 'retention', everyMs: 3_600_000, run: () => sweepExpired(options) },
      { name: 'orphan-blobs', everyMs: 6 * 3_600_000, run: () => sweepOrphanBlobs(options) },
    ],
  };
}
