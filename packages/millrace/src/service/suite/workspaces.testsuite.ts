import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import type { UsedApi } from "./api-under-test.testsuite.ts";

/** A name that nothing else has. */
const aName = (): string => `w-${uuidv7()}`;

export function testWorkspaces(used: UsedApi): void {
  describe("workspaces", () => {
    test("are made, changed, listed, deleted and restored", async () => {
      const { api } = used;
      const name = aName();
      const made = await api.createWorkspace({ name, description: "Demand" });
      expect(made).toMatchObject({ name, description: "Demand", revision: 1, purgeAt: null });
      const changed = await api.updateWorkspace(made.id, { description: "" });
      expect(changed).toMatchObject({ name, description: "", revision: 2 });
      expect((await api.listWorkspaces({ limit: 1000 })).items).toContainEqual(changed);
      const deleted = await api.deleteWorkspace(made.id);
      expect(deleted?.purgeAt).toBe((deleted?.updatedAt ?? 0) + 7 * 24 * 60 * 60_000);
      const sooner = await api.deleteWorkspace(made.id, { keepForMs: 60_000 });
      expect(sooner?.purgeAt).toBe((sooner?.updatedAt ?? 0) + 60_000);
      await expect(api.updateWorkspace(made.id, { description: "x" })).rejects.toMatchObject({
        code: "OBJECT_INVALID",
      });
      expect(await api.restoreWorkspace(made.id)).toMatchObject({ name, purgeAt: null });
    });

    test("cannot be what makes no sense", async () => {
      const { api } = used;
      for (const name of ["", "Red", "1st", "a_b", "a/b", "a b", "ä", `a${"b".repeat(40)}`, "a\n"]) {
        await expect(api.createWorkspace({ name })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
      }
      const name = aName();
      const { id } = await api.createWorkspace({ name });
      await expect(api.createWorkspace({ name })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      const other = await api.createWorkspace({ name: aName() });
      await expect(api.updateWorkspace(other.id, { name })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      const long = { description: "x".repeat(1001) };
      await expect(api.updateWorkspace(id, long)).rejects.toMatchObject({ code: "OBJECT_INVALID" });
      await expect(api.deleteWorkspace(id, { keepForMs: 1 })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
      expect(await api.updateWorkspace(uuidv7(), { description: "" })).toBeNull();
      expect(await api.deleteWorkspace(uuidv7())).toBeNull();
      expect(await api.restoreWorkspace("no id")).toBeNull();
    });

    test("have accounts as members, of whom each has one role", async () => {
      const { api } = used;
      const { id: workspaceId } = await api.createWorkspace({ name: aName() });
      const name = `m-${uuidv7()}`;
      const { id: accountId } = await api.createAccount({ name, kind: "person", role: "none" });
      expect(await api.setMember({ workspaceId, accountId, role: "worker" })).toBe(true);
      expect(await api.setMember({ workspaceId, accountId, role: "author" })).toBe(true);
      expect((await api.listMembers({ workspaceId })).items).toMatchObject([{ accountName: name, role: "author" }]);
      expect((await api.listMembers({ accountId })).items).toMatchObject([{ workspaceId }]);
      const nobody = { workspaceId, accountId: uuidv7() };
      await expect(api.setMember({ ...nobody, role: "viewer" })).rejects.toMatchObject({ code: "NOT_FOUND" });
      const nowhere = { workspaceId: uuidv7(), accountId };
      await expect(api.setMember({ ...nowhere, role: "viewer" })).rejects.toMatchObject({ code: "NOT_FOUND" });
      const change = { workspaceId, accountId, role: null };
      expect([await api.setMember(change), await api.setMember(change)]).toEqual([true, false]);
    });
  });
}
