/**
 * Version 2 of the ledger in PostgreSQL, its tables: those of SQLite, with the types `uuid` and `double precision`.
 */
export const nounsSql = `
-- The UUID of a text, as kit/ids.ts makes it: the first bits of its SHA-256 in the layout of version 8.
create function {schema}.uuid_of(given text) returns uuid language sql immutable as $$
  select (substr(h, 1, 12) || '8' || substr(h, 14, 3) || to_hex(8 | (('x' || substr(h, 17, 1))::bit(4)::int & 3)) || substr(h, 18, 15))::uuid
  from encode(sha256(convert_to(given, 'UTF8')), 'hex') h
$$;
alter table {schema}.flow_run drop column deployment_id;
alter table {schema}.flow_run add column deployment_id uuid;
alter table {schema}.flow_run add column work_pool_id uuid;
alter table {schema}.flow_run add column work_queue_id uuid;
alter table {schema}.flow_run add column auto_scheduled integer not null default 0;
alter table {schema}.flow_run add column due_at double precision;
alter table {schema}.flow_run add column extra text;
create index flow_run_by_deployment on {schema}.flow_run (deployment_id, created_at) where deployment_id is not null;
create index flow_run_by_work_queue on {schema}.flow_run (work_queue_id, state_type) where work_queue_id is not null;
create index flow_run_by_due_at on {schema}.flow_run (due_at) where due_at is not null;
create index flow_run_by_due_in_queue on {schema}.flow_run (work_queue_id, due_at) where due_at is not null;
create index flow_run_by_due_of_deployment on {schema}.flow_run (deployment_id, due_at) where due_at is not null;
create index flow_run_by_parent_task on {schema}.flow_run (parent_task_run_id) where parent_task_run_id is not null;
create index flow_run_by_expected_at on {schema}.flow_run (expected_at, seq);
create index flow_run_by_started_at on {schema}.flow_run (coalesce(started_at, -1), seq);
create index flow_run_by_ended_at on {schema}.flow_run (coalesce(ended_at, -1), seq);

alter table {schema}.task_run add column extra text;
alter table {schema}.task_run add column due_at double precision;
create index task_run_by_due_at on {schema}.task_run (due_at) where due_at is not null;
create index task_run_by_child on {schema}.task_run (child_flow_run_id) where child_flow_run_id is not null;

alter table {schema}.event add column resource_id text collate "C";
alter table {schema}.event add column related text;
alter table {schema}.event add column follows uuid;
update {schema}.event set resource_id = resource::json ->> 'id' where kind = 0;
create index event_by_resource on {schema}.event (resource_id) where resource_id is not null;

alter table {schema}.artifact add column metadata text;

alter table {schema}.variable add column id uuid;
update {schema}.variable set id = {schema}.uuid_of('variable ' || name);
alter table {schema}.variable add column revision integer not null default 1;
alter table {schema}.variable add column body text not null default '{}';
update {schema}.variable set body = json_build_object('value', value)::text;
alter table {schema}.variable drop column value;
create unique index variable_by_id on {schema}.variable (id);

create table {schema}.flow (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  tags text not null,
  body text not null
);
insert into {schema}.flow (id, revision, created_at, updated_at, name, tags, body)
  select {schema}.uuid_of('flow ' || flow_name), 1, min(created_at), min(created_at), flow_name, '[]', '{}'
  from {schema}.flow_run group by flow_name order by min(seq);

create table {schema}.deployment (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  flow_id uuid not null,
  flow_name text collate "C" not null,
  name text collate "C" not null,
  paused integer not null,
  tags text not null,
  work_pool_id uuid,
  work_queue_id uuid,
  concurrency_limit integer,
  polled_at double precision,
  body text not null,
  unique (flow_id, name)
);
create index deployment_by_name on {schema}.deployment (name);
create index deployment_by_work_queue on {schema}.deployment (work_queue_id) where work_queue_id is not null;
create index deployment_by_work_pool on {schema}.deployment (work_pool_id) where work_pool_id is not null;

create table {schema}.schedule (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  deployment_id uuid not null,
  slug text collate "C",
  active integer not null,
  next_at double precision,
  body text not null
);
create unique index schedule_by_slug on {schema}.schedule (deployment_id, slug) where slug is not null;
create index schedule_by_deployment on {schema}.schedule (deployment_id);
create index schedule_by_next_at on {schema}.schedule (active, next_at);

create table {schema}.work_pool (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  type text collate "C" not null,
  paused integer not null,
  body text not null
);

create table {schema}.work_queue (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  work_pool_id uuid not null,
  name text collate "C" not null,
  priority integer not null,
  paused integer not null,
  polled_at double precision,
  body text not null,
  unique (work_pool_id, name)
);

create table {schema}.worker (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  work_pool_id uuid not null,
  name text collate "C" not null,
  heartbeat_at double precision not null,
  body text not null,
  unique (work_pool_id, name)
);

create table {schema}.block_type (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  slug text collate "C" not null unique,
  name text collate "C" not null,
  body text not null
);

create table {schema}.block_schema (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  block_type_id uuid not null,
  checksum text collate "C" not null,
  schema_version text collate "C" not null,
  capabilities text not null,
  body text not null,
  unique (checksum, schema_version)
);
create index block_schema_by_type on {schema}.block_schema (block_type_id);

create table {schema}.block_document (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  block_type_id uuid not null,
  block_schema_id uuid not null,
  name text collate "C" not null,
  anonymous integer not null,
  body text not null,
  unique (block_type_id, name)
);

create table {schema}.concurrency_limit (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  active integer not null,
  slots integer not null,
  taken double precision not null,
  taken_at double precision not null,
  decay_per_second double precision not null,
  denied double precision not null,
  body text not null
);

create table {schema}.slot_lease (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  expires_at double precision not null,
  holder text collate "C" not null,
  limit_ids text not null,
  slots integer not null,
  body text not null
);
create index slot_lease_by_expires_at on {schema}.slot_lease (expires_at);
create index slot_lease_by_holder on {schema}.slot_lease (holder);

create table {schema}.automation (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null,
  enabled integer not null,
  tags text not null,
  owner text collate "C",
  body text not null
);
create index automation_by_owner on {schema}.automation (owner) where owner is not null;

create table {schema}.automation_firing (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  automation_id uuid not null,
  status text collate "C" not null,
  body text not null
);
create index automation_firing_by_automation on {schema}.automation_firing (automation_id);
create index automation_firing_by_status on {schema}.automation_firing (status);

create table {schema}.saved_search (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  body text not null
);

create table {schema}.webhook (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null,
  slug text collate "C" not null unique,
  enabled integer not null,
  body text not null
);

create table {schema}.deployment_version (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  deployment_id uuid not null,
  number integer not null,
  content_hash text collate "C" not null,
  body text not null,
  unique (deployment_id, number)
);

create table {schema}.configuration (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  body text not null
);
`;
