import type { CallOutcomeName } from '@kulning/sdk';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

import type { CallInputs, DataClass, PlacementRequest } from '../../core/placement/facts.ts';
import type { CallHandling, CallIntent, FigureJson } from '../dispatch/index.ts';

export interface CallTable {
  row_id: Generated<bigint>;
  id: string;
  organisation_id: string;
  at: Date;
  ended_at: Date;
  outcome: CallOutcomeName;
  status: number | null;
  reason: string | null;
  key_id: string | null;
  model: string;
  streamed: boolean;
  data_class: DataClass | null;
  purpose: string;
  site_id: string | null;
  deployment_id: string | null;
  model_version: string | null;
  model_digest: string | null;
  simulated: boolean;
  policy_hash: string;
  facts_hash: string;
  rules: string[];
  request: JSONColumnType<PlacementRequest>;
  inputs: JSONColumnType<CallInputs>;
  input_tokens: bigint | null;
  output_tokens: bigint | null;
  energy: JSONColumnType<FigureJson>;
  carbon: JSONColumnType<FigureJson>;
  first_byte_us: bigint | null;
  total_us: bigint | null;
  overhead_us: bigint | null;
  content_kept: boolean;
  nano_eur: bigint | null;
  price_id: string | null;
  team_id: string | null;
  agency_id: string | null;
  handling: ColumnType<CallHandling | null, string | null, string | null>;
}

/** Tables of this slice (0007_calls.sql). */
export interface CallTables {
  'kulning.call': CallTable;
  'kulning.spool_offset': {
    process_id: string;
    sequence: ColumnType<bigint, bigint | number, bigint | number>;
    moved_at: Date;
  };
  'kulning.call_begun': {
    id: string;
    organisation_id: string;
    process_id: string;
    intent: JSONColumnType<CallIntent>;
  };
}
