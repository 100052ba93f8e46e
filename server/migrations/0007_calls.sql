-- Calls as gateways record them, and how far each gateway's journal has been moved here.

create table kulning.call (
  row_id bigint generated always as identity constraint call_pkey primary key,
  id text not null constraint call_id_key unique,
  organisation_id text not null,
  at timestamptz not null,
  ended_at timestamptz not null,
  outcome text not null constraint call_outcome_check
    check (outcome in ('answered', 'refused', 'failed', 'cancelled', 'interrupted')),
  -- what the caller saw; null if it saw nothing
  status integer,
  reason text,
  key_id text,
  model text not null,
  streamed boolean not null,
  -- null: unclassified
  data_class text constraint call_data_class_check check (data_class in ('public', 'internal', 'personal', 'special')),
  purpose text not null,
  site_id text,
  deployment_id text,
  model_version text,
  model_digest text,
  simulated boolean not null,
  policy_hash text not null,
  facts_hash text not null,
  rules text[] not null,
  -- the question and the per-call inputs of the decision: with facts and policy it replays bit for bit
  request jsonb not null,
  inputs jsonb not null,
  input_tokens bigint,
  output_tokens bigint,
  energy jsonb not null,
  carbon jsonb not null,
  first_byte_us bigint,
  total_us bigint,
  overhead_us bigint,
  content_kept boolean not null
);
create index call_organisation_idx on kulning.call (organisation_id, row_id desc);
create index call_usage_idx on kulning.call (organisation_id, at);
select kulning.protect_tenant_table('kulning.call');

-- The last frame of each journal that is here. Moves in the transaction of the frames.
create table kulning.spool_offset (
  process_id text not null constraint spool_offset_pkey primary key,
  sequence bigint not null,
  moved_at timestamptz not null
);
select kulning.grant_instance_table('kulning.spool_offset', 'app', 'select, insert, update, delete');

-- Calls that began and have not ended; the journal's frame as it came. When their process is gone they were interrupted.
create table kulning.call_begun (
  id text not null constraint call_begun_pkey primary key,
  organisation_id text not null,
  process_id text not null,
  intent jsonb not null
);
create index call_begun_process_idx on kulning.call_begun (process_id);
select kulning.protect_tenant_table('kulning.call_begun');
