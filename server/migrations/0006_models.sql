-- Models, their versions by digest, and where each is served. All of the instance.

create table kulning.model (
  row_id bigint generated always as identity constraint model_pkey primary key,
  id text not null constraint model_id_key unique,
  name text not null constraint model_name_check check (name ~ '^[a-z0-9][a-z0-9._-]{0,79}$'),
  origin text not null constraint model_origin_check check (origin in ('shipped', 'added')),
  created_at timestamptz not null,
  -- The row stays: receipts name its versions, and a shipped model that was removed does not come back by itself.
  removed_at timestamptz
);
create unique index model_name_key on kulning.model (name) where removed_at is null;
select kulning.grant_instance_table('kulning.model', 'app', 'select, insert, update');

create table kulning.model_version (
  row_id bigint generated always as identity constraint model_version_pkey primary key,
  id text not null constraint model_version_id_key unique,
  model_id text not null constraint model_version_model_fkey references kulning.model (id),
  -- null: a remote server does not show its weights
  digest text constraint model_version_digest_check check (digest ~ '^sha256:[0-9a-f]{64}$'),
  format text not null constraint model_version_format_check check (format in ('gguf', 'remote', 'scripted')),
  architecture text,
  parameters bigint constraint model_version_parameters_check check (parameters > 0),
  size_bytes bigint constraint model_version_size_check check (size_bytes > 0),
  context_tokens integer constraint model_version_context_check check (context_tokens > 0),
  licence jsonb not null,
  card jsonb not null,
  created_at timestamptz not null
);
create index model_version_model_idx on kulning.model_version (model_id);
select kulning.grant_instance_table('kulning.model_version', 'app', 'select, insert');

create table kulning.deployment (
  row_id bigint generated always as identity constraint deployment_pkey primary key,
  id text not null constraint deployment_id_key unique,
  model_version_id text not null constraint deployment_version_fkey references kulning.model_version (id),
  site_id text not null constraint deployment_site_fkey references kulning.site (id),
  engine_kind text not null constraint deployment_engine_check check (engine_kind in ('llama', 'openai-http', 'scripted')),
  -- In the shape of the engine's adapter.
  engine_config jsonb not null,
  -- Key of a remote server, sealed; never in clear.
  sealed_key text,
  desired text not null constraint deployment_desired_check check (desired in ('running', 'paused')),
  created_at timestamptz not null,
  constraint deployment_key unique (model_version_id, site_id)
);
create index deployment_site_idx on kulning.deployment (site_id);
select kulning.grant_instance_table('kulning.deployment', 'app', 'select, insert, update, delete');

-- What was last heard of the engine that serves a deployment. Without a row nothing was heard yet.
create table kulning.engine_state (
  deployment_id text not null constraint engine_state_pkey primary key
    constraint engine_state_deployment_fkey references kulning.deployment (id) on delete cascade,
  phase text not null constraint engine_state_phase_check
    check (phase in ('starting', 'ready', 'restarting', 'crash-loop', 'unreachable', 'stopped')),
  reason text,
  restarts integer not null,
  since timestamptz not null
);
select kulning.grant_instance_table('kulning.engine_state', 'app', 'select, insert, update, delete');
