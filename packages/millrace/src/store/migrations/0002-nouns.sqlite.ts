/**
 * Version 2 of the ledger in SQLite: the nouns that people make (flows, deployments, pools, blocks, automations …), and what
 * runs keep of them. A noun's table has columns for what it is found by; the rest is JSON in `body`.
 *
 * `uuid_of(text)` is the migration's own function: the UUID of a text, as kit/ids.ts makes it.
 */
export const nounsSql = `
alter table flow_run drop column deployment_id;
alter table flow_run add column deployment_id blob;
alter table flow_run add column work_pool_id blob;
alter table flow_run add column work_queue_id blob;
alter table flow_run add column auto_scheduled integer not null default 0;
alter table flow_run add column due_at real;
alter table flow_run add column extra text;
create index flow_run_by_deployment on flow_run (deployment_id, created_at) where deployment_id is not null;
create index flow_run_by_work_queue on flow_run (work_queue_id, state_type) where work_queue_id is not null;
create index flow_run_by_due_at on flow_run (due_at) where due_at is not null;
create index flow_run_by_due_in_queue on flow_run (work_queue_id, due_at) where due_at is not null;
create index flow_run_by_due_of_deployment on flow_run (deployment_id, due_at) where due_at is not null;
create index flow_run_by_parent_task on flow_run (parent_task_run_id) where parent_task_run_id is not null;
create index flow_run_by_expected_at on flow_run (expected_at);
create index flow_run_by_started_at on flow_run (coalesce(started_at, -1));
create index flow_run_by_ended_at on flow_run (coalesce(ended_at, -1));

alter table task_run add column extra text;
alter table task_run add column due_at real;
create index task_run_by_due_at on task_run (due_at) where due_at is not null;
create index task_run_by_child on task_run (child_flow_run_id) where child_flow_run_id is not null;

alter table event add column resource_id text;
alter table event add column related text;
alter table event add column follows blob;
update event set resource_id = json_extract(resource, '$.id') where kind = 0;
create index event_by_resource on event (resource_id) where resource_id is not null;

alter table artifact add column metadata text;

alter table variable add column id blob;
update variable set id = unhex(uuid_of('variable ' || name), '-');
alter table variable add column revision integer not null default 1;
alter table variable add column body text not null default '{}';
update variable set body = json_object('value', value);
alter table variable drop column value;
create unique index variable_by_id on variable (id);

create table flow (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  tags text not null,
  body text not null
) strict;
insert into flow (id, revision, created_at, updated_at, name, tags, body)
  select unhex(uuid_of('flow ' || flow_name), '-'), 1, min(created_at), min(created_at), flow_name, '[]', '{}'
  from flow_run group by flow_name order by min(seq);

create table deployment (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  flow_id blob not null,
  flow_name text not null,
  name text not null,
  paused integer not null,
  tags text not null,
  work_pool_id blob,
  work_queue_id blob,
  concurrency_limit integer,
  polled_at real,
  body text not null,
  unique (flow_id, name)
) strict;
create index deployment_by_name on deployment (name);
create index deployment_by_work_queue on deployment (work_queue_id) where work_queue_id is not null;
create index deployment_by_work_pool on deployment (work_pool_id) where work_pool_id is not null;

create table schedule (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  deployment_id blob not null,
  slug text,
  active integer not null,
  next_at real,
  body text not null
) strict;
create unique index schedule_by_slug on schedule (deployment_id, slug) where slug is not null;
create index schedule_by_deployment on schedule (deployment_id);
create index schedule_by_next_at on schedule (active, next_at);

create table work_pool (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  type text not null,
  paused integer not null,
  body text not null
) strict;

create table work_queue (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  work_pool_id blob not null,
  name text not null,
  priority integer not null,
  paused integer not null,
  polled_at real,
  body text not null,
  unique (work_pool_id, name)
) strict;

create table worker (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  work_pool_id blob not null,
  name text not null,
  heartbeat_at real not null,
  body text not null,
  unique (work_pool_id, name)
) strict;

create table block_type (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  slug text not null unique,
  name text not null,
  body text not null
) strict;

create table block_schema (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  block_type_id blob not null,
  checksum text not null,
  schema_version text not null,
  capabilities text not null,
  body text not null,
  unique (checksum, schema_version)
) strict;
create index block_schema_by_type on block_schema (block_type_id);

create table block_document (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  block_type_id blob not null,
  block_schema_id blob not null,
  name text not null,
  anonymous integer not null,
  body text not null,
  unique (block_type_id, name)
) strict;

create table concurrency_limit (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  active integer not null,
  slots integer not null,
  taken real not null,
  taken_at real not null,
  decay_per_second real not null,
  denied real not null,
  body text not null
) strict;

create table slot_lease (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  expires_at real not null,
  holder text not null,
  limit_ids text not null,
  slots integer not null,
  body text not null
) strict;
create index slot_lease_by_expires_at on slot_lease (expires_at);
create index slot_lease_by_holder on slot_lease (holder);

create table automation (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null,
  enabled integer not null,
  tags text not null,
  owner text,
  body text not null
) strict;
create index automation_by_owner on automation (owner) where owner is not null;

create table automation_firing (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  automation_id blob not null,
  status text not null,
  body text not null
) strict;
create index automation_firing_by_automation on automation_firing (automation_id);
create index automation_firing_by_status on automation_firing (status);

create table saved_search (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  body text not null
) strict;

create table webhook (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null,
  slug text not null unique,
  enabled integer not null,
  body text not null
) strict;

create table deployment_version (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  deployment_id blob not null,
  number integer not null,
  content_hash text not null,
  body text not null,
  unique (deployment_id, number)
) strict;

create table configuration (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  body text not null
) strict;
`;
