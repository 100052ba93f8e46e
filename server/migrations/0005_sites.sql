-- Sites with what is known about them, the policy, and the facts that decisions were made from. All of the instance.

create table kulning.site (
  row_id bigint generated always as identity constraint site_pkey primary key,
  id text not null constraint site_id_key unique,
  slug text not null constraint site_slug_key unique
    constraint site_slug_check check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null,
  place text not null,
  latitude double precision constraint site_latitude_check check (latitude between -90 and 90),
  longitude double precision constraint site_longitude_check check (longitude between -180 and 180),
  -- This machine stands in for it. Never changes: real and simulated are two sites.
  simulated boolean not null,
  -- The machine that Kulning was started on, before anyone said where it stands.
  unclaimed boolean not null default false,
  origin text not null constraint site_origin_check check (origin in ('starter', 'config', 'api')),
  created_at timestamptz not null
);
select kulning.grant_instance_table('kulning.site', 'app', 'select, insert, update, delete');

-- One row for each thing that was ever said about a site; the current ones have no end. A certification is a row each.
create table kulning.site_fact (
  row_id bigint generated always as identity constraint site_fact_pkey primary key,
  site_id text not null constraint site_fact_site_fkey references kulning.site (id) on delete cascade,
  name text not null constraint site_fact_name_check check (name in (
    'country', 'gridZone', 'operator', 'parent', 'certification', 'opensAt', 'closesAt',
    'powerLimitMw', 'gramsCo2PerKwh', 'eurPerMwh', 'pue', 'roundTripMs')),
  value jsonb not null,
  tier text not null constraint site_fact_tier_check check (tier in ('T0', 'T1', 'T2', 'T3')),
  -- Of figures only.
  provenance text constraint site_fact_provenance_check
    check (provenance in ('measured', 'apportioned', 'modelled', 'declared', 'unknown')),
  source text not null,
  valid_until timestamptz,
  recorded_at timestamptz not null,
  replaced_at timestamptz
);
create unique index site_fact_current_key on kulning.site_fact
  (site_id, name, (case when name = 'certification' then value end)) nulls not distinct where replaced_at is null;
select kulning.grant_instance_table('kulning.site_fact', 'app', 'select, insert, update');

-- A policy by the hash of its Cedar text. Never changed and never deleted: decisions are replayed with it.
create table kulning.policy_set (
  hash text not null constraint policy_set_pkey primary key
    constraint policy_set_hash_check check (hash ~ '^sha256:[0-9a-f]{64}$'),
  text text not null,
  created_at timestamptz not null
);
select kulning.grant_instance_table('kulning.policy_set', 'app', 'select, insert');

-- The last activation is the policy in force.
create table kulning.policy_activation (
  row_id bigint generated always as identity constraint policy_activation_pkey primary key,
  policy_hash text not null constraint policy_activation_policy_fkey references kulning.policy_set (hash),
  activated_at timestamptz not null
);
select kulning.grant_instance_table('kulning.policy_activation', 'app', 'select, insert');

-- What decisions knew of the world, content-addressed: a snapshot names its pieces (one site, one deployment), and
-- snapshots share those that did not change. Kept as long as the ledger. `body` is canonical JSON, so that it hashes
-- to its digest for ever.
create table kulning.facts_piece (
  digest text not null constraint facts_piece_pkey primary key,
  body text not null
);
create table kulning.facts_snapshot (
  digest text not null constraint facts_snapshot_pkey primary key,
  sites text[] not null,
  deployments text[] not null,
  weights jsonb not null,
  created_at timestamptz not null
);
select kulning.grant_instance_table('kulning.facts_piece', 'app', 'select, insert');
select kulning.grant_instance_table('kulning.facts_snapshot', 'app', 'select, insert');
