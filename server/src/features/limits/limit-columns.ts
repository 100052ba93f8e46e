import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.team': { identifier: ['id', 'organisation_id'], metadata: ['name'] },
  'kulning.team_member': { identifier: ['team_id', 'organisation_id', 'user_id'] },
  'kulning.team_key': { identifier: ['key_id', 'organisation_id', 'team_id'] },
  'kulning.usage_limit': { identifier: ['organisation_id', 'scope_id'], metadata: ['level'] },
  'kulning.usage_total': { identifier: ['organisation_id', 'scope_id'], metadata: ['level', 'period'] },
  'kulning.quota_process': { identifier: ['process_id'] },
  'kulning.quota_lease': {
    identifier: ['process_id', 'scope_id'],
    metadata: ['level', 'dimension', 'period'],
  },
  'kulning.quota_bucket': { identifier: ['scope_id'], metadata: ['level', 'dimension'] },
  'kulning.price': { identifier: ['id', 'deployment_id'] },
  'kulning.budget_alert': {
    identifier: ['organisation_id', 'scope_id'],
    metadata: ['level', 'dimension', 'period'],
  },
  'kulning.limit_refusal': {
    identifier: ['organisation_id', 'key_id', 'scope_id'],
    metadata: ['level', 'dimension'],
  },
};
