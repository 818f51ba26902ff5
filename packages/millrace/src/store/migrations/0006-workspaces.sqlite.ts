/** Version 6 of the ledger in SQLite: the workspaces beside it, and who may enter them. */
export const workspacesSql = `
create table workspace (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  created_at real not null,
  updated_at real not null,
  name text not null unique,
  description text not null,
  purge_at real
) strict;

create table workspace_member (
  seq integer primary key,
  workspace_id blob not null,
  account_id blob not null,
  role text not null,
  since real not null,
  unique (workspace_id, account_id)
) strict;
create index workspace_member_by_account on workspace_member (account_id);
`;
