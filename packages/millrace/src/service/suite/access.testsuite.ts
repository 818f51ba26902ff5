import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import type { UsedApi } from "./api-under-test.testsuite.ts";

const password = "correct horse battery";

export function testAccess(used: UsedApi): void {
  describe("accounts", () => {
    test("are made, changed, listed and deleted, and their passwords are told to nobody", async () => {
      const { api } = used;
      const name = `ada-${uuidv7()}`;
      const made = await api.createAccount({ name, kind: "person", role: "author", password });
      expect(made).toMatchObject({
        name,
        kind: "person",
        role: "author",
        isDisabled: false,
        hasPassword: true,
        revision: 1,
      });
      const changed = await api.updateAccount(made.id, { role: "viewer", password: null });
      expect(changed).toMatchObject({ role: "viewer", hasPassword: false, revision: 2 });
      expect((await api.listAccounts({ limit: 1000 })).items).toContainEqual(changed);
      expect(JSON.stringify([made, changed])).not.toMatch(/scrypt|horse/);
      expect([await api.deleteAccount(made.id), await api.deleteAccount(made.id)]).toEqual([true, false]);
      expect(await api.updateAccount(made.id, { role: "admin" })).toBeNull();
    });

    test("cannot be what makes no sense", async () => {
      const { api } = used;
      const given = { name: `x-${uuidv7()}`, kind: "person", role: "viewer" } as const;
      const refused = [
        { ...given, name: "" },
        { ...given, name: " a" },
        { ...given, name: "a:b" },
        { ...given, name: "a\u001b[31m" },
        { ...given, password: "too short" },
        { ...given, kind: "service", password } as const,
      ];
      for (const account of refused) {
        await expect(api.createAccount(account)).rejects.toMatchObject({ code: "OBJECT_INVALID" });
      }
      await api.createAccount(given);
      await expect(api.createAccount(given)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      const service = await api.createAccount({ name: `s-${uuidv7()}`, kind: "service", role: "worker" });
      await expect(api.updateAccount(service.id, { password })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
    });

    test("one admin is left, whatever is done", async () => {
      const { api } = used;
      const [one, two] = [`one-${uuidv7()}`, `two-${uuidv7()}`];
      const first = await api.createAccount({ name: one, kind: "person", role: "admin" });
      const last = { code: "OBJECT_INVALID", message: expect.stringContaining("is the only admin") as string };
      await expect(api.updateAccount(first.id, { role: "operator" })).rejects.toMatchObject(last);
      await expect(api.updateAccount(first.id, { isDisabled: true })).rejects.toMatchObject(last);
      await expect(api.deleteAccount(first.id)).rejects.toMatchObject(last);
      const second = await api.createAccount({ name: two, kind: "person", role: "admin" });
      expect(await api.deleteAccount(first.id)).toBe(true);
      await expect(api.deleteAccount(second.id)).rejects.toMatchObject(last);
    });
  });

  describe("keys", () => {
    test("are told once, listed by their start, and deleted", async () => {
      const { api } = used;
      const { id: accountId } = await api.createAccount({ name: `k-${uuidv7()}`, kind: "service", role: "worker" });
      const { key, text } = await api.createApiKey({ accountId, name: "ci" });
      expect(text).toMatch(/^mr_[\w-]{65}$/);
      expect(key).toMatchObject({ accountId, name: "ci", expiresAt: null, usedAt: null });
      expect(text).toContain(key.start.replace("mr_…", ""));
      const listed = await api.listApiKeys({ accountId });
      expect(listed.items).toEqual([key]);
      expect(JSON.stringify(listed)).not.toContain(text.slice(30));
      expect([await api.deleteApiKey(key.id), await api.deleteApiKey(key.id)]).toEqual([true, false]);
    });

    test("are of an account, have a name, and end later than now", async () => {
      const { api } = used;
      const { id: accountId, createdAt } = await api.createAccount({
        name: `e-${uuidv7()}`,
        kind: "service",
        role: "viewer",
      });
      await expect(api.createApiKey({ accountId: uuidv7(), name: "x" })).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(api.createApiKey({ accountId, name: "" })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
      const over = api.createApiKey({ accountId, name: "x", expiresAt: createdAt - 1 });
      await expect(over).rejects.toMatchObject({ code: "OBJECT_INVALID" });
    });
  });

  test("what nobody has done is in no audit log", async () => {
    expect(await used.api.listAuditEntries({ outcomes: ["denied"], text: uuidv7() })).toEqual({
      items: [],
      next: null,
    });
  });
}
