-- Files that callers uploaded and that batches wrote, and batches of calls. Content, names of files, metadata and results
-- lie in the vault; what is here says nothing about a person.

-- Lives exactly as long as the vault record of the same id, which holds the content: erased, expired or deleted with it.
create table kulning.file (
  row_id bigint generated always as identity constraint file_pkey primary key,
  organisation_id text not null,
  id text not null constraint file_id_key unique,
  purpose text not null constraint file_purpose_check
    check (purpose in ('batch', 'batch_output', 'user_data', 'fine-tune')),
  bytes bigint not null constraint file_bytes_check check (bytes >= 0),
  -- of the key that brought it, tightened by the request: calls made from it carry at least this
  data_class text constraint file_data_class_check
    check (data_class in ('public', 'internal', 'personal', 'special')),
  key_id text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint file_record_fkey foreign key (organisation_id, id)
    references kulning.vault_record (organisation_id, id) on delete cascade
);
create index file_organisation_idx on kulning.file (organisation_id, row_id);
select kulning.protect_tenant_table('kulning.file');

create table kulning.batch (
  row_id bigint generated always as identity constraint batch_pkey primary key,
  organisation_id text not null,
  id text not null constraint batch_id_key unique,
  -- its lines are calls of this key; when it is revoked, they end
  key_id text not null,
  data_class text constraint batch_data_class_check
    check (data_class in ('public', 'internal', 'personal', 'special')),
  purpose text not null,
  language text not null constraint batch_language_check check (language in ('en', 'fr', 'sv')),
  endpoint text not null constraint batch_endpoint_check
    check (endpoint in ('/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses')),
  input_file_id text not null,
  completion_window text not null,
  -- how long output and error file stay; null: as long as any file of a batch
  output_seconds integer,
  state text not null constraint batch_state_check check (state in ('validating', 'in_progress', 'cancelling',
    'finalizing', 'completed', 'failed', 'expired', 'cancelled')),
  -- why lines that were not asked yet never will be
  stop text constraint batch_stop_check check (stop in ('cancelled', 'expired', 'key_revoked', 'input_gone')),
  -- what is wrong with the input: [{"code": …, "line": …, "param": …}]; no content
  faults jsonb not null default '[]',
  -- who validates or finalizes it, until when; each claim counts one up, and what an older one writes is refused
  epoch integer not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  in_progress_at timestamptz,
  cancelling_at timestamptz,
  finalizing_at timestamptz,
  ended_at timestamptz,
  total integer,
  -- of the lines, once it has ended; before that the lines are counted
  answered integer,
  failed integer,
  usage jsonb,
  output_file_id text,
  error_file_id text,
  constraint batch_ended_check
    check ((state in ('completed', 'failed', 'expired', 'cancelled')) = (ended_at is not null))
);
create index batch_organisation_idx on kulning.batch (organisation_id, row_id);
create index batch_open_idx on kulning.batch (row_id) where ended_at is null;
select kulning.protect_tenant_table('kulning.batch');

-- One line of a running batch; gone when its files are written.
create table kulning.batch_line (
  organisation_id text not null,
  batch_id text not null,
  line integer not null,
  state text not null default 'waiting' constraint batch_line_state_check
    check (state in ('waiting', 'running', 'answered', 'failed', 'left')),
  -- limits or engines had no room: not before this
  not_before timestamptz,
  attempts integer not null default 0,
  epoch integer not null default 0,
  lease_until timestamptz,
  -- the call that ended it; its receipt has the same id
  call_id text,
  -- [input, cached, output, reasoning] tokens, as the engine counted them
  tokens integer[],
  constraint batch_line_pkey primary key (organisation_id, batch_id, line),
  constraint batch_line_batch_fkey foreign key (batch_id) references kulning.batch (id) on delete cascade
);
create index batch_line_open_idx on kulning.batch_line (batch_id, line) where state in ('waiting', 'running');
select kulning.protect_tenant_table('kulning.batch_line');
