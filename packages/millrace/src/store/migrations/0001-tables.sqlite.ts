/**
 * Version 1 of the ledger in SQLite. UUIDs are 16 bytes, times are ms since the epoch with microseconds as fraction, what
 * is not searched is JSON text. `seq` is the rowid: the order in which the ledger first saw a row.
 *
 * task_run and event take a row with each task, so each of their indexes has to earn its cost. An event takes its `seq`
 * from the newest row, so whatever clears old events must leave the newest. Logs go with their run, hence `autoincrement`,
 * which costs a page more with each transaction.
 */
export const tablesSql = `
create table flow_run (
  seq integer primary key,
  id blob not null unique,
  flow_name text not null,
  name text not null,
  state_type text not null,
  state_name text not null,
  state_at real not null,
  history text not null,
  parameters text not null,
  tags text not null,
  parent_run_id blob,
  parent_task_run_id blob,
  root_run_id blob not null,
  deployment_id text,
  idempotency_key text,
  adopts text,
  version text,
  entrypoint text,
  environment text not null,
  created_at real not null,
  expected_at real not null,
  started_at real,
  ended_at real,
  run_count integer not null,
  epoch integer not null,
  owner_id text,
  result text,
  error text
) strict;
create index flow_run_by_created_at on flow_run (created_at);
create index flow_run_by_state on flow_run (state_type, created_at);
create index flow_run_by_flow on flow_run (flow_name, created_at);
create index flow_run_by_parent on flow_run (parent_run_id) where parent_run_id is not null;
create index flow_run_by_owner on flow_run (owner_id) where owner_id is not null;
create unique index flow_run_by_idempotency_key on flow_run (flow_name, idempotency_key)
  where idempotency_key is not null;

create table task_run (
  seq integer primary key,
  id blob not null unique,
  flow_run_id blob,
  parent_id blob,
  child_flow_run_id blob,
  kind text not null,
  task_name text not null,
  name text not null,
  key text not null,
  input_digest text,
  state_type text not null,
  state_name text not null,
  state_at real not null,
  history text not null,
  inputs text not null,
  input_preview text,
  tags text not null,
  attempt integer not null,
  reason text,
  reason_detail text,
  cache_key text,
  code_hash text,
  created_at real not null,
  started_at real,
  ended_at real,
  result text,
  error text
) strict;
create index task_run_by_flow_run on task_run (flow_run_id);
create index task_run_by_parent on task_run (parent_id) where parent_id is not null;

create table cache_entry (
  key text primary key,
  result text not null,
  task_run_id blob not null,
  created_at real not null,
  expires_at real
) strict, without rowid;

create table event (
  seq integer primary key,
  id blob,
  flow_run_id blob,
  task_run_id blob,
  kind integer not null,
  name text not null,
  at real not null,
  resource text,
  payload text
) strict;
create unique index event_by_id on event (id) where id is not null;
create index event_by_flow_run on event (flow_run_id);

create table log (
  seq integer primary key autoincrement,
  flow_run_id blob,
  task_run_id blob,
  attempt integer not null,
  at real not null,
  severity integer not null,
  logger text not null,
  message text not null,
  fields text
) strict;
create index log_by_flow_run on log (flow_run_id);
create index log_by_task_run on log (task_run_id) where task_run_id is not null;

create table artifact (
  seq integer primary key,
  id blob not null unique,
  flow_run_id blob,
  task_run_id blob,
  key text,
  kind text not null,
  description text,
  data text not null,
  created_at real not null,
  updated_at real not null
) strict;
create index artifact_by_flow_run on artifact (flow_run_id);
create index artifact_by_task_run on artifact (task_run_id) where task_run_id is not null;
create index artifact_by_key on artifact (key) where key is not null;

create table variable (
  seq integer primary key,
  name text not null unique,
  value text not null,
  tags text not null,
  created_at real not null,
  updated_at real not null
) strict;

create table secret (
  name text primary key,
  sealed text not null,
  created_at real not null,
  updated_at real not null
) strict, without rowid;

create table run_input (
  seq integer primary key,
  flow_run_id blob not null,
  key text not null,
  id text not null,
  value text not null,
  sender text,
  created_at real not null,
  unique (flow_run_id, key, id)
) strict;

create table executor_process (
  id text primary key,
  host text not null,
  boot_id text,
  pid integer not null,
  start_token text,
  started_at real not null,
  lease_expires_at real not null
) strict, without rowid;

create table slot (
  limit_name text not null,
  holder text not null,
  process_id text not null,
  taken_at real not null,
  primary key (limit_name, holder)
) strict, without rowid;
create index slot_by_process on slot (process_id);
`;
