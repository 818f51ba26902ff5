/**
 * Version 3 of the ledger in PostgreSQL: `record` looks whether a flow is known before it makes one, and of a run that it has
 * made it sends nothing back: who asked knows it. It locks several runs in one order, and one by changing it. How the function works is told in version 1.
 */

/**
 * A state that is there already is not written again, and an end only gives way to a change that reopens. A row that is left
 * as it is does not count as written.
 */
const unlessRecorded = `
        on conflict (id) do update set flow_run_id = excluded.flow_run_id, parent_id = excluded.parent_id,
          child_flow_run_id = excluded.child_flow_run_id, kind = excluded.kind, task_name = excluded.task_name,
          name = excluded.name, key = excluded.key, input_digest = excluded.input_digest,
          state_type = excluded.state_type, state_name = excluded.state_name, state_at = excluded.state_at,
          history = excluded.history, inputs = excluded.inputs, input_preview = excluded.input_preview,
          tags = excluded.tags, attempt = excluded.attempt, reason = excluded.reason,
          reason_detail = excluded.reason_detail, cache_key = excluded.cache_key, code_hash = excluded.code_hash,
          created_at = excluded.created_at, started_at = excluded.started_at, ended_at = excluded.ended_at,
          result = excluded.result, error = excluded.error,
          extra = excluded.extra, due_at = excluded.due_at
        where case
          when t.state_at = excluded.state_at and t.state_type = excluded.state_type and t.state_name = excluded.state_name
            then not has_new_states
          else reopens or t.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') end`;

