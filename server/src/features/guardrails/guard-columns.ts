import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.guard_rules': { identifier: ['organisation_id', 'scope_id'], metadata: ['rules'] },
};
