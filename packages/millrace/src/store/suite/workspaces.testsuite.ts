import { describe, expect, test } from "vitest";
import type { Workspace } from "../../contract/workspaces.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { readSampleLedger, writeSampleLedger } from "./sample-ledger.testsuite.ts";
import { readAll, startAt } from "./samples.testsuite.ts";

function aWorkspace(more: Partial<Workspace> = {}): Workspace {
  return {
    id: uuidv7(),
    name: "forecasts",
    description: "",
    createdAt: startAt,
    updatedAt: startAt,
    revision: 1,
    purgeAt: null,
    ...more,
  };
}

export function testWorkspaces(makeLedger: MakeLedger): void {
  describe("workspaces", () => {
    const used = useStore(makeLedger);
    const anAccount = async (name: string): Promise<string> => {
      const at = { createdAt: startAt, updatedAt: startAt, revision: 1 };
      const id = uuidv7();
      const account = { id, name, kind: "person", role: "none", isDisabled: false, passwordHash: null, ...at } as const;
      await used.store.access.insertAccount(account);
      return id;
    };

    test("are kept as they are given, found by id and by name, and listed by their names", async () => {
      const { workspaces } = used.store;
      const made = ["zebra", "ant", "bee"].map((name) => aWorkspace({ name, description: `of "${name}"\u0000` }));
      for (const each of made) expect(await workspaces.insertWorkspace(each)).toBe("written");
      const kept = made.map((each) => ({ ...each, description: `of "${each.name}"\ufffd` }));
      const [zebra] = kept;
      expect(await workspaces.readWorkspace({ name: "zebra" })).toEqual(zebra);
      expect(await workspaces.readWorkspace({ id: zebra?.id ?? "" })).toEqual(zebra);
      expect(await workspaces.readWorkspace({ id: "no id" })).toBeNull();
      expect(await workspaces.readWorkspace({ name: "Zebra" })).toBeNull();
      const listed = await readAll((page) => workspaces.findWorkspaces(page), 2);
      expect(listed.items.map(({ name }) => name)).toEqual(["ant", "bee", "zebra"]);
    });

    test("have a name of their own", async () => {
      const { workspaces } = used.store;
      const [one, other] = [aWorkspace({ name: "one" }), aWorkspace({ name: "other" })];
      expect(await workspaces.insertWorkspace(one)).toBe("written");
      expect(await workspaces.insertWorkspace({ ...other, name: "one" })).toBe("name-taken");
      expect(await workspaces.insertWorkspace(other)).toBe("written");
      expect(await workspaces.replaceWorkspace({ ...other, name: "one", revision: 2 }, 1)).toBe("name-taken");
      expect(await workspaces.replaceWorkspace({ ...other, purgeAt: 7, revision: 2 }, 1)).toBe("written");
      expect(await workspaces.replaceWorkspace({ ...other, revision: 2 }, 1)).toBe("changed");
      expect(await workspaces.readWorkspace({ name: "other" })).toEqual({ ...other, purgeAt: 7, revision: 2 });
    });

    test("have members, who go with the workspace and with the account", async () => {
      const { access, workspaces } = used.store;
      const [first, second] = [aWorkspace({ name: "first" }), aWorkspace({ name: "second" })];
      for (const each of [first, second]) await workspaces.insertWorkspace(each);
      const [ada, bob] = [await anAccount("ada"), await anAccount("bob")];
      const set = (workspaceId: string, accountId: string, role: "viewer" | "admin" | null) =>
        workspaces.writeMember({ workspaceId, accountId, role }, startAt);
      expect(await set(first.id, bob, "viewer")).toBe(true);
      expect(await set(first.id, ada, "viewer")).toBe(true);
      expect(await set(second.id, ada, "viewer")).toBe(true);
      expect(await set(first.id, ada, "admin")).toBe(true);
      for (const [workspaceId, accountId] of [
        [uuidv7(), ada],
        [first.id, uuidv7()],
        ["x", ada],
      ] as const) {
        expect(await set(workspaceId, accountId, "viewer")).toBe(false);
        expect(await workspaces.readMemberRole(workspaceId, accountId)).toBeNull();
      }
      const ofFirst = await readAll((page) => workspaces.findMembers({ workspaceId: first.id }, page), 1);
      expect(ofFirst.items).toEqual([
        { workspaceId: first.id, accountId: ada, accountName: "ada", role: "admin", since: startAt },
        { workspaceId: first.id, accountId: bob, accountName: "bob", role: "viewer", since: startAt },
      ]);
      expect(await workspaces.readMemberRole(first.id, ada)).toBe("admin");
      expect(await workspaces.readMemberRole(second.id, bob)).toBeNull();

      expect([await set(first.id, bob, null), await set(first.id, bob, null)]).toEqual([true, false]);
      await access.deleteAccount(ada);
      expect((await workspaces.findMembers({ accountId: ada }, {})).items).toEqual([]);
      await set(second.id, bob, "viewer");
      expect(await workspaces.deleteWorkspace(second.id, 2)).toBe(false);
      expect(await workspaces.readMemberRole(second.id, bob)).toBe("viewer");
      expect(await workspaces.deleteWorkspace(second.id, 1)).toBe(true);
      expect(await workspaces.readMemberRole(second.id, bob)).toBeNull();
    });

    test("have ledgers of their own, of which none sees anything of another", async () => {
      const { store } = used;
      const [id, otherId] = [uuidv7(), uuidv7()];
      const [one, other] = [await store.openBeside(id), await store.openBeside(otherId)];
      const empty = await readSampleLedger(other);
      await writeSampleLedger(one);
      const written = await readSampleLedger(one);
      expect(await readSampleLedger(other)).toEqual({ ...(empty as object), isSlotTaken: true });
      // The same ids, elsewhere.
      await writeSampleLedger(store);
      await one.deleteFlowRun((await one.findFlowRuns({}, "created-asc", {})).items[0]?.id ?? "");
      expect((await readSampleLedger(store)) as object).toMatchObject({
        flowRuns: (written as { readonly flowRuns: readonly unknown[] }).flowRuns,
      });
      await one.close();
      await store.dropBeside(id);
      const again = await store.openBeside(id);
      expect((await again.findEvents({}, {})).items).toEqual([]);
      await Promise.all([again.close(), other.close()]);
      for (const each of [id, otherId]) await store.dropBeside(each);
      // One that is not there is gone.
      await store.dropBeside(id);
      expect(await store.check()).toEqual([]);
    });
  });
}
