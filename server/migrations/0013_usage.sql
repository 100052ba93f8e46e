-- Usage by the hour: sums over calls, kept longer than anyone wants to add calls up.

-- Durations are counted in buckets whose upper limits grow by 2^(1/8) from 16 µs. What is read out of a bucket is at most
-- 4.5 % off, and the counts of any hours, keys and processes add up to those of all.
create function kulning.latency_bucket(us bigint) returns integer
language sql immutable parallel safe
return case when us is null then null when us <= 16 then 1 else 1 + ceil(8 * ln(us / 16.0::double precision) / ln(2.0::double precision))::integer end;

-- How often each bucket is in a list; null stands for what was not timed.
create function kulning.count_buckets(buckets integer[]) returns integer[]
language plpgsql immutable parallel safe as $$
declare
  counts integer[] := array_fill(0, array[coalesce((select max(bucket) from unnest(buckets) as each (bucket)), 0)]);
  bucket integer;
begin
  foreach bucket in array coalesce(buckets, '{}') loop
    if bucket is not null then
      counts[bucket] := counts[bucket] + 1;
    end if;
  end loop;
  return counts;
end $$;

create function kulning.add_counts(counts integer[], more integer[]) returns integer[]
language plpgsql immutable parallel safe as $$
declare
  sums integer[] := counts;
begin
  if cardinality(more) > cardinality(sums) then
    sums := sums || array_fill(0, array[cardinality(more) - cardinality(sums)]);
  end if;
  for bucket in 1 .. cardinality(more) loop
    if more[bucket] > 0 then
      sums[bucket] := sums[bucket] + more[bucket];
    end if;
  end loop;
  return sums;
end $$;

-- Where a figure comes from, as a bit, so that sums can say of how many kinds they are made.
create function kulning.provenance_bit(figure jsonb) returns integer
language sql immutable parallel safe
return case figure ->> 'provenance' when 'measured' then 1 when 'apportioned' then 2 when 'modelled' then 4 when 'declared' then 8 else 0 end;

-- A sum leaves out what is unknown; `…_known` says of how many calls it is. `placed` calls reached an engine, so that
-- their tokens, energy and carbon could be known; `charged` ones count against budgets, so that their cost could be.
create table kulning.usage_hour (
  organisation_id text not null,
  -- UTC, by the moment at which the call was decided.
  hour timestamptz not null,
  key_id text,
  team_id text,
  model text not null,
  deployment_id text,
  site_id text,
  -- The version of the price list.
  price_id text,
  calls bigint not null,
  answered bigint not null,
  refused bigint not null,
  failed bigint not null,
  cancelled bigint not null,
  interrupted bigint not null,
  simulated bigint not null,
  placed bigint not null,
  charged bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  tokens_known bigint not null,
  nano_eur bigint not null,
  eur_known bigint not null,
  watt_hours numeric not null,
  energy_known bigint not null,
  energy_provenance integer not null,
  grams_co2 numeric not null,
  carbon_known bigint not null,
  carbon_provenance integer not null,
  -- Of streams: output tokens, and how long they took from the first byte to the last.
  streamed_tokens bigint not null,
  streaming_us bigint not null,
  latency integer[] not null,
  first_byte integer[] not null,
  overhead integer[] not null,
  constraint usage_hour_key unique nulls not distinct
    (organisation_id, hour, key_id, team_id, model, deployment_id, site_id, price_id)
) with (fillfactor = 60);
create index usage_hour_hour_idx on kulning.usage_hour (hour);
select kulning.protect_tenant_table('kulning.usage_hour');

-- What policy and placement refused, by hour and reason. What limits refused is in limit_refusal.
create table kulning.usage_refusal (
  organisation_id text not null,
  hour timestamptz not null,
  key_id text,
  model text not null,
  reason text not null,
  rules text[] not null,
  calls bigint not null,
  last_at timestamptz not null,
  constraint usage_refusal_key unique nulls not distinct (organisation_id, hour, key_id, model, reason, rules)
);
create index usage_refusal_hour_idx on kulning.usage_refusal (hour);
select kulning.protect_tenant_table('kulning.usage_refusal');

