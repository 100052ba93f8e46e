import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

/** Facts about buildings and companies. */
export const columns: ColumnDeclarations = {
  'kulning.site': { identifier: ['id', 'slug'], metadata: ['name', 'origin', 'place'] },
  'kulning.site_fact': {
    identifier: ['site_id'],
    metadata: ['name', 'provenance', 'source', 'tier', 'value'],
  },
};
