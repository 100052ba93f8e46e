import type { ColumnType, Transaction } from 'kysely';

import type { ErasureState, Localized, PlannedRecord } from '@kulning/sdk';

import type { SubjectLink } from '../../platform/vault/vault.ts';

export interface VaultRecordTable {
  organisation_id: string;
  id: string;
  store: string;
  epoch: number;
  wrapped_key: Buffer;
  nonce: Buffer | null;
  ciphertext: Buffer | null;
  blob_digest: string | null;
  attributed: boolean;
  created_at: Date;
  expires_at: Date | null;
}

interface RecordSubjectTable {
  organisation_id: string;
  record_id: string;
  subject_index: string;
  origin: SubjectLink['origin'];
  strength: SubjectLink['strength'];
}

/** Null until a step of the erasure sets it. */
type Unset<T> = ColumnType<T | null, undefined, T>;

export interface ErasureTable {
  organisation_id: string;
  id: string;
  state: ErasureState;
  epoch: Unset<number>;
  waiting_for: ColumnType<string | null, undefined, string | null>;
  requested_by: string | null;
  requested_at: Date;
  subject_commitment: string;
  key_evidence: ColumnType<KeyEvidence | null, undefined, string>;
  certificate: Unset<string>;
  certificate_salt: Unset<Buffer>;
  ledger_leaf: Unset<Buffer>;
  completed_at: Unset<Date>;
}

/** What the keystore and the processes answered when the epoch's key had died. */
export interface KeyEvidence {
  readonly method: Localized<string>;
  readonly readBack: Localized<string>;
  /** Processes that confirmed to have dropped it from memory. */
  readonly confirmedBy: readonly string[];
}

export interface ErasureStepTable {
  organisation_id: string;
  erasure_id: string;
  store: string;
  plan: ColumnType<PlannedRecord[], string, string>;
  pending: string[];
  erased_at: Unset<Date>;
  read_back: Unset<'gone' | 'unreadable' | 'pending' | 'residual' | 'not-verifiable' | 'found'>;
  evidence: Unset<string>;
}

interface SubjectStateTable {
  organisation_id: string;
  subject_index: string;
  state: 'restricted' | 'erasing';
  ground: string | null;
  erasure_id: string | null;
  since: Date;
}

export interface PrivacyTables {
  'kulning.vault_record': VaultRecordTable;
  'kulning.record_subject': RecordSubjectTable;
  'kulning.erasure': ErasureTable;
  'kulning.erasure_step': ErasureStepTable;
  'kulning.subject_state': SubjectStateTable;
}

export type PrivacyTransaction = Transaction<PrivacyTables>;
