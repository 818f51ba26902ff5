import { describe, expect, test } from "vitest";
import type { NewAuditEntry } from "../../contract/access.ts";
import type { StoredAccount, StoredApiKey } from "../../contract/store.ts";
import { uuidFromHash, uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { readAll, startAt } from "./samples.testsuite.ts";

function anAccount(more: Partial<StoredAccount> = {}): StoredAccount {
  return {
    id: uuidv7(),
    name: "ada",
    kind: "person",
    role: "author",
    isDisabled: false,
    passwordHash: null,
    createdAt: startAt,
    updatedAt: startAt,
    revision: 1,
    ...more,
  };
}

function aKey(accountId: string, more: Partial<StoredApiKey> = {}): StoredApiKey {
  const id = uuidv7();
  const digest = "d".repeat(64);
  return {
    id,
    accountId,
    name: "laptop",
    start: "mr_…abcdef",
    digest,
    createdAt: startAt,
    expiresAt: null,
    usedAt: null,
    ...more,
  };
}

function anEntry(more: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    at: startAt,
    accountId: null,
    accountName: null,
    means: null,
    keyId: null,
    address: "127.0.0.1",
    action: "deleteFlowRun",
    path: "/v1/flow-runs/1",
    outcome: "done",
    status: 200,
    requestId: "r-1",
    ...more,
  };
}

