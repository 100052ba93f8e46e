import type { ColumnType, Generated } from 'kysely';

import type { LimitDimension, LimitLevel } from '../../core/limits/limit.ts';

/** Read as bigint, written as either. */
type Count = ColumnType<bigint, bigint | number, bigint | number>;
type OptionalCount = ColumnType<bigint | null, bigint | number | null, bigint | number | null>;

export interface UsageLimitTable {
  organisation_id: string;
  level: LimitLevel;
  scope_id: string;
  requests_per_minute: OptionalCount;
  tokens_per_minute: OptionalCount;
  concurrent_calls: OptionalCount;
  nano_eur_per_day: OptionalCount;
  nano_eur_per_month: OptionalCount;
  micrograms_co2_per_month: OptionalCount;
  changed_at: Date;
}

export interface UsageTotalTable {
  organisation_id: string;
  level: LimitLevel;
  scope_id: string;
  period: string;
  calls: Count;
  unpriced_calls: Count;
  input_tokens: Count;
  output_tokens: Count;
  nano_eur: Count;
  micrograms_co2: Count;
}

export interface PriceTable {
  row_id: Generated<bigint>;
  id: string;
  deployment_id: string;
  micro_eur_per_million_input: Count;
  micro_eur_per_million_output: Count;
  nano_eur_per_call: Count;
  valid_from: Date;
  created_at: Date;
}

/** Tables of this slice (0009_limits.sql), and what it reads of others. */
export interface LimitTables {
  'kulning.team': {
    row_id: Generated<bigint>;
    id: string;
    organisation_id: string;
    name: string;
    created_at: Date;
  };
  'kulning.team_member': { team_id: string; organisation_id: string; user_id: string };
  'kulning.team_key': { key_id: string; organisation_id: string; team_id: string };
  'kulning.usage_limit': UsageLimitTable;
  'kulning.usage_total': UsageTotalTable;
  'kulning.quota_process': { process_id: string; heard_at: Date };
  'kulning.quota_lease': {
    process_id: string;
    level: LimitLevel;
    scope_id: string;
    dimension: LimitDimension;
    period: string;
    taken: Count;
    shipped: Count;
  };
  'kulning.quota_bucket': {
    level: LimitLevel;
    scope_id: string;
    dimension: LimitDimension;
    remaining: number;
    filled_at: Date;
  };
  'kulning.price': PriceTable;
  'kulning.budget_alert': {
    row_id: Generated<bigint>;
    organisation_id: string;
    level: LimitLevel;
    scope_id: string;
    dimension: LimitDimension;
    period: string;
    percent: number;
    used: Count;
    budget: Count;
    at: Date;
  };
  'kulning.limit_refusal': {
    organisation_id: string;
    key_id: string;
    level: LimitLevel;
    scope_id: string;
    dimension: LimitDimension;
    hour: Date;
    calls: Count;
  };
  'kulning.organisation': { id: string; parent_id: string | null; name: string; created_at: Date };
  'kulning.api_key': { id: string; organisation_id: string; name: string; revoked_at: Date | null };
  'kulning.deployment': { id: string };
}

/** Where each dimension lies. */
export const columnOf = {
  requestsPerMinute: 'requests_per_minute',
  tokensPerMinute: 'tokens_per_minute',
  concurrentCalls: 'concurrent_calls',
  nanoEurPerDay: 'nano_eur_per_day',
  nanoEurPerMonth: 'nano_eur_per_month',
  microgramsCo2PerMonth: 'micrograms_co2_per_month',
} as const satisfies Record<LimitDimension, keyof UsageLimitTable>;
