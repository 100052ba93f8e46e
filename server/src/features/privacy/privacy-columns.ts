import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.vault_record': {
    identifier: ['organisation_id', 'id', 'blob_digest'],
    metadata: ['store', 'wrapped_key', 'nonce'],
    content: {
      batches: ['ciphertext'],
      calls: ['ciphertext'],
      erasures: ['ciphertext'],
      files: ['ciphertext'],
      sample: ['ciphertext'],
    },
  },
  'kulning.record_subject': {
    identifier: ['organisation_id', 'record_id', 'subject_index'],
    metadata: ['origin', 'strength'],
  },
  'kulning.erasure': {
    identifier: ['organisation_id', 'id', 'requested_by'],
    metadata: [
      'state',
      'waiting_for',
      'subject_commitment',
      'key_evidence',
      'certificate',
      'certificate_salt',
      'ledger_leaf',
    ],
  },
  'kulning.erasure_step': {
    identifier: ['organisation_id', 'erasure_id', 'pending'],
    metadata: ['store', 'plan', 'read_back', 'evidence'],
  },
  'kulning.subject_state': {
    identifier: ['organisation_id', 'subject_index', 'erasure_id'],
    metadata: ['state', 'ground'],
  },
  'kulning.epoch_holder': { identifier: ['holder_id', 'organisation_id'], metadata: ['generation'] },
  'kulning.keystore_binding': { identifier: ['fingerprint'] },
};
