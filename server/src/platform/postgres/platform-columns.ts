import type { ColumnDeclarations } from '../vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.migration': { identifier: ['sha256'], metadata: ['name', 'release'] },
  'kulning.control_version': { metadata: ['part'] },
};
