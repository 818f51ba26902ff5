import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { readAll } from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";

export function testValues(used: UsedApi): void {
  test("variables are written, read, listed and deleted", async () => {
    const { api } = used;
    const name = `v-${uuidv7()}`;
    expect(await api.readVariable(name)).toBeNull();
    const written = await api.writeVariable({ name, value: '{"a":[1.5,null,"ü"]}', tags: ["geo"] });
    expect(written).toMatchObject({ name, value: '{"a":[1.5,null,"ü"]}', tags: ["geo"] });
    expect(await api.readVariable(name)).toEqual(written);
    const again = await api.writeVariable({ name, value: "2" });
    expect(again).toMatchObject({ value: "2", tags: [], createdAt: written.createdAt });
    await api.writeVariable({ name: `${name}-2`, value: "3" });
    const all = await readAll((page) => api.listVariables(page), 1);
    expect(all.items.map((variable) => variable.name)).toEqual(expect.arrayContaining([name, `${name}-2`]));
    expect((await api.listVariables()).items.length).toBe(all.items.length);
    expect([await api.deleteVariable(name), await api.deleteVariable(name)]).toEqual([true, false]);
  });

  test("a variable's name is checked", async () => {
    const write = used.api.writeVariable({ name: "Not A Name", value: "1" });
    await expect(write).rejects.toMatchObject({ code: "VARIABLE_NAME_INVALID", data: { name: "Not A Name" } });
    expect(await used.api.readVariable("Not/A Name?#%")).toBeNull();
  });

  test("secrets are kept as they were sealed, and listed without", async () => {
    const { api } = used;
    const name = `API TOKEN/${uuidv7()}`;
    expect(await api.readSecret(name)).toBeNull();
    expect(await api.writeSecret({ name, sealed: "v1.a.b.c" })).toBeUndefined();
    expect(await api.readSecret(name)).toMatchObject({ name, sealed: "v1.a.b.c" });
    const listed = (await api.listSecrets()).find((secret) => secret.name === name);
    expect(Object.keys(listed ?? {}).sort()).toEqual(["createdAt", "name", "updatedAt"]);
    expect([await api.deleteSecret(name), await api.deleteSecret(name)]).toEqual([true, false]);
  });

  describe("inputs to runs", () => {
    test("are sent once for each id, and listed by key", async () => {
      const { api } = used;
      const run = await begin(api, await register(api));
      const input = { flowRunId: run.id, key: "signal:a b", id: uuidv7(), value: '{"ok":true}', sender: null };
      expect([await api.sendRunInput(input), await api.sendRunInput(input)]).toEqual([true, false]);
      expect(await api.sendRunInput({ ...input, key: "approve", sender: "ada" })).toBe(true);
      expect(await api.listRunInputs(run.id, "signal:a b")).toMatchObject([input]);
      expect(await api.listRunInputs(run.id)).toHaveLength(2);
      expect(await api.listRunInputs(run.id, "other")).toEqual([]);
    });

    test("need a run", async () => {
      const input = { flowRunId: uuidv7(), key: "k", id: uuidv7(), value: "1", sender: null };
      await expect(used.api.sendRunInput(input)).rejects.toMatchObject({
        code: "RUN_NOT_FOUND",
        data: { kind: "flow run", id: input.flowRunId },
      });
    });
  });
}
