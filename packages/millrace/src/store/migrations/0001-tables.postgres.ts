/**
 * Version 1 of the ledger in PostgreSQL, its tables: those of SQLite, with the types `uuid` and `double precision`. `{schema}`
 * is the schema that holds them.
 */
export const tablesSql = `
create table {schema}.flow_run (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  flow_name text collate "C" not null,
  name text collate "C" not null,
  state_type text collate "C" not null,
  state_name text collate "C" not null,
  state_at double precision not null,
  history text not null,
  parameters text not null,
  tags text not null,
  parent_run_id uuid,
  parent_task_run_id uuid,
  root_run_id uuid not null,
  deployment_id text,
  idempotency_key text collate "C",
  adopts text,
  version text,
  entrypoint text,
  environment text not null,
  created_at double precision not null,
  expected_at double precision not null,
  started_at double precision,
  ended_at double precision,
  run_count integer not null,
  epoch bigint not null,
  owner_id text collate "C",
  result text,
  error text
);
create index flow_run_by_created_at on {schema}.flow_run (created_at);
create index flow_run_by_state on {schema}.flow_run (state_type, created_at);
create index flow_run_by_flow on {schema}.flow_run (flow_name, created_at);
create index flow_run_by_parent on {schema}.flow_run (parent_run_id) where parent_run_id is not null;
create index flow_run_by_owner on {schema}.flow_run (owner_id) where owner_id is not null;
create unique index flow_run_by_idempotency_key on {schema}.flow_run (flow_name, idempotency_key)
  where idempotency_key is not null;

create table {schema}.task_run (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  flow_run_id uuid,
  parent_id uuid,
  child_flow_run_id uuid,
  kind text not null,
  task_name text collate "C" not null,
  name text collate "C" not null,
  key text not null,
  input_digest text,
  state_type text collate "C" not null,
  state_name text collate "C" not null,
  state_at double precision not null,
  history text not null,
  inputs text not null,
  input_preview text,
  tags text not null,
  attempt integer not null,
  reason text,
  reason_detail text,
  cache_key text,
  code_hash text,
  created_at double precision not null,
  started_at double precision,
  ended_at double precision,
  result text,
  error text
);
create index task_run_by_flow_run on {schema}.task_run (flow_run_id);
create index task_run_by_parent on {schema}.task_run (parent_id) where parent_id is not null;

create table {schema}.cache_entry (
  key text collate "C" primary key,
  result text not null,
  task_run_id uuid not null,
  created_at double precision not null,
  expires_at double precision
);

create sequence {schema}.stream_seq;

create table {schema}.event (
  seq bigint primary key default nextval('{schema}.stream_seq'),
  id uuid,
  flow_run_id uuid,
  task_run_id uuid,
  kind integer not null,
  name text collate "C" not null,
  at double precision not null,
  resource text,
  payload text
);
create unique index event_by_id on {schema}.event (id) where id is not null;
create index event_by_flow_run on {schema}.event (flow_run_id);

create table {schema}.log (
  seq bigint primary key default nextval('{schema}.stream_seq'),
  flow_run_id uuid,
  task_run_id uuid,
  attempt integer not null,
  at double precision not null,
  severity integer not null,
  logger text not null,
  message text not null,
  fields text
);
create index log_by_flow_run on {schema}.log (flow_run_id);
create index log_by_task_run on {schema}.log (task_run_id) where task_run_id is not null;

create table {schema}.artifact (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  flow_run_id uuid,
  task_run_id uuid,
  key text collate "C",
  kind text not null,
  description text,
  data text not null,
  created_at double precision not null,
  updated_at double precision not null
);
create index artifact_by_flow_run on {schema}.artifact (flow_run_id);
create index artifact_by_task_run on {schema}.artifact (task_run_id) where task_run_id is not null;
create index artifact_by_key on {schema}.artifact (key) where key is not null;

create table {schema}.variable (
  seq bigint generated always as identity primary key,
  name text collate "C" not null unique,
  value text not null,
  tags text not null,
  created_at double precision not null,
  updated_at double precision not null
);

create table {schema}.secret (
  name text collate "C" primary key,
  sealed text not null,
  created_at double precision not null,
  updated_at double precision not null
);

create table {schema}.run_input (
  seq bigint generated always as identity primary key,
  flow_run_id uuid not null,
  key text collate "C" not null,
  id text collate "C" not null,
  value text not null,
  sender text,
  created_at double precision not null,
  unique (flow_run_id, key, id)
);

create table {schema}.executor_process (
  id text collate "C" primary key,
  host text not null,
  boot_id text,
  pid integer not null,
  start_token text,
  started_at double precision not null,
  lease_expires_at double precision not null
);

create table {schema}.slot (
  limit_name text collate "C" not null,
  holder text collate "C" not null,
  process_id text collate "C" not null,
  taken_at double precision not null,
  primary key (limit_name, holder)
);
create index slot_by_process on {schema}.slot (process_id);

create table {schema}.ledger_version (version integer not null);
insert into {schema}.ledger_version values (0);
`;
