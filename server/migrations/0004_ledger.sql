-- The ledger: what waits to be sequenced, the logs with their entries, hashes and signed heads, and who cosigns them.

-- One log for each quarter; its origin names it everywhere (C2SP tlog-checkpoint).
create table kulning.ledger_log (
  id bigint generated always as identity constraint ledger_log_pkey primary key,
  origin text not null constraint ledger_log_origin_key unique,
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- Left behind by a restore: it may have gone on elsewhere, so its head here is shown to no witness.
  abandoned boolean not null default false,
  -- Turns organisations into pseudonyms. Deleted with the log, which makes them untraceable.
  pseudonym_secret bytea not null constraint ledger_log_secret_check check (length(pseudonym_secret) = 32)
);
create unique index ledger_log_open_key on kulning.ledger_log ((true)) where closed_at is null;

-- Written in the transaction of what happened; emptied by the sequencer.
create table kulning.ledger_outbox (
  id bigint generated always as identity constraint ledger_outbox_pkey primary key,
  event_id text constraint ledger_outbox_event_key unique,
  -- null: an event of the instance
  organisation_id text,
  -- what the leaf says, for lists; the leaf alone is proven
  kind text not null,
  -- ISO 8601 UTC, which sorts as text
  at text collate "C" not null,
  leaf bytea not null constraint ledger_outbox_leaf_check check (length(leaf) between 1 and 65535),
  created_at timestamptz not null default now()
);

create table kulning.ledger_entry (
  log_id bigint not null constraint ledger_entry_log_fkey references kulning.ledger_log (id),
  index bigint not null constraint ledger_entry_index_check check (index >= 0),
  -- The last word on doubles: an event is in one log at one place.
  event_id text constraint ledger_entry_event_key unique,
  organisation_id text,
  kind text not null,
  at text collate "C" not null,
  leaf bytea not null,
  constraint ledger_entry_pkey primary key (log_id, index)
);
create index ledger_entry_time_idx on kulning.ledger_entry (organisation_id, at desc, event_id desc);

-- C2SP tlog-tiles. A partial tile grows in place: every earlier width is a prefix of it.
create table kulning.ledger_tile (
  log_id bigint not null constraint ledger_tile_log_fkey references kulning.ledger_log (id),
  level smallint not null constraint ledger_tile_level_check check (level between 0 and 63),
  index bigint not null,
  hashes bytea not null constraint ledger_tile_width_check
    check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  constraint ledger_tile_pkey primary key (log_id, level, index)
);
-- Hashes do not compress.
alter table kulning.ledger_tile alter column hashes set storage external;

create table kulning.ledger_checkpoint (
  log_id bigint not null constraint ledger_checkpoint_log_fkey references kulning.ledger_log (id),
  size bigint not null,
  -- C2SP signed note with the log's own signatures
  note text not null,
  signed_at timestamptz not null,
  constraint ledger_checkpoint_pkey primary key (log_id, size)
);

-- A party outside the administrator's control, and how far it has come.
create table kulning.witness (
  name text not null constraint witness_pkey primary key,
  url text not null,
  vkeys text[] not null,
  state text not null default 'new' constraint witness_state_check
    check (state in ('new', 'cosigning', 'unreachable', 'refusing', 'ahead', 'inconsistent')),
  detail text,
  added_at timestamptz not null
);

create table kulning.ledger_cosignature (
  log_id bigint not null,
  size bigint not null,
  witness_name text not null,
  -- C2SP signature lines, each with its newline, and the keys that made them
  lines text not null,
  vkeys text[] not null,
  cosigned_at timestamptz not null,
  constraint ledger_cosignature_pkey primary key (log_id, size, witness_name),
  constraint ledger_cosignature_checkpoint_fkey
    foreign key (log_id, size) references kulning.ledger_checkpoint (log_id, size) on delete cascade
);

select kulning.grant_instance_table('kulning.ledger_log', 'app', 'select');
select kulning.grant_instance_table('kulning.ledger_tile', 'app', 'select');
select kulning.grant_instance_table('kulning.ledger_checkpoint', 'app', 'select');
select kulning.grant_instance_table('kulning.ledger_cosignature', 'app', 'select');
select kulning.grant_instance_table('kulning.witness', 'app', 'select, insert, update, delete');

-- The app role adds events and reads entries: those of its organisation, and those of the instance, which all may see.
do $$
declare
  target text;
begin
  foreach target in array array['kulning.ledger_outbox', 'kulning.ledger_entry'] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
      'create policy tenant on %s to kulning_app, kulning_migrator using (%2$s) with check (%2$s)', target,
      '(organisation_id is null or organisation_id = (select kulning.current_organisation()) or (select kulning.in_instance()))');
  end loop;
end $$;
grant select, insert on kulning.ledger_outbox to kulning_app;
grant select on kulning.ledger_entry to kulning_app;

-- The sequencer never changes or deletes an entry.
select kulning.grant_instance_table('kulning.ledger_outbox', 'sequencer', 'select, delete');
select kulning.grant_instance_table('kulning.ledger_log', 'sequencer', 'select, insert, update');
select kulning.grant_instance_table('kulning.ledger_entry', 'sequencer', 'select, insert');
select kulning.grant_instance_table('kulning.ledger_tile', 'sequencer', 'select, insert, update');
select kulning.grant_instance_table('kulning.ledger_checkpoint', 'sequencer', 'select, insert, delete');
select kulning.grant_instance_table('kulning.ledger_cosignature', 'sequencer', 'select, insert');
select kulning.grant_instance_table('kulning.witness', 'sequencer', 'select, update');

create function kulning.wake_sequencer() returns trigger
language plpgsql as $$
begin
  perform pg_notify('kulning_outbox', '');
  return null;
end $$;
create trigger ledger_outbox_wake after insert on kulning.ledger_outbox
  for each statement execute function kulning.wake_sequencer();
