-- What organisations want done with the content of their calls: guardrails, prompt templates, cached answers. Texts of
-- templates and answers lie in the vault; what is here says nothing about a person.

insert into kulning.control_version (part, version, changed_at) values ('content', 0, now());

-- Rules by detector. Of the organisation itself, or of one of its keys, which then tighten the organisation's.
create table kulning.guard_rules (
  organisation_id text not null,
  scope_id text not null,
  rules jsonb not null,
  changed_at timestamptz not null,
  constraint guard_rules_pkey primary key (organisation_id, scope_id)
);
select kulning.protect_tenant_table('kulning.guard_rules');

create table kulning.prompt (
  row_id bigint generated always as identity constraint prompt_pkey primary key,
  organisation_id text not null,
  id text not null constraint prompt_id_key unique,
  -- how its authors call it; no data of persons belongs here
  name text not null,
  created_at timestamptz not null,
  constraint prompt_name_key unique (organisation_id, name)
);
select kulning.protect_tenant_table('kulning.prompt');

-- Never changed. Lives exactly as long as its text: the vault record of the same id.
create table kulning.prompt_version (
  organisation_id text not null,
  prompt_id text not null,
  version integer not null constraint prompt_version_number_check check (version > 0),
  record_id text not null,
  -- a keyed digest of the text: equal for equal texts of one organisation, and nothing can be guessed from it
  digest text not null,
  created_at timestamptz not null,
  constraint prompt_version_pkey primary key (organisation_id, prompt_id, version),
  constraint prompt_version_prompt_fkey foreign key (prompt_id) references kulning.prompt (id) on delete cascade,
  constraint prompt_version_record_fkey foreign key (organisation_id, record_id)
    references kulning.vault_record (organisation_id, id) on delete cascade
);
select kulning.protect_tenant_table('kulning.prompt_version');

-- Names that are moved from version to version; `latest` is no row.
create table kulning.prompt_label (
  organisation_id text not null,
  prompt_id text not null,
  label text not null,
  version integer not null,
  constraint prompt_label_pkey primary key (organisation_id, prompt_id, label),
  constraint prompt_label_version_fkey foreign key (organisation_id, prompt_id, version)
    references kulning.prompt_version (organisation_id, prompt_id, version) on delete cascade
);
select kulning.protect_tenant_table('kulning.prompt_label');

create table kulning.cache_setting (
  organisation_id text not null constraint cache_setting_pkey primary key,
  enabled boolean not null,
  ttl_seconds integer not null constraint cache_setting_ttl_check check (ttl_seconds between 1 and 2592000),
  max_bytes bigint not null constraint cache_setting_bytes_check check (max_bytes between 65536 and 1073741824),
  -- answers to questions that do not ask for determinism, and such with tool calls
  any_temperature boolean not null,
  tool_calls boolean not null,
  -- counts up when the cache is emptied: what was kept before is not found any more
  generation integer not null,
  changed_at timestamptz not null
);
select kulning.protect_tenant_table('kulning.cache_setting');

-- Lives exactly as long as its answer: the vault record of the same id.
create table kulning.cache_entry (
  row_id bigint generated always as identity constraint cache_entry_pkey primary key,
  organisation_id text not null,
  id text not null,
  -- keyed hash of all that the answer depends on
  key text not null,
  bytes integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint cache_entry_key_key unique (organisation_id, key),
  constraint cache_entry_record_fkey foreign key (organisation_id, id)
    references kulning.vault_record (organisation_id, id) on delete cascade
);
select kulning.protect_tenant_table('kulning.cache_entry');

-- What was done with the content of a call: template, guardrails and cache, as names, counts and digests.
alter table kulning.call add column handling jsonb;
