/** Accounts with their keys and sessions, and the audit log. */

import type { AccountRole, AuditEntry, AuditFilter, NewAuditEntry } from "../../contract/access.ts";
import type { Page, PageRequest } from "../../contract/records.ts";
import type { AccessStore, StoredAccount, StoredApiKey, StoredSession } from "../../contract/store.ts";
import { isOneOfTexts } from "./conditions.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, contains, join, raw, sql, table, uuid, where } from "./fragment.ts";
import { toKeyset } from "./page.ts";
import { cleanKey, cleanText, cleanTextOrNull, clipText } from "./text.ts";
import { isUuid } from "./uuid.ts";

const account = table("account");
const apiKey = table("api_key");
const session = table("session");
const auditEntry = table("audit_entry");

const accountColumns = [
  "id",
  "revision",
  "created_at",
  "updated_at",
  "name",
  "kind",
  "role",
  "disabled",
  "password_hash",
] as const;
const keyColumns = ["id", "account_id", "created_at", "name", "start", "digest", "expires_at", "used_at"] as const;
const auditColumns = [
  "account_id",
  "at",
  "account_name",
  "means",
  "key_id",
  "address",
  "action",
  "path",
  "outcome",
  "status",
  "request_id",
  "calls",
] as const;

/** Of what a stranger sends. */
const maxPathLength = 500;

export function createAccessStore(db: SqlDatabase): AccessStore {
  return {
    findAccounts: (page) => findAccounts(db, page),
    readAccount: (by) => readAccount(db, by),
    insertAccount: (given) => insertAccount(db, given),
    replaceAccount: (given, readRevision) => replaceAccount(db, given, readRevision),
    deleteAccount: (id) => deleteAccount(db, id),
    findApiKeys: async ({ accountId }, page) => {
      if (accountId !== undefined && !isUuid(accountId)) return { items: [], next: null };
      const keyset = toKeyset({ of: "api_key", direction: "desc" }, page);
      const conditions = [accountId === undefined ? undefined : sql`account_id = ${uuid(accountId)}`, keyset.after];
      const rows = await db.all(
        sql`select seq, ${columns("api_key", keyColumns)} from ${apiKey} ${where(conditions)} ${keyset.tail}`,
      );
      return keyset.toPage(rows, toApiKey);
    },
    readApiKey: async (id) => {
      if (!isUuid(id)) return null;
      const [row] = await db.all(
        sql`select ${columns("api_key", keyColumns)} from ${apiKey} where id = ${uuid(id)}`,
        "api-key",
      );
      return row === undefined ? null : toApiKey(row);
    },
    insertApiKey: (key) => insertApiKey(db, key),
    markApiKeyUsed: async (id, at) => {
      await db.run(sql`update ${apiKey} set used_at = ${at} where id = ${uuid(id)}`);
    },
    deleteApiKey: async (id) =>
      isUuid(id) && (await db.run(sql`delete from ${apiKey} where id = ${uuid(id)}`))[0] === 1,
    insertSession: async ({ digest, accountId, createdAt, expiresAt }) => {
      await db.run(sql`
        insert into ${session} (digest, account_id, created_at, expires_at)
        values (${digest}, ${uuid(accountId)}, ${createdAt}, ${expiresAt})`);
    },
    readSession: async (digest) => {
      const wanted = sql`where digest = ${digest}`;
      const names = ["digest", "account_id", "created_at", "expires_at"];
      const [row] = await db.all(sql`select ${columns("session", names)} from ${session} ${wanted}`, "session");
      return row === undefined ? null : toSession(row);
    },
    deleteSession: async (digest) => (await db.run(sql`delete from ${session} where digest = ${digest}`))[0] === 1,
    deleteSessionsOf: async (accountId) => {
      await db.run(sql`delete from ${session} where account_id = ${uuid(accountId)}`);
    },
    insertAuditEntries: (entries) => insertAuditEntries(db, entries),
    findAuditEntries: (filter, page) => findAuditEntries(db, filter, page),
    deleteOldAccess: async ({ now, auditBefore, max }) => {
      const [sessions = 0, auditEntries = 0] = await db.run(
        sql`delete from ${session} where digest in (select digest from ${session} where expires_at < ${now} limit ${max})`,
        sql`delete from ${auditEntry} where seq in (
          select seq from ${auditEntry} where at < ${auditBefore} order by at limit ${max})`,
      );
      return { sessions, auditEntries };
    },
  };
}

async function findAccounts(db: SqlDatabase, page: PageRequest): Promise<Page<StoredAccount>> {
  const keyset = toKeyset({ of: "account", column: "name", type: "text", direction: "asc" }, page);
  const rows = await db.all(sql`
    select seq, name as sort_value, ${columns("account", accountColumns)} from ${account}
    ${where([keyset.after])} ${keyset.tail}`);
  return keyset.toPage(rows, toAccount);
}

async function readAccount(
  db: SqlDatabase,
  by: { readonly id: string } | { readonly name: string },
): Promise<StoredAccount | null> {
  if ("id" in by && !isUuid(by.id)) return null;
  const wanted = "id" in by ? sql`id = ${uuid(by.id)}` : sql`name = ${cleanKey(by.name)}`;
  const query = sql`select ${columns("account", accountColumns)} from ${account} where ${wanted}`;
  const [row] = await db.all(query, "id" in by ? "account" : "account-by-name");
  return row === undefined ? null : toAccount(row);
}

