import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

/** Facts and rules that decisions replay from: sites, deployments, policy. */
export const columns: ColumnDeclarations = {
  'kulning.facts_piece': { identifier: ['digest'], metadata: ['body'] },
  'kulning.facts_snapshot': { identifier: ['digest'], metadata: ['deployments', 'sites', 'weights'] },
  'kulning.policy_set': { identifier: ['hash'], metadata: ['text'] },
  'kulning.policy_activation': { identifier: ['policy_hash'] },
};
