/** Version 4 of the ledger in PostgreSQL: accounts, their keys and sessions, and the log of what they changed. */
export const accessSql = `
create table {schema}.account (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  kind text not null,
  role text not null,
  disabled integer not null,
  password_hash text
);

create table {schema}.api_key (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  account_id uuid not null,
  created_at double precision not null,
  name text not null,
  start text not null,
  digest text not null,
  expires_at double precision,
  used_at double precision
);
create index api_key_by_account on {schema}.api_key (account_id);

create table {schema}.session (
  digest text collate "C" not null primary key,
  account_id uuid not null,
  created_at double precision not null,
  expires_at double precision not null
);
create index session_by_account on {schema}.session (account_id);
create index session_by_expires_at on {schema}.session (expires_at);

create table {schema}.audit_entry (
  seq bigint generated always as identity primary key,
  at double precision not null,
  account_id uuid,
  account_name text,
  means text,
  key_id uuid,
  address text not null,
  action text collate "C" not null,
  path text not null,
  outcome text not null,
  status integer not null,
  request_id text not null
);
create index audit_entry_by_account on {schema}.audit_entry (account_id, seq) where account_id is not null;
create index audit_entry_by_at on {schema}.audit_entry (at);
`;