async function insertAccount(db: SqlDatabase, given: StoredAccount): Promise<boolean> {
  const { id, revision, createdAt, updatedAt, name, kind, role, isDisabled, passwordHash } = given;
  const [written] = await db.run(sql`
    insert into ${account} (id, revision, created_at, updated_at, name, kind, role, disabled, password_hash)
    values (${uuid(id)}, ${revision}, ${createdAt}, ${updatedAt}, ${cleanKey(name)}, ${kind}, ${role},
      ${Number(isDisabled)}, ${passwordHash})
    on conflict (name) do nothing`);
  return written === 1;
}

async function replaceAccount(db: SqlDatabase, given: StoredAccount, readRevision: number): Promise<boolean> {
  const { id, revision, updatedAt, role, isDisabled, passwordHash } = given;
  const [written] = await db.run(sql`
    update ${account} set revision = ${revision}, updated_at = ${updatedAt}, role = ${role},
      disabled = ${Number(isDisabled)}, password_hash = ${passwordHash}
    where id = ${uuid(id)} and revision = ${readRevision}`);
  return written === 1;
}

async function deleteAccount(db: SqlDatabase, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const [, , , deleted] = await db.run(
    sql`delete from ${apiKey} where account_id = ${uuid(id)}`,
    sql`delete from ${session} where account_id = ${uuid(id)}`,
    sql`delete from ${table("workspace_member")} where account_id = ${uuid(id)}`,
    sql`delete from ${account} where id = ${uuid(id)}`,
  );
  return deleted === 1;
}

async function insertApiKey(db: SqlDatabase, key: StoredApiKey): Promise<boolean> {
  const { id, accountId, createdAt, name, start, digest, expiresAt, usedAt } = key;
  if (!isUuid(accountId)) return false;
  const [written] = await db.run(sql`
    insert into ${apiKey} (id, account_id, created_at, name, start, digest, expires_at, used_at)
    select ${uuid(id)}, a.id, ${createdAt}, ${cleanText(name)}, ${start}, ${digest}, ${expiresAt}, ${usedAt}
    from ${account} a where a.id = ${uuid(accountId)}`);
  return written === 1;
}

async function insertAuditEntries(db: SqlDatabase, entries: readonly NewAuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(
    (entry) => sql`(${idOrNull(entry.accountId)}, ${entry.at}, ${clipped(entry.accountName)}, ${entry.means},
      ${idOrNull(entry.keyId)}, ${cleanText(entry.address)}, ${cleanText(entry.action)},
      ${clipText(cleanText(entry.path), maxPathLength)}, ${entry.outcome}, ${entry.status}, ${cleanText(entry.requestId)},
      ${entry.calls ?? 1})`,
  );
  await db.run(sql`insert into ${auditEntry} (${raw(auditColumns.join(", "))}) values ${join(rows, ", ")}`);
}

const idOrNull = (id: string | null) => uuid(id !== null && isUuid(id) ? id : null);

function clipped(name: string | null): string | null {
  const clean = cleanTextOrNull(name);
  return clean === null ? null : clipText(clean, maxPathLength);
}

async function findAuditEntries(db: SqlDatabase, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
  const { accountId, outcomes, action, text, since, until } = filter;
  if (accountId !== undefined && !isUuid(accountId)) return { items: [], next: null };
  const keyset = toKeyset({ of: "audit_entry", direction: "desc" }, page);
  const conditions = [
    accountId === undefined ? undefined : sql`account_id = ${uuid(accountId)}`,
    outcomes && isOneOfTexts("outcome", outcomes),
    action === undefined ? undefined : sql`action = ${cleanText(action)}`,
    text === undefined
      ? undefined
      : sql`(${contains("path", cleanText(text))} or ${contains("action", cleanText(text))}
          or ${contains("coalesce(account_name, '')", cleanText(text))})`,
    since === undefined ? undefined : sql`at >= ${since}`,
    until === undefined ? undefined : sql`at < ${until}`,
    keyset.after,
  ];
  const rows = await db.all(sql`
    select seq, ${columns("audit_entry", auditColumns)} from ${auditEntry} ${where(conditions)} ${keyset.tail}`);
  return keyset.toPage(rows, toAuditEntry);
}

function toAccount(row: Row): StoredAccount {
  return {
    id: row.id as string,
    revision: row.revision as number,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    name: row.name as string,
    kind: row.kind as StoredAccount["kind"],
    role: row.role as AccountRole,
    isDisabled: row.disabled === 1,
    passwordHash: row.password_hash as string | null,
  };
}

function toApiKey(row: Row): StoredApiKey {
  return {
    id: row.id as string,
    accountId: row.account_id as string,
    createdAt: row.created_at as number,
    name: row.name as string,
    start: row.start as string,
    digest: row.digest as string,
    expiresAt: row.expires_at as number | null,
    usedAt: row.used_at as number | null,
  };
}

function toSession(row: Row): StoredSession {
  return {
    digest: row.digest as string,
    accountId: row.account_id as string,
    createdAt: row.created_at as number,
    expiresAt: row.expires_at as number,
  };
}

function toAuditEntry(row: Row): AuditEntry {
  return {
    seq: row.seq as number,
    at: row.at as number,
    accountId: row.account_id as string | null,
    accountName: row.account_name as string | null,
    means: row.means as AuditEntry["means"],
    keyId: row.key_id as string | null,
    address: row.address as string,
    action: row.action as string,
    path: row.path as string,
    outcome: row.outcome as AuditEntry["outcome"],
    status: row.status as number,
    requestId: row.request_id as string,
    calls: row.calls as number,
  };
}
