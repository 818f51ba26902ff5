/** Version 8 of the ledger in PostgreSQL: the workspaces beside it, and who may enter them. */
export const workspacesSql = `
create table {schema}.workspace (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  revision integer not null,
  created_at double precision not null,
  updated_at double precision not null,
  name text collate "C" not null unique,
  description text not null,
  purge_at double precision
);

create table {schema}.workspace_member (
  seq bigint generated always as identity primary key,
  workspace_id uuid not null,
  account_id uuid not null,
  role text not null,
  since double precision not null,
  unique (workspace_id, account_id)
);
create index workspace_member_by_account on {schema}.workspace_member (account_id);
`;
