import { describe, expect, test } from "vitest";
import type { RunInput } from "../../contract/records.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { anEvent, create, startAt } from "./samples.testsuite.ts";

export function testNamedValues(makeLedger: MakeLedger): void {
  describe("secrets", () => {
    const used = useStore(makeLedger);

    test("are written, overwritten, listed without what is sealed, and deleted", async () => {
      const { store } = used;
      await store.writeSecret({ name: "token", sealed: "v1.a", at: startAt });
      await store.writeSecret({ name: "token", sealed: "v1.b", at: startAt + 1 });
      await store.writeSecret({ name: "api", sealed: "v1.c", at: startAt });
      const times = { createdAt: startAt, updatedAt: startAt + 1 };
      expect(await store.readSecret("token")).toEqual({ name: "token", sealed: "v1.b", ...times });
      expect(await store.findSecrets()).toEqual([
        { name: "api", createdAt: startAt, updatedAt: startAt },
        { name: "token", ...times },
      ]);
      expect([await store.deleteSecret("api"), await store.deleteSecret("api")]).toEqual([true, false]);
      expect(await store.readSecret("api")).toBeNull();
    });

    test("are told of with each write, and with a deletion of what is there", async () => {
      const { store } = used;
      const [written, again, deleted, late] = ["written", "again", "deleted", "late"].map((name) => anEvent({ name }));
      const secret = { name: "told", sealed: "v1.a", at: startAt };
      await store.writeSecret(secret, written);
      await store.writeSecret(secret, again);
      expect(await store.deleteSecret("told", deleted)).toBe(true);
      expect(await store.deleteSecret("told", late)).toBe(false);
      const names = ["written", "again", "deleted", "late"];
      const told = (await store.findEvents({ names }, {})).items.map(({ name }) => name);
      expect(told).toEqual(["written", "again", "deleted"]);
    });

    test("are sealed anew without being told of, unless somebody else was faster", async () => {
      const { store } = used;
      for (const name of ["a", "b", "c"]) await store.writeSecret({ name, sealed: `v1.${name}`, at: startAt });
      const first = await store.findSealedSecrets(null, 2);
      expect(first.map(({ name, sealed }) => [name, sealed])).toEqual([
        ["a", "v1.a"],
        ["b", "v1.b"],
      ]);
      expect((await store.findSealedSecrets("b", 1)).map(({ name }) => name)).toEqual(["c"]);
      expect(await store.resealSecret({ name: "a", from: "v1.a", to: "v2.a" })).toBe(true);
      expect(await store.resealSecret({ name: "a", from: "v1.a", to: "v2.other" })).toBe(false);
      expect(await store.resealSecret({ name: "gone", from: "v1.a", to: "v2.a" })).toBe(false);
      const times = { createdAt: startAt, updatedAt: startAt };
      expect(await store.readSecret("a")).toEqual({ name: "a", sealed: "v2.a", ...times });
    });
  });

  describe("inputs of runs", () => {
    const used = useStore(makeLedger);

    test("are one for an id, and come in their order", async () => {
      const { store } = used;
      const run = await create(store);
      const input: RunInput = {
        flowRunId: run.id,
        key: "go",
        id: "1",
        value: "true",
        sender: null,
        createdAt: startAt,
      };
      const inputs = [input, { ...input, id: "2", sender: "ann" }, { ...input, key: "stop", createdAt: startAt + 1 }];
      for (const each of inputs) expect(await store.writeRunInput(each)).toBe(true);
      expect(await store.writeRunInput({ ...input, value: "false" })).toBe(false);
      expect(await store.findRunInputs(run.id)).toEqual(inputs);
      expect(await store.findRunInputs(run.id, "go")).toEqual(inputs.slice(0, 2));
      expect(await store.findRunInputs(uuidv7())).toEqual([]);
      expect(await store.findRunInputs("no id")).toEqual([]);
    });

    test("of a run that is not there are refused", async () => {
      const input = { flowRunId: uuidv7(), key: "go", id: "1", value: "1", sender: null, createdAt: startAt };
      expect(await used.store.writeRunInput(input)).toBe(false);
      expect(await used.store.writeRunInput({ ...input, flowRunId: "no id" })).toBe(false);
      expect(await used.store.findRunInputs(input.flowRunId)).toEqual([]);
    });
  });
}
