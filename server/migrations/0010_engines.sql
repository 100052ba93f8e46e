-- What an engine said it can do when it was last ready: placement refuses what it cannot, the gateway translates by it.
alter table kulning.engine_state add column capabilities jsonb;

-- llama-server: a binary of the operator's, supervised on this machine.
alter table kulning.deployment drop constraint deployment_engine_check;
alter table kulning.deployment add constraint deployment_engine_check
  check (engine_kind in ('llama', 'llama-server', 'openai-http', 'scripted'));

-- A model file on its way here. What has arrived is the length of its part file in KULNING_HOME/models, not a column:
-- a crash can then never leave the two apart.
create table kulning.model_pull (
  row_id bigint generated always as identity constraint model_pull_pkey primary key,
  id text not null constraint model_pull_id_key unique,
  -- Without user, password and query.
  url text not null,
  -- What the model shall be once it is here, in the shape of the contract's addition.
  addition jsonb not null,
  -- Key for the host, sealed; never in clear. Gone when the pull has ended.
  sealed_key text,
  phase text not null constraint model_pull_phase_check
    check (phase in ('waiting', 'running', 'checking', 'done', 'failed', 'cancelled')),
  -- Of the file that the part is a beginning of: another one means starting over.
  validator text,
  total_bytes bigint constraint model_pull_total_check check (total_bytes > 0),
  digest text constraint model_pull_digest_check check (digest ~ '^sha256:[0-9a-f]{64}$'),
  model_id text constraint model_pull_model_fkey references kulning.model (id),
  -- Code, message and hint of why it failed.
  problem jsonb,
  created_at timestamptz not null,
  ended_at timestamptz
);
select kulning.grant_instance_table('kulning.model_pull', 'app', 'select, insert, update');
