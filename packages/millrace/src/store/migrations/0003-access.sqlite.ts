/** Version 3 of the ledger in SQLite: accounts, their keys and sessions, and the log of what they changed. */
export const accessSql = `
create table account (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  kind text not null,
  role text not null,
  disabled integer not null,
  password_hash text
) strict;

create table api_key (
  seq integer primary key,
  id blob not null unique,
  account_id blob not null,
  created_at real not null,
  name text not null,
  start text not null,
  digest text not null,
  expires_at real,
  used_at real
) strict;
create index api_key_by_account on api_key (account_id);

create table session (
  digest text not null primary key,
  account_id blob not null,
  created_at real not null,
  expires_at real not null
) strict;
create index session_by_account on session (account_id);
create index session_by_expires_at on session (expires_at);

create table audit_entry (
  seq integer primary key autoincrement,
  at real not null,
  account_id blob,
  account_name text,
  means text,
  key_id blob,
  address text not null,
  action text not null,
  path text not null,
  outcome text not null,
  status integer not null,
  request_id text not null
) strict;
create index audit_entry_by_account on audit_entry (account_id, seq) where account_id is not null;
create index audit_entry_by_at on audit_entry (at);
`;
