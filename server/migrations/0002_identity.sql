-- Who may do what: organisations, people, memberships, API keys, sessions, and the claim of the instance.

create table kulning.organisation (
  row_id bigint generated always as identity primary key,
  id text not null constraint organisation_id_key unique,
  parent_id text constraint organisation_parent_fkey references kulning.organisation (id),
  name text not null,
  language text not null constraint organisation_language_check check (language in ('en', 'fr', 'sv')),
  demonstration boolean not null default false,
  revenue_eur numeric,
  -- null keeps no prompt and no answer
  retention_days integer constraint organisation_retention_check check (retention_days > 0),
  created_at timestamptz not null
);
create index organisation_parent_idx on kulning.organisation (parent_id);

create table kulning.app_user (
  row_id bigint generated always as identity primary key,
  id text not null constraint app_user_id_key unique,
  email text not null,
  name text not null,
  language text not null constraint app_user_language_check check (language in ('en', 'fr', 'sv')),
  -- scrypt$N$r$p$salt$hash, base64url
  passphrase text not null,
  failed_logins integer not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null
);
create unique index app_user_email_key on kulning.app_user (lower(email));

create table kulning.membership (
  row_id bigint generated always as identity primary key,
  organisation_id text not null constraint membership_organisation_fkey references kulning.organisation (id),
  user_id text not null constraint membership_user_fkey references kulning.app_user (id),
  role text not null constraint membership_role_check
    check (role in ('owner', 'admin', 'developer', 'operator', 'dpo', 'auditor', 'member')),
  created_at timestamptz not null,
  constraint membership_key unique (organisation_id, user_id)
);
create index membership_user_idx on kulning.membership (user_id);

create table kulning.api_key (
  row_id bigint generated always as identity primary key,
  id text not null constraint api_key_id_key unique,
  organisation_id text not null constraint api_key_organisation_fkey references kulning.organisation (id),
  name text not null,
  -- SHA-256 of the whole key; the key itself is shown once and kept nowhere
  hash bytea not null constraint api_key_hash_key unique,
  prefix text not null,
  scopes text[] not null,
  data_class text constraint api_key_data_class_check
    check (data_class in ('public', 'internal', 'personal', 'special')),
  purpose text not null,
  created_by text,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_key_organisation_idx on kulning.api_key (organisation_id);

create table kulning.session (
  row_id bigint generated always as identity primary key,
  id text not null constraint session_id_key unique,
  user_id text not null constraint session_user_fkey references kulning.app_user (id) on delete cascade,
  organisation_id text not null constraint session_organisation_fkey references kulning.organisation (id),
  hash bytea not null constraint session_hash_key unique,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_user_idx on kulning.session (user_id);

-- One row: this instance.
create table kulning.instance (
  only_row boolean primary key default true constraint instance_only_row_check check (only_row),
  id text not null,
  created_at timestamptz not null,
  -- SHA-256 of the one-time token; null once claimed
  claim_hash bytea,
  claimed_at timestamptz
);

select kulning.protect_tenant_table('kulning.api_key');
select kulning.protect_tenant_table('kulning.membership');
select kulning.protect_tenant_table('kulning.session');
select kulning.grant_instance_table('kulning.app_user', 'app', 'select, insert, update, delete');
select kulning.grant_instance_table('kulning.instance', 'app', 'select, insert, update');

-- An organisation sees itself and its clients.
grant select, insert, update on kulning.organisation to kulning_app;
alter table kulning.organisation enable row level security;
alter table kulning.organisation force row level security;
create policy tenant on kulning.organisation to kulning_app, kulning_migrator
  using (kulning.in_instance() or kulning.current_organisation() in (id, parent_id))
  with check (kulning.in_instance() or kulning.current_organisation() in (id, parent_id));