export function testAccess(makeLedger: MakeLedger): void {
  describe("accounts", () => {
    const used = useStore(makeLedger);

    test("are kept as they are given, found by id and by name, and listed by their names", async () => {
      const { access } = used.store;
      const ada = anAccount({ passwordHash: "scrypt.1" });
      const worker = anAccount({ name: "Ü:\u0000\nworker", kind: "service", role: "worker", isDisabled: true });
      expect([await access.insertAccount(ada), await access.insertAccount(worker)]).toEqual([true, true]);
      expect(await access.insertAccount(anAccount())).toBe(false);
      expect(await access.readAccount({ id: ada.id })).toEqual(ada);
      expect(await access.readAccount({ name: "ada" })).toEqual(ada);
      expect(await access.readAccount({ name: "Ada" })).toBeNull();
      expect(await access.readAccount({ id: "no uuid" })).toBeNull();
      const { items } = await readAll((page) => access.findAccounts(page), 1);
      expect(items.map(({ id }) => id)).toEqual([ada.id, worker.id]);
    });

    test("are replaced at the revision that was read only", async () => {
      const { access } = used.store;
      const grace = anAccount({ name: "grace" });
      await access.insertAccount(grace);
      const next: StoredAccount = {
        ...grace,
        revision: 2,
        role: "admin",
        isDisabled: true,
        passwordHash: "x",
        updatedAt: startAt + 1,
      };
      expect([await access.replaceAccount(next, 1), await access.replaceAccount(next, 1)]).toEqual([true, false]);
      expect(await access.readAccount({ id: grace.id })).toEqual(next);
    });

    test("go with their keys and their sessions", async () => {
      const { access } = used.store;
      const [gone, stays] = [anAccount({ name: "gone" }), anAccount({ name: "stays" })];
      const [goneKey, staysKey] = [aKey(gone.id), aKey(stays.id)];
      for (const account of [gone, stays]) await access.insertAccount(account);
      for (const key of [goneKey, staysKey]) expect(await access.insertApiKey(key)).toBe(true);
      const times = { createdAt: startAt, expiresAt: startAt + 1000 };
      await access.insertSession({ digest: "gone", accountId: gone.id, ...times });
      await access.insertSession({ digest: "stays", accountId: stays.id, ...times });
      expect([await access.deleteAccount(gone.id), await access.deleteAccount(gone.id)]).toEqual([true, false]);
      expect(await access.readApiKey(goneKey.id)).toBeNull();
      expect(await access.readSession("gone")).toBeNull();
      expect(await access.readApiKey(staysKey.id)).toEqual(staysKey);
      expect(await access.readSession("stays")).toEqual({ digest: "stays", accountId: stays.id, ...times });
    });
  });

  describe("keys and sessions", () => {
    const used = useStore(makeLedger);

    test("keys are listed by account, the newest first, and remember their last use", async () => {
      const { access } = used.store;
      const [one, other] = [anAccount({ name: "one" }), anAccount({ name: "other" })];
      for (const account of [one, other]) await access.insertAccount(account);
      const keys = [aKey(one.id), aKey(other.id, { expiresAt: startAt + 5 }), aKey(one.id, { usedAt: startAt })];
      for (const key of keys) await access.insertApiKey(key);
      expect(await access.insertApiKey(aKey(uuidv7()))).toBe(false);
      const [first, second, third] = keys;
      expect((await access.findApiKeys({}, {})).items).toEqual([third, second, first]);
      expect((await readAll((page) => access.findApiKeys({ accountId: one.id }, page), 1)).items).toEqual([
        third,
        first,
      ]);
      await access.markApiKeyUsed(first?.id ?? "", startAt + 7);
      expect(await access.readApiKey(first?.id ?? "")).toEqual({ ...first, usedAt: startAt + 7 });
      expect([await access.deleteApiKey(first?.id ?? ""), await access.deleteApiKey("x")]).toEqual([true, false]);
    });

    test("all sessions of an account are ended at once, one by one, or when they are old", async () => {
      const { access } = used.store;
      const account = anAccount({ name: "sessions" });
      await access.insertAccount(account);
      const open = (digest: string, expiresAt = startAt + 1000) =>
        access.insertSession({ digest, accountId: account.id, createdAt: startAt, expiresAt });
      for (const digest of ["a", "b"]) await open(digest);
      expect([await access.deleteSession("a"), await access.deleteSession("a")]).toEqual([true, false]);
      await access.deleteSessionsOf(account.id);
      expect(await access.readSession("b")).toBeNull();
      await open("old", startAt + 1);
      await open("new", startAt + 3);
      const deleted = await access.deleteOldAccess({ now: startAt + 2, auditBefore: 0, max: 10 });
      expect(deleted).toEqual({ sessions: 1, auditEntries: 0 });
      expect(await access.readSession("new")).not.toBeNull();
    });
  });

  describe("the audit log", () => {
    const used = useStore(makeLedger);

    test("is written many at a time, and read by who, what and when, the newest first", async () => {
      const { access } = used.store;
      const ada = uuidFromHash("ada");
      await access.insertAuditEntries([]);
      await access.insertAuditEntries([
        anEntry({ accountId: ada, accountName: "ada", means: "session", keyId: null, requestId: "1" }),
        anEntry({
          outcome: "denied",
          status: 403,
          action: "createAccount",
          path: "/v1/accounts",
          at: startAt + 1,
          requestId: "2",
        }),
        anEntry({
          accountName: "somebody\u0000",
          calls: 12,
          outcome: "failed",
          status: 409,
          at: startAt + 2,
          requestId: "3",
        }),
      ]);
      await access.insertAuditEntries([
        anEntry({
          accountId: ada,
          means: "key",
          keyId: uuidFromHash("key"),
          path: `/${"ü".repeat(2000)}`,
          at: startAt + 3,
          requestId: "4",
        }),
      ]);
      const read = async (filter: Parameters<typeof access.findAuditEntries>[0]) =>
        (await readAll((page) => access.findAuditEntries(filter, page), 2)).items.map(({ requestId }) => requestId);
      expect(await read({})).toEqual(["4", "3", "2", "1"]);
      expect((await access.findAuditEntries({}, { limit: 4 })).items.map(({ calls }) => calls)).toEqual([1, 12, 1, 1]);
      expect(await read({ accountId: ada })).toEqual(["4", "1"]);
      expect(await read({ outcomes: ["denied", "failed"] })).toEqual(["3", "2"]);
      expect(await read({ action: "createAccount" })).toEqual(["2"]);
      expect(await read({ text: "SOMEBODY" })).toEqual(["3"]);
      expect(await read({ text: "/v1/accounts" })).toEqual(["2"]);
      expect(await read({ since: startAt + 1, until: startAt + 3 })).toEqual(["3", "2"]);
      const [newest] = (await access.findAuditEntries({}, { limit: 1 })).items;
      expect(newest).toMatchObject({ keyId: uuidFromHash("key"), means: "key", outcome: "done", status: 200 });
      expect(newest?.path.length).toBe(500);
      expect(await access.deleteOldAccess({ now: 0, auditBefore: startAt + 2, max: 1 })).toEqual({
        sessions: 0,
        auditEntries: 1,
      });
      expect(await read({})).toEqual(["4", "3", "2"]);
    });
  });
}
