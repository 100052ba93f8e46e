import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

const ids = [
  'id',
  'organisation_id',
  'key_id',
  'site_id',
  'deployment_id',
  'policy_hash',
  'facts_hash',
  'rules',
  'price_id',
  'team_id',
  'agency_id',
];
const names = ['model', 'model_version', 'model_digest'];

export const columns: ColumnDeclarations = {
  'kulning.call': {
    identifier: ids.concat(names),
    metadata: [
      'outcome',
      'reason',
      'data_class',
      'purpose',
      'request',
      'inputs',
      'energy',
      'carbon',
      'handling',
    ],
  },
  'kulning.spool_offset': { identifier: ['process_id'] },
  // The sealed record of a call that still runs, as the journal has it; blind indexes, no identifier in clear.
  'kulning.call_begun': {
    identifier: ['id', 'organisation_id', 'process_id'],
    content: { calls: ['intent'] },
  },
};
