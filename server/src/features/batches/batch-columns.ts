import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

/** Metadata of a batch and results of its lines are vault records of the store `batches`. */
export const columns: ColumnDeclarations = {
  'kulning.batch': {
    identifier: ['organisation_id', 'id', 'key_id', 'input_file_id', 'output_file_id', 'error_file_id'],
    metadata: [
      'data_class',
      'purpose',
      'language',
      'endpoint',
      'completion_window',
      'state',
      'stop',
      'faults',
      'usage',
    ],
  },
  'kulning.batch_line': {
    identifier: ['organisation_id', 'batch_id', 'call_id'],
    metadata: ['state'],
  },
};
