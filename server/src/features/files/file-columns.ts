import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

/** A file's name and content are vault records of the store `files`. */
export const columns: ColumnDeclarations = {
  'kulning.file': { identifier: ['organisation_id', 'id', 'key_id'], metadata: ['purpose', 'data_class'] },
};
