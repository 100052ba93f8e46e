import type { BatchEndpoint, BatchStatus, Language } from '@kulning/sdk';
import type { ColumnType, Generated, JSONColumnType, Selectable, Transaction } from 'kysely';

import type { DataClass } from '../../core/placement/facts.ts';
import type { BatchFault } from './batch-line.ts';

/** Why lines that were not asked yet never will be. */
export type BatchStop = 'cancelled' | 'expired' | 'key_revoked' | 'input_gone';

export type LineState = 'waiting' | 'running' | 'answered' | 'failed' | 'left';

/** As engines counted them. */
export interface BatchUsage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Null until something happens. */
type Later<T> = ColumnType<T | null, undefined, T | null>;

export interface BatchTable {
  row_id: Generated<bigint>;
  organisation_id: string;
  id: string;
  key_id: string;
  data_class: DataClass | null;
  purpose: string;
  language: Language;
  endpoint: BatchEndpoint;
  input_file_id: string;
  completion_window: string;
  output_seconds: number | null;
  state: BatchStatus;
  stop: Later<BatchStop>;
  faults: JSONColumnType<BatchFault[], string | undefined>;
  epoch: Generated<number>;
  lease_until: Later<Date>;
  created_at: Date;
  expires_at: Date;
  in_progress_at: Later<Date>;
  cancelling_at: Later<Date>;
  finalizing_at: Later<Date>;
  ended_at: Later<Date>;
  total: Later<number>;
  answered: Later<number>;
  failed: Later<number>;
  usage: ColumnType<BatchUsage | null, undefined, string | null>;
  output_file_id: Later<string>;
  error_file_id: Later<string>;
}

interface BatchLineTable {
  organisation_id: string;
  batch_id: string;
  line: number;
  state: LineState;
  not_before: Later<Date>;
  attempts: Generated<number>;
  epoch: Generated<number>;
  lease_until: Later<Date>;
  call_id: Later<string>;
  tokens: Later<number[]>;
}

/** Tables of this slice (0011_batches.sql). */
export interface BatchTables {
  'kulning.batch': BatchTable;
  'kulning.batch_line': BatchLineTable;
}

export type BatchRow = Selectable<BatchTable>;
export type BatchTransaction = Transaction<BatchTables>;
