import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.prompt': { identifier: ['id', 'organisation_id'], metadata: ['name'] },
  'kulning.prompt_version': { identifier: ['organisation_id', 'prompt_id', 'record_id', 'digest'] },
  'kulning.prompt_label': { identifier: ['organisation_id', 'prompt_id'], metadata: ['label'] },
};