-- Enters calls into the usage of their hours: in the transaction that records them, each once. It is the only definition
-- of that usage. Rows are taken in one order, so that processes wait for each other and never in a circle. Whoever
-- listens on `kulning_calls` hears of which organisations there are calls.
create function kulning.enter_usage(call_row_ids bigint[]) returns void
language plpgsql as $$
begin
  insert into kulning.usage_hour as total
  select organisation_id, date_trunc('hour', at, 'UTC'), key_id, team_id, model, deployment_id, site_id, price_id,
    count(*),
    count(*) filter (where outcome = 'answered'),
    count(*) filter (where outcome = 'refused'),
    count(*) filter (where outcome = 'failed'),
    count(*) filter (where outcome = 'cancelled'),
    count(*) filter (where outcome = 'interrupted'),
    count(*) filter (where simulated),
    count(deployment_id),
    count(agency_id),
    coalesce(sum(input_tokens), 0),
    coalesce(sum(output_tokens), 0),
    count(input_tokens),
    coalesce(sum(nano_eur), 0),
    count(nano_eur),
    coalesce(sum((energy ->> 'value')::numeric), 0),
    count(energy ->> 'value'),
    coalesce(bit_or(kulning.provenance_bit(energy)), 0),
    coalesce(sum((carbon ->> 'value')::numeric), 0),
    count(carbon ->> 'value'),
    coalesce(bit_or(kulning.provenance_bit(carbon)), 0),
    coalesce(sum(output_tokens) filter (where first_byte_us is not null), 0),
    coalesce(sum(total_us - first_byte_us) filter (where output_tokens is not null), 0),
    kulning.count_buckets(array_agg(kulning.latency_bucket(total_us)) filter (where outcome = 'answered')),
    kulning.count_buckets(array_agg(kulning.latency_bucket(first_byte_us)) filter (where outcome = 'answered')),
    kulning.count_buckets(array_agg(kulning.latency_bucket(overhead_us)) filter (where deployment_id is not null))
  from kulning.call
  where row_id = any (call_row_ids)
  group by 1, 2, 3, 4, 5, 6, 7, 8
  order by 1, 2, 3, 4, 5, 6, 7, 8
  on conflict on constraint usage_hour_key do update set
    calls = total.calls + excluded.calls,
    answered = total.answered + excluded.answered,
    refused = total.refused + excluded.refused,
    failed = total.failed + excluded.failed,
    cancelled = total.cancelled + excluded.cancelled,
    interrupted = total.interrupted + excluded.interrupted,
    simulated = total.simulated + excluded.simulated,
    placed = total.placed + excluded.placed,
    charged = total.charged + excluded.charged,
    input_tokens = total.input_tokens + excluded.input_tokens,
    output_tokens = total.output_tokens + excluded.output_tokens,
    tokens_known = total.tokens_known + excluded.tokens_known,
    nano_eur = total.nano_eur + excluded.nano_eur,
    eur_known = total.eur_known + excluded.eur_known,
    watt_hours = total.watt_hours + excluded.watt_hours,
    energy_known = total.energy_known + excluded.energy_known,
    energy_provenance = total.energy_provenance | excluded.energy_provenance,
    grams_co2 = total.grams_co2 + excluded.grams_co2,
    carbon_known = total.carbon_known + excluded.carbon_known,
    carbon_provenance = total.carbon_provenance | excluded.carbon_provenance,
    streamed_tokens = total.streamed_tokens + excluded.streamed_tokens,
    streaming_us = total.streaming_us + excluded.streaming_us,
    latency = kulning.add_counts(total.latency, excluded.latency),
    first_byte = kulning.add_counts(total.first_byte, excluded.first_byte),
    overhead = kulning.add_counts(total.overhead, excluded.overhead);

  insert into kulning.usage_refusal as total
  select organisation_id, date_trunc('hour', at, 'UTC'), key_id, model, coalesce(reason, ''), rules, count(*), max(at)
  from kulning.call
  where row_id = any (call_row_ids) and outcome = 'refused'
  group by 1, 2, 3, 4, 5, 6
  order by 1, 2, 3, 4, 5, 6
  on conflict on constraint usage_refusal_key do update set
    calls = total.calls + excluded.calls,
    last_at = greatest(total.last_at, excluded.last_at);

  -- A payload has at most 8,000 bytes; the empty one means any organisation.
  perform pg_notify('kulning_calls', case when length(names) < 7900 then names else '' end)
  from (select string_agg(distinct organisation_id, ' ') as names from kulning.call where row_id = any (call_row_ids)) as told
  where names is not null;
end $$;
grant execute on function kulning.enter_usage(bigint[]) to kulning_app;

-- Calls from before there was this table.
do $$
begin
  perform set_config('kulning.instance', 'on', true);
  for lowest in 1 .. coalesce((select max(row_id) from kulning.call), 0)::integer by 20000 loop
    perform kulning.enter_usage(array(select row_id from kulning.call where row_id >= lowest and row_id < lowest + 20000));
  end loop;
  perform set_config('kulning.instance', '', true);
end $$;
