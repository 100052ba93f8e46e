import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.cache_setting': { identifier: ['organisation_id'] },
  'kulning.cache_entry': { identifier: ['id', 'organisation_id', 'key'] },
};
