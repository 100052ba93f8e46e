-- What every other migration stands on: who may see which rows, and how a change of control data is told.
-- Roles are made before the first migration (platform/postgres/database-roles.ts); everything here belongs to kulning_migrator.

grant usage on schema kulning to kulning_app, kulning_sequencer;
grant select on kulning.migration to kulning_app, kulning_sequencer;

-- The scope of a transaction. Both are set with `set_config(…, true)`, so they end with it.
create function kulning.current_organisation() returns text
language sql stable parallel safe
return nullif(current_setting('kulning.organisation', true), '');

create function kulning.in_instance() returns boolean
language sql stable parallel safe
return coalesce(current_setting('kulning.instance', true) = 'on', false);

-- A table whose rows belong to organisations: it has `organisation_id text not null`. The app role sees the rows of the
-- organisation it acts in, or all in instance scope; so does the owner (forced), for backups and data migrations.
create function kulning.protect_tenant_table(target regclass) returns void
language plpgsql as $$
declare
  -- Sub-selects, so that the planner evaluates the scope once a query and not once a row.
  visible constant text := '(organisation_id = (select kulning.current_organisation()) or (select kulning.in_instance()))';
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s to kulning_app, kulning_migrator using %s with check %s', target, visible, visible);
  execute format('grant select, insert, update, delete on %s to kulning_app', target);
end $$;

-- A table of the whole instance, or a role that works across organisations on a tenant's table (the sequencer's outbox).
-- `grantee` is app or sequencer; `privileges` a list such as 'select, insert'.
create function kulning.grant_instance_table(target regclass, grantee text, privileges text) returns void
language plpgsql as $$
declare
  protected constant boolean := (select relrowsecurity from pg_class where oid = target);
begin
  if grantee not in ('app', 'sequencer') then
    raise exception 'there is no role %; roles are app and sequencer', grantee;
  end if;
  if privileges !~ '^(select|insert|update|delete)(, (select|insert|update|delete))*$' then
    raise exception 'privileges must be a list of select, insert, update, delete: %', privileges;
  end if;
  if protected and grantee = 'app' then
    raise exception '% belongs to organisations: the app role gets it by protect_tenant_table alone', target;
  end if;
  execute format('grant %s on %s to kulning_%s', privileges, target, grantee);
  if protected then
    execute format('create policy %I on %s to kulning_%s using (true) with check (true)', grantee || '_instance', target, grantee);
  end if;
end $$;

revoke execute on function kulning.protect_tenant_table(regclass) from public;
revoke execute on function kulning.grant_instance_table(regclass, text, text) from public;

-- Versions of what gateways hold in their snapshots.
create table kulning.control_version (
  part text not null constraint control_version_pkey primary key,
  version bigint not null,
  changed_at timestamptz not null
);
insert into kulning.control_version (part, version, changed_at)
select part, 0, now() from unnest(array['keys', 'sites', 'models', 'policy', 'organisations']) as part;
select kulning.grant_instance_table('kulning.control_version', 'app', 'select, update');

-- Called in the transaction that changed the part. The row lock makes version order and commit order the same.
create function kulning.bump(changed_part text) returns bigint
language plpgsql as $$
declare
  next_version bigint;
begin
  update kulning.control_version set version = version + 1, changed_at = clock_timestamp()
  where part = changed_part returning version into next_version;
  if next_version is null then
    raise exception 'there is no control part %', changed_part;
  end if;
  perform pg_notify('kulning_control', changed_part || ' ' || next_version);
  return next_version;
end $$;