export const recordSql = `
create or replace function {schema}.record(
  created json, transitions json, task_runs json, has_new_states boolean, reopens boolean, logs json, artifacts json,
  events json
) returns json language plpgsql volatile as $$
declare
  created_run record;
  asked record;
  asked_ids uuid[];
  run {schema}.flow_run;
  created_outcome json[];
  transition_outcome json[];
  stale uuid[];
begin
  perform pg_advisory_xact_lock_shared({schema}.stream_lock(last_value + is_called::int)) from {schema}.stream_seq;

  if created is not null then
    for created_run in select * from json_to_recordset(created) as c(run json, states json) loop
      insert into {schema}.flow_run (id, flow_name, name, state_type, state_name, state_at, history, parameters, tags,
          parent_run_id, parent_task_run_id, root_run_id, deployment_id, idempotency_key, adopts, version, entrypoint,
          environment, created_at, expected_at, started_at, ended_at, run_count, epoch, owner_id, result, error,
          work_pool_id, work_queue_id, auto_scheduled, due_at, extra)
        select id, flow_name, name, state_type, state_name, state_at, history, parameters, tags, parent_run_id,
          parent_task_run_id, root_run_id, deployment_id, idempotency_key, adopts, version, entrypoint, environment,
          created_at, expected_at, started_at, ended_at, run_count, epoch, owner_id, result, error, work_pool_id,
          work_queue_id, coalesce(auto_scheduled, 0), due_at, extra
        from json_populate_record(null::{schema}.flow_run, created_run.run)
        on conflict do nothing returning * into run;
      if found then
        if not exists (select from {schema}.flow where name = run.flow_name) then
          insert into {schema}.flow (id, revision, created_at, updated_at, name, tags, body)
            values ({schema}.uuid_of('flow ' || run.flow_name), 1, run.created_at, run.created_at, run.flow_name, '[]', '{}')
            on conflict do nothing;
        end if;
        insert into {schema}.event (flow_run_id, kind, name, at)
          select run.id, 1, s.name, s.at from json_to_recordset(created_run.states) as s(name text, at double precision);
        created_outcome := created_outcome || 'null'::json;
      else
        select f.* into strict run from {schema}.flow_run f, json_populate_record(null::{schema}.flow_run, created_run.run) g
          where f.id = g.id or (f.flow_name = g.flow_name and f.idempotency_key = g.idempotency_key)
          order by f.id = g.id desc limit 1;
        created_outcome := created_outcome || row_to_json(run);
      end if;
    end loop;
  end if;

  if transitions is not null then
    if json_array_length(transitions) > 1 then
      -- Locks are taken in one order, so that two batches do not wait for each other.
      asked_ids := array(select t.id from json_to_recordset(transitions) as t(id uuid));
      perform 1 from {schema}.flow_run f where f.id = any(asked_ids) order by f.id for update;
    end if;
    for asked in select * from json_to_recordset(transitions) as t(
      id uuid, state_types text[], state_at double precision, epoch bigint, state text, claims boolean, patch json
    ) loop
      update {schema}.flow_run f set state_type = n.state_type, state_name = n.state_name, state_at = n.state_at,
          history = left(f.history, -1) || ',' || asked.state || ']', started_at = n.started_at, ended_at = n.ended_at,
          run_count = n.run_count, epoch = f.epoch + asked.claims::int, owner_id = n.owner_id, result = n.result,
          error = n.error, environment = n.environment, name = n.name, due_at = n.due_at, extra = n.extra
        from {schema}.flow_run o, json_populate_record(o, asked.patch) n
        where f.id = asked.id and o.id = asked.id and f.state_type = any(asked.state_types)
          and f.state_at = asked.state_at and f.epoch = asked.epoch
        returning f.* into run;
      if found then
        insert into {schema}.event (flow_run_id, kind, name, at) values (run.id, 1, run.state_name, run.state_at);
        transition_outcome := transition_outcome || row_to_json(run);
      else
        transition_outcome := transition_outcome || 'null'::json;
      end if;
    end loop;
  end if;

  if task_runs is not null then
    with change as materialized (
      select * from rows from (json_to_recordset(task_runs) as (
        id uuid, flow_run_id uuid, parent_id uuid, child_flow_run_id uuid, kind text, task_name text, name text, key text,
        input_digest text, state_type text, state_name text, state_at double precision, history text, inputs text,
        input_preview text, tags text, attempt integer, reason text, reason_detail text, cache_key text, code_hash text,
        created_at double precision, started_at double precision, ended_at double precision, result text, error text,
        extra text, due_at double precision, epoch bigint, passed text, kept_key text, kept_until double precision
      )) with ordinality as c(
        id, flow_run_id, parent_id, child_flow_run_id, kind, task_name, name, key, input_digest, state_type, state_name,
        state_at, history, inputs, input_preview, tags, attempt, reason, reason_detail, cache_key, code_hash, created_at,
        started_at, ended_at, result, error, extra, due_at, epoch, passed, kept_key, kept_until, position)
    ), fence as materialized (
      -- The lock makes a claim wait for this batch, and this batch for a claim.
      select f.id, f.epoch from {schema}.flow_run f
        where f.id in (select flow_run_id from change) order by f.id for share
    ), fresh as materialized (
      select c.* from change c left join fence f on f.id = c.flow_run_id
        where c.flow_run_id is null or f.epoch <= c.epoch
    ), written as (
      insert into {schema}.task_run as t (id, flow_run_id, parent_id, child_flow_run_id, kind, task_name, name, key,
          input_digest, state_type, state_name, state_at, history, inputs, input_preview, tags, attempt, reason,
          reason_detail, cache_key, code_hash, created_at, started_at, ended_at, result, error, extra, due_at)
        select id, flow_run_id, parent_id, child_flow_run_id, kind, task_name, name, key, input_digest, state_type,
          state_name, state_at, history, inputs, input_preview, tags, attempt, reason, reason_detail, cache_key,
          code_hash, created_at, started_at, ended_at, result, error, extra, due_at
        from fresh order by position
        ${unlessRecorded}
        returning t.id
    ), told as (
      insert into {schema}.event (flow_run_id, task_run_id, kind, name, at, payload)
        select flow_run_id, id, 2, state_name, state_at, passed from fresh
        where has_new_states and id in (select id from written) order by position
    ), kept as (
      insert into {schema}.cache_entry (key, result, task_run_id, created_at, expires_at)
        select distinct on (kept_key) kept_key, result, id, state_at, kept_until from fresh
        where kept_key is not null and id in (select id from written) order by kept_key, position desc
        on conflict (key) do update set result = excluded.result, task_run_id = excluded.task_run_id,
          created_at = excluded.created_at, expires_at = excluded.expires_at
    )
    select array_agg(distinct c.flow_run_id) into stale from change c left join fence f on f.id = c.flow_run_id
      where c.flow_run_id is not null and (f.id is null or f.epoch > c.epoch);
  end if;

  if logs is not null then
    with line as materialized (
      select * from rows from (json_to_recordset(logs) as (
        flow_run_id uuid, task_run_id uuid, attempt integer, at double precision, severity integer, logger text,
        message text, fields text, epoch bigint
      )) with ordinality as l(flow_run_id, task_run_id, attempt, at, severity, logger, message, fields, epoch, position)
    ), known as materialized (
      select f.id, f.epoch from {schema}.flow_run f where f.id in (select flow_run_id from line) order by f.id for share
    ), fresh as materialized (
      select l.* from line l left join known k on k.id = l.flow_run_id
        where l.flow_run_id is null or k.epoch <= coalesce(l.epoch, k.epoch)
    ), written as (
      insert into {schema}.log (flow_run_id, task_run_id, attempt, at, severity, logger, message, fields)
        select flow_run_id, task_run_id, attempt, at, severity, logger, message, fields from fresh order by position
    )
    select stale || array_agg(distinct flow_run_id) into stale from line
      where position not in (select position from fresh);
  end if;

  if artifacts is not null then
    with given as materialized (
      select * from rows from (json_to_recordset(artifacts) as (
        id uuid, flow_run_id uuid, task_run_id uuid, key text, kind text, description text, data text,
        created_at double precision, updated_at double precision, metadata text, epoch bigint
      )) with ordinality as a(
        id, flow_run_id, task_run_id, key, kind, description, data, created_at, updated_at, metadata, epoch, position)
    ), known as materialized (
      select f.id, f.epoch from {schema}.flow_run f where f.id in (select flow_run_id from given) order by f.id for share
    ), fresh as materialized (
      select g.* from given g left join known k on k.id = g.flow_run_id
        where g.flow_run_id is null or k.epoch <= coalesce(g.epoch, k.epoch)
    ), last as (
      -- Each is written once: as the last says, created when the first does.
      select distinct on (id) id, flow_run_id, task_run_id, key, kind, description, data, updated_at, metadata,
        first_value(created_at) over given_of_id as created_at, first_value(position) over given_of_id as first_position
      from fresh
      window given_of_id as (partition by id order by position)
      order by id, position desc
    ), written as (
      insert into {schema}.artifact (id, flow_run_id, task_run_id, key, kind, description, data, created_at, updated_at,
          metadata)
        select id, flow_run_id, task_run_id, key, kind, description, data, created_at, updated_at, metadata
        from last order by first_position
        on conflict (id) do update set flow_run_id = excluded.flow_run_id, task_run_id = excluded.task_run_id,
          key = excluded.key, kind = excluded.kind, description = excluded.description, data = excluded.data,
          updated_at = excluded.updated_at, metadata = excluded.metadata
    )
    select stale || array_agg(distinct flow_run_id) into stale from given
      where position not in (select position from fresh);
  end if;

  if events is not null then
    insert into {schema}.event (id, flow_run_id, task_run_id, kind, name, at, resource, payload, resource_id, related,
        follows)
      select id, flow_run_id, task_run_id, kind, name, at, resource, payload, resource_id, related, follows
      from rows from (json_to_recordset(events) as (
        id uuid, flow_run_id uuid, task_run_id uuid, kind integer, name text, at double precision, resource text,
        payload text, resource_id text, related text, follows uuid
      )) with ordinality as e(
        id, flow_run_id, task_run_id, kind, name, at, resource, payload, resource_id, related, follows, position)
      order by position
      on conflict do nothing;
  end if;

  if created_outcome is null and transition_outcome is null and stale is null then
    return null;
  end if;
  return json_build_object('created', created_outcome, 'transitions', transition_outcome, 'stale', stale);
end $$;
`;
