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
    const events = await api.listEvents({ resourceIds: [`millrace.variable.${written.id}`] });
    expect(events.items.map((event) => event.name.split(".").at(-1))).toEqual(["created", "updated", "deleted"]);
  });

  test("variables are renamed as objects are, to names that are free", async () => {
    const { api } = used;
    const [one, two] = [`v-${uuidv7()}`, `v-${uuidv7()}`];
    const { id } = await api.createObject("variable", { name: one, value: "1", tags: [] });
    await expect(api.createObject("variable", { name: one, value: "2", tags: [] })).rejects.toMatchObject({
      code: "OBJECT_EXISTS",
    });
    expect(await api.updateObject("variable", id, { name: two })).toMatchObject({ name: two, value: "1" });
    expect(await api.readVariable(one)).toBeNull();
    expect(await api.writeVariable({ name: one, value: "3" })).toMatchObject({ name: one, value: "3" });
    await expect(api.updateObject("variable", id, { name: one })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  });

  test("writers of one variable at once all get through", async () => {
    const name = `v-${uuidv7()}`;
    await Promise.all(["1", "2", "3", "4"].map((value) => used.api.writeVariable({ name, value })));
    const found = await used.api.listObjects("variable", { where: { field: "name", in: [name] } });
    expect(found.items).toMatchObject([{ revision: 4 }]);
  });

  test("values are checked by a JSON Schema", async () => {
    const schema = { type: "object", properties: { size: { type: "integer" } }, required: ["size", "name"] };
    expect(await used.api.checkValues({ schema, values: { size: 1, name: "a" } })).toEqual([]);
    expect(await used.api.checkValues({ schema, values: { size: "big" } })).toEqual([
      { path: ["name"], message: "is missing" },
      { path: ["size"], message: expect.stringContaining("integer") as string },
    ]);
    const wrong = used.api.checkValues({ schema: { type: "no such" }, values: {} });
    await expect(wrong).rejects.toMatchObject({ code: "PARAMETER_SCHEMA_INVALID" });
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
    const told = await api.listEvents({ resourceIds: [`millrace.secret.${name}`] });
    expect(told.items.map((event) => [event.name, event.payload])).toEqual([
      ["millrace.secret.written", null],
      ["millrace.secret.deleted", null],
    ]);
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

    test("are deleted by key", async () => {
      const { api } = used;
      const run = await begin(api, await register(api));
      const input = { flowRunId: run.id, key: "a/b ü", id: "1", value: "1", sender: null };
      for (const id of ["1", "2"]) await api.sendRunInput({ ...input, id });
      await api.sendRunInput({ ...input, key: "other" });
      expect([await api.deleteRunInputs(run.id, input.key), await api.deleteRunInputs(run.id, input.key)]).toEqual([
        true,
        false,
      ]);
      expect((await api.listRunInputs(run.id)).map(({ key }) => key)).toEqual(["other"]);
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
