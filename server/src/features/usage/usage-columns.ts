import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.usage_hour': {
    identifier: ['organisation_id', 'key_id', 'team_id', 'model', 'deployment_id', 'site_id', 'price_id'],
  },
  'kulning.usage_refusal': {
    identifier: ['organisation_id', 'key_id', 'model', 'rules'],
    metadata: ['reason'],
  },
};
