import type { ColumnType, Generated, Transaction } from 'kysely';

import type { ScoreWeights } from '../../core/placement/facts.ts';

type Time = ColumnType<Date, Date, never>;

export interface PlacementTables {
  'kulning.policy_set': { hash: string; text: string; created_at: Time };
  'kulning.policy_activation': { row_id: Generated<bigint>; policy_hash: string; activated_at: Time };
  'kulning.facts_piece': { digest: string; body: string };
  'kulning.facts_snapshot': {
    digest: string;
    sites: string[];
    deployments: string[];
    weights: ColumnType<ScoreWeights, string, never>;
    created_at: Time;
  };
}

export type PlacementTransaction = Transaction<PlacementTables>;
