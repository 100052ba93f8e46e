import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

export const columns: ColumnDeclarations = {
  'kulning.model': { identifier: ['id'], metadata: ['name', 'origin'] },
  'kulning.model_version': {
    identifier: ['id', 'model_id', 'digest'],
    metadata: ['architecture', 'card', 'format', 'licence'],
  },
  'kulning.deployment': {
    identifier: ['id', 'model_version_id', 'site_id'],
    metadata: ['desired', 'engine_config', 'engine_kind', 'sealed_key'],
  },
  'kulning.model_pull': {
    identifier: ['id', 'model_id', 'digest'],
    metadata: ['addition', 'phase', 'problem', 'sealed_key', 'url', 'validator'],
  },
  'kulning.engine_state': { identifier: ['deployment_id'], metadata: ['capabilities', 'phase', 'reason'] },
};
