-- Limits, the leases by which gateways share them, what was spent, prices, and alerts.

insert into kulning.control_version (part, version, changed_at) values ('limits', 0, now());

-- A team is a group of members and keys inside an organisation. A key is in one team at most.
create table kulning.team (
  row_id bigint generated always as identity constraint team_pkey primary key,
  id text not null constraint team_id_key unique,
  organisation_id text not null constraint team_organisation_fkey references kulning.organisation (id),
  name text not null,
  created_at timestamptz not null,
  constraint team_name_key unique (organisation_id, name)
);
select kulning.protect_tenant_table('kulning.team');

create table kulning.team_member (
  team_id text not null constraint team_member_team_fkey references kulning.team (id) on delete cascade,
  organisation_id text not null,
  user_id text not null constraint team_member_user_fkey references kulning.app_user (id) on delete cascade,
  constraint team_member_pkey primary key (team_id, user_id)
);
select kulning.protect_tenant_table('kulning.team_member');

create table kulning.team_key (
  key_id text not null constraint team_key_pkey primary key
    constraint team_key_key_fkey references kulning.api_key (id) on delete cascade,
  organisation_id text not null,
  team_id text not null constraint team_key_team_fkey references kulning.team (id) on delete cascade
);
create index team_key_team_idx on kulning.team_key (team_id);
select kulning.protect_tenant_table('kulning.team_key');

-- What a scope may use; null is unlimited. `organisation_id` is whose the scope is: of a key, its organisation.
create table kulning.usage_limit (
  organisation_id text not null,
  level text not null constraint usage_limit_level_check check (level in ('key', 'team', 'organisation', 'agency')),
  scope_id text not null,
  requests_per_minute bigint constraint usage_limit_requests_check check (requests_per_minute >= 0),
  tokens_per_minute bigint constraint usage_limit_tokens_check check (tokens_per_minute >= 0),
  concurrent_calls bigint constraint usage_limit_concurrent_check check (concurrent_calls >= 0),
  nano_eur_per_day bigint constraint usage_limit_day_check check (nano_eur_per_day >= 0),
  nano_eur_per_month bigint constraint usage_limit_month_check check (nano_eur_per_month >= 0),
  micrograms_co2_per_month bigint constraint usage_limit_carbon_check check (micrograms_co2_per_month >= 0),
  changed_at timestamptz not null,
  constraint usage_limit_pkey primary key (level, scope_id)
);
create index usage_limit_organisation_idx on kulning.usage_limit (organisation_id);
select kulning.protect_tenant_table('kulning.usage_limit');

-- What each scope has used, by UTC day and by month. Moves in the transaction that records the calls, so it is their
-- sum, once. `nano_eur` and `micrograms_co2` are what counts against budgets: where a figure is unknown, what had been
-- reserved for the call; `unpriced_calls` says how often that was.
create table kulning.usage_total (
  organisation_id text not null,
  level text not null,
  scope_id text not null,
  period text not null,
  calls bigint not null,
  unpriced_calls bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  nano_eur bigint not null,
  micrograms_co2 bigint not null,
  constraint usage_total_pkey primary key (level, scope_id, period)
);
create index usage_total_organisation_idx on kulning.usage_total (organisation_id);
select kulning.protect_tenant_table('kulning.usage_total');

-- Gateways that hold leases. One that is silent is taken for dead, and its leases go with it.
create table kulning.quota_process (
  process_id text not null constraint quota_process_pkey primary key,
  heard_at timestamptz not null
);
select kulning.grant_instance_table('kulning.quota_process', 'app', 'select, insert, update, delete');

-- What a process took of a budget or of slots. `shipped` of it is in usage_total by now; the rest is still leased.
create table kulning.quota_lease (
  process_id text not null constraint quota_lease_process_fkey
    references kulning.quota_process (process_id) on delete cascade,
  level text not null,
  scope_id text not null,
  dimension text not null,
  period text not null,
  taken bigint not null,
  shipped bigint not null default 0,
  constraint quota_lease_pkey primary key (level, scope_id, dimension, period, process_id)
);
create index quota_lease_process_idx on kulning.quota_lease (process_id);
select kulning.grant_instance_table('kulning.quota_lease', 'app', 'select, insert, update, delete');

-- Of a rate: what was left at a moment. It refills with time, so what a dead process had leased needs no return.
create table kulning.quota_bucket (
  level text not null,
  scope_id text not null,
  dimension text not null,
  remaining double precision not null,
  filled_at timestamptz not null,
  constraint quota_bucket_pkey primary key (level, scope_id, dimension)
);
select kulning.grant_instance_table('kulning.quota_bucket', 'app', 'select, insert, update, delete');

-- The price list. A version is never changed: another one with a later beginning takes its place.
create table kulning.price (
  row_id bigint generated always as identity constraint price_pkey primary key,
  id text not null constraint price_id_key unique,
  deployment_id text not null,
  micro_eur_per_million_input bigint not null constraint price_input_check check (micro_eur_per_million_input >= 0),
  micro_eur_per_million_output bigint not null constraint price_output_check check (micro_eur_per_million_output >= 0),
  nano_eur_per_call bigint not null constraint price_call_check check (nano_eur_per_call >= 0),
  valid_from timestamptz not null,
  created_at timestamptz not null
);
create index price_deployment_idx on kulning.price (deployment_id, valid_from);
select kulning.grant_instance_table('kulning.price', 'app', 'select, insert');

-- A budget that reached a part of itself: once in each period.
create table kulning.budget_alert (
  row_id bigint generated always as identity constraint budget_alert_pkey primary key,
  organisation_id text not null,
  level text not null,
  scope_id text not null,
  dimension text not null,
  period text not null,
  percent integer not null constraint budget_alert_percent_check check (percent in (50, 80, 100)),
  used bigint not null,
  budget bigint not null,
  at timestamptz not null,
  constraint budget_alert_key unique (level, scope_id, dimension, period, percent)
);
create index budget_alert_organisation_idx on kulning.budget_alert (organisation_id, row_id desc);
select kulning.protect_tenant_table('kulning.budget_alert');

-- Calls that a limit refused, counted by hour. A refusal by limit sends nothing anywhere and decides nothing about
-- data; one record for each would let whoever is refused fill ledger and disk at will. So the first of an hour for
-- each key and limit is in the ledger, and all of them are counted here.
create table kulning.limit_refusal (
  organisation_id text not null,
  key_id text not null,
  level text not null,
  scope_id text not null,
  dimension text not null,
  hour timestamptz not null,
  calls bigint not null,
  constraint limit_refusal_pkey primary key (key_id, level, scope_id, dimension, hour)
);
create index limit_refusal_organisation_idx on kulning.limit_refusal (organisation_id, hour desc);
select kulning.protect_tenant_table('kulning.limit_refusal');

-- What a call cost, by which price, and for whom else it counts. Null cost is unknown, never zero.
alter table kulning.call
  add column nano_eur bigint,
  add column price_id text,
  add column team_id text,
  add column agency_id text;
