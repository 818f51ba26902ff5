/** Accounts and their keys, and the log of what they did. */

import type { Account, AccountRole, ApiKey, NewAccount } from "../../contract/access.ts";
import { accountRoles, passwordLength } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Store, StoredAccount, StoredApiKey } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { checkRevision } from "../check-revision.ts";
import { makeKey } from "./key-text.ts";
import { hashPassword } from "./password.ts";

type AccountMethods = Pick<
  Api,
  | "listAccounts"
  | "createAccount"
  | "updateAccount"
  | "deleteAccount"
  | "listApiKeys"
  | "createApiKey"
  | "deleteApiKey"
  | "listAuditEntries"
>;

const maxNameLength = 100;
/** How often a change is made again because another one came between. */
const maxRaces = 20;

export function createAccounts({ store, clock }: { readonly store: Store; readonly clock: Clock }): AccountMethods {
  const { access } = store;
  return {
    listAccounts: async (page = {}) => {
      const { items, next } = await access.findAccounts(page);
      return { items: items.map(toAccount), next };
    },

    async createAccount(given) {
      checkAccount(given);
      const at = clock.now();
      const { name, kind, role, password } = given;
      const account: StoredAccount = {
        id: uuidv7(),
        name,
        kind,
        role,
        isDisabled: false,
        createdAt: at,
        updatedAt: at,
        revision: 1,
        passwordHash: password === undefined ? null : await hashPassword(password),
      };
      if (!(await access.insertAccount(account))) throw new MillraceError("OBJECT_EXISTS", { kind: "account", name });
      return toAccount(account);
    },

    async updateAccount(id, change, revision) {
      const { role, isDisabled, password } = change;
      if (role !== undefined) checkRole(role);
      if (typeof password === "string") checkPassword(password);
      const hash = typeof password === "string" ? await hashPassword(password) : password;
      for (let race = 0; race < maxRaces; race++) {
        const found = await access.readAccount({ id });
        if (found === null) return null;
        checkRevision({ kind: "account", id, revision: found.revision }, revision);
        if (typeof hash === "string" && found.kind === "service") throw invalid("a service has keys, and no password");
        const next: StoredAccount = {
          ...found,
          role: role ?? found.role,
          isDisabled: isDisabled ?? found.isDisabled,
          passwordHash: hash === undefined ? found.passwordHash : hash,
          updatedAt: clock.now(),
          revision: found.revision + 1,
        };
        await keepAnAdmin(found, next);
        if (!(await access.replaceAccount(next, found.revision))) continue;
        if (password !== undefined || next.isDisabled) await access.deleteSessionsOf(id);
        return toAccount(next);
      }
      throw new MillraceError("LEDGER_BUSY", { location: `account ${id}`, waited: `${maxRaces} attempts` });
    },

    async deleteAccount(id) {
      const found = await access.readAccount({ id });
      if (found !== null) await keepAnAdmin(found, null);
      return access.deleteAccount(id);
    },

    listApiKeys: async (filter, page = {}) => {
      const { items, next } = await access.findApiKeys(filter, page);
      return { items: items.map(toApiKey), next };
    },

    async createApiKey({ accountId, name, expiresAt = null }) {
      const at = clock.now();
      if (!isName(name)) throw invalid(`a key's name has 1 to ${maxNameLength} characters, and none that is not shown`);
      if (expiresAt !== null && expiresAt <= at) throw invalid("the key would have expired already");
      const { id, digest, start, text } = makeKey(uuidv7());
      const key: StoredApiKey = { id, accountId, name, start, digest, createdAt: at, expiresAt, usedAt: null };
      if (await access.insertApiKey(key)) return { key: toApiKey(key), text };
      throw new MillraceError("NOT_FOUND", {
        kind: "account",
        name: accountId,
        advice: "`millrace account ls` lists them.",
      });
    },

    deleteApiKey: (id) => access.deleteApiKey(id),
    listAuditEntries: (filter, page = {}) => access.findAuditEntries(filter, page),
  };

  /** Nobody could let anybody in any more. @throws OBJECT_INVALID */
  async function keepAnAdmin(found: StoredAccount, next: StoredAccount | null): Promise<void> {
    if (!isGoodAdmin(found) || (next !== null && isGoodAdmin(next))) return;
    let cursor: string | null = null;
    do {
      const page = await access.findAccounts({ limit: 1000, ...(cursor === null ? {} : { cursor }) });
      if (page.items.some((each) => each.id !== found.id && isGoodAdmin(each))) return;
      cursor = page.next;
    } while (cursor !== null);
    throw invalid(`${found.name} is the only admin: make another one first`);
  }
}

function isGoodAdmin({ role, isDisabled }: StoredAccount): boolean {
  return role === "admin" && !isDisabled;
}

/** @throws OBJECT_INVALID */
function checkAccount({ name, kind, role, password }: NewAccount): void {
  if (!isName(name) || name.includes(":")) {
    throw invalid(`an account's name has 1 to ${maxNameLength} characters: no colon, and none that is not shown`);
  }
  checkRole(role);
  if (password === undefined) return;
  if (kind === "service") throw invalid("a service has keys, and no password");
  checkPassword(password);
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= maxNameLength && name.trim() === name && !/\p{C}/u.test(name);
}

function checkRole(role: AccountRole): void {
  if (!accountRoles.includes(role)) throw invalid(`the roles are ${accountRoles.join(", ")}`);
}

function checkPassword(password: string): void {
  const { min, max } = passwordLength;
  if (password.length >= min && password.length <= max) return;
  throw invalid(`a password has ${min} to ${max} characters`);
}

function invalid(reason: string): MillraceError {
  return new MillraceError("OBJECT_INVALID", { reason });
}

export function toAccount({ passwordHash, ...account }: StoredAccount): Account {
  return { ...account, hasPassword: passwordHash !== null };
}

function toApiKey(stored: StoredApiKey): ApiKey {
  const { digest: _, ...key } = stored;
  return key;
}
