/** The workspaces beside a ledger, and who may enter them. */

import type { Page, PageRequest } from "../../contract/records.ts";
import type { WorkspaceStore } from "../../contract/store.ts";
import type { Member, MemberChange, MemberFilter, MemberRole, Workspace } from "../../contract/workspaces.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, sql, table, uuid, where } from "./fragment.ts";
import { toKeyset } from "./page.ts";
import { cleanKey, cleanText } from "./text.ts";
import { isUuid } from "./uuid.ts";

const workspace = table("workspace");
const member = table("workspace_member");
const account = table("account");

const workspaceColumns = ["id", "revision", "created_at", "updated_at", "name", "description", "purge_at"] as const;

const nobody: Page<Member> = { items: [], next: null };

export function createWorkspaceStore(db: SqlDatabase): WorkspaceStore {
  return {
    findWorkspaces: (page) => findWorkspaces(db, page),
    readWorkspace: (by) => readWorkspace(db, by),
    insertWorkspace: (given) => insertWorkspace(db, given),
    replaceWorkspace: (given, readRevision) => replaceWorkspace(db, given, readRevision),
    async deleteWorkspace(id, readRevision) {
      if (!isUuid(id)) return false;
      const [, deleted] = await db.run(
        sql`delete from ${member} where workspace_id in (
          select id from ${workspace} where id = ${uuid(id)} and revision = ${readRevision})`,
        sql`delete from ${workspace} where id = ${uuid(id)} and revision = ${readRevision}`,
      );
      return deleted === 1;
    },

    findMembers: (filter, page) => findMembers(db, filter, page),
    async readMemberRole(workspaceId, accountId) {
      if (!isUuid(workspaceId) || !isUuid(accountId)) return null;
      const [row] = await db.all(
        sql`select role from ${member} where workspace_id = ${uuid(workspaceId)} and account_id = ${uuid(accountId)}`,
        "workspace-member",
      );
      return row === undefined ? null : (row.role as MemberRole);
    },
    writeMember: (change, at) => writeMember(db, change, at),
  };
}

async function findWorkspaces(db: SqlDatabase, page: PageRequest): Promise<Page<Workspace>> {
  const keyset = toKeyset({ of: "workspace", column: "name", type: "text", direction: "asc" }, page);
  const rows = await db.all(sql`
    select seq, name as sort_value, ${columns("workspace", workspaceColumns)} from ${workspace}
    ${where([keyset.after])} ${keyset.tail}`);
  return keyset.toPage(rows, toWorkspace);
}

async function readWorkspace(
  db: SqlDatabase,
  by: { readonly id: string } | { readonly name: string },
): Promise<Workspace | null> {
  if ("id" in by && !isUuid(by.id)) return null;
  const wanted = "id" in by ? sql`id = ${uuid(by.id)}` : sql`name = ${cleanKey(by.name)}`;
  const query = sql`select ${columns("workspace", workspaceColumns)} from ${workspace} where ${wanted}`;
  const [row] = await db.all(query, "id" in by ? "workspace" : "workspace-by-name");
  return row === undefined ? null : toWorkspace(row);
}

async function insertWorkspace(
  db: SqlDatabase,
  { id, revision, createdAt, updatedAt, name, description, purgeAt }: Workspace,
): Promise<"written" | "name-taken"> {
  const [written] = await db.run(sql`
    insert into ${workspace} (id, revision, created_at, updated_at, name, description, purge_at)
    values (${uuid(id)}, ${revision}, ${createdAt}, ${updatedAt}, ${cleanKey(name)}, ${cleanText(description)}, ${purgeAt})
    on conflict (name) do nothing`);
  return written === 1 ? "written" : "name-taken";
}

async function replaceWorkspace(
  db: SqlDatabase,
  { id, revision, updatedAt, name, description, purgeAt }: Workspace,
  readRevision: number,
): Promise<"written" | "name-taken" | "changed"> {
  try {
    const [written] = await db.run(sql`
      update ${workspace} set revision = ${revision}, updated_at = ${updatedAt}, name = ${cleanKey(name)},
        description = ${cleanText(description)}, purge_at = ${purgeAt}
      where id = ${uuid(id)} and revision = ${readRevision}`);
    return written === 1 ? "written" : "changed";
  } catch (error) {
    if (db.isDuplicate(error)) return "name-taken";
    throw error;
  }
}

async function findMembers(
  db: SqlDatabase,
  { workspaceId, accountId }: MemberFilter,
  page: PageRequest,
): Promise<Page<Member>> {
  if (workspaceId !== undefined && !isUuid(workspaceId)) return nobody;
  if (accountId !== undefined && !isUuid(accountId)) return nobody;
  const keyset = toKeyset({ of: "workspace_member", column: "account_name", type: "text", direction: "asc" }, page);
  const conditions = [
    workspaceId === undefined ? undefined : sql`workspace_id = ${uuid(workspaceId)}`,
    accountId === undefined ? undefined : sql`account_id = ${uuid(accountId)}`,
    keyset.after,
  ];
  const rows = await db.all(sql`
    select seq, account_name as sort_value, account_name, role, since,
      ${columns("member", ["workspace_id", "account_id"])}
    from (
      select m.seq as seq, m.workspace_id as workspace_id, m.account_id as account_id, m.role as role, m.since as since,
        a.name as account_name
      from ${member} m join ${account} a on a.id = m.account_id
    ) member ${where(conditions)} ${keyset.tail}`);
  return keyset.toPage(rows, toMember);
}

async function writeMember(
  db: SqlDatabase,
  { workspaceId, accountId, role }: MemberChange,
  at: number,
): Promise<boolean> {
  if (!isUuid(workspaceId) || !isUuid(accountId)) return false;
  const [written] = await db.run(
    role === null
      ? sql`delete from ${member} where workspace_id = ${uuid(workspaceId)} and account_id = ${uuid(accountId)}`
      : sql`insert into ${member} (workspace_id, account_id, role, since)
          select w.id, a.id, ${role}, ${at} from ${workspace} w, ${account} a
          where w.id = ${uuid(workspaceId)} and a.id = ${uuid(accountId)}
          on conflict (workspace_id, account_id) do update set role = excluded.role`,
  );
  return written === 1;
}

function toWorkspace(row: Row): Workspace {
  return {
    id: row.id as string,
    revision: row.revision as number,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    name: row.name as string,
    description: row.description as string,
    purgeAt: row.purge_at as number | null,
  };
}

function toMember(row: Row): Member {
  return {
    workspaceId: row.workspace_id as string,
    accountId: row.account_id as string,
    accountName: row.account_name as string,
    role: row.role as MemberRole,
    since: row.since as number,
  };
}
