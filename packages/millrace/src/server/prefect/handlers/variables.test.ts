import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";
import { variableHandlers } from "./variables.ts";

const nobody = "00000000-0000-4000-8000-000000000000";

describe("variables", () => {
  let http: OverHttp;
  beforeAll(async () => {
    http = await serveOverHttp(variableHandlers);
  });
  afterAll(() => http.close());

  const make = async (name: string, value: unknown, tags: readonly string[] = []): Promise<string> =>
    (await http.ask("createVariable", { body: { name, value, tags } })).body.id as string;

  test("are made with any JSON, and read by id and by name", async () => {
    const value = { rows: [1, 2.5, null, "ü"], deep: { is: true } };
    const made = await http.ask("createVariable", { body: { name: "any-json", value, tags: ["b", "a"] } });
    expect(made).toMatchObject({ status: 201, body: { name: "any-json", value, tags: ["b", "a"] } });
    const { id } = made.body;
    expect(await http.ask("readVariable", { params: { id } })).toEqual({ status: 200, body: made.body });
    expect((await http.ask("readVariableByName", { params: { name: "any-json" } })).body).toEqual(made.body);
  });

  test("have names of their own, of an alphabet", async () => {
    await make("taken", 1);
    const again = await http.ask("createVariable", { body: { name: "taken", value: 2 } });
    expect(again).toEqual({ status: 409, body: { detail: "A variable with the name 'taken' already exists." } });
    expect((await http.ask("createVariable", { body: { name: "Not A Name", value: 1 } })).status).toBe(422);
  });

  test("are changed in what is given, null being a value", async () => {
    const id = await make("changing", 1, ["x"]);
    expect(await http.ask("updateVariable", { params: { id }, body: { value: null } })).toEqual({ status: 204 });
    await http.ask("updateVariableByName", { params: { name: "changing" }, body: { name: "renamed" } });
    expect((await http.ask("readVariable", { params: { id } })).body).toMatchObject({
      name: "renamed",
      value: null,
      tags: ["x"],
    });
    await make("in-the-way", 1);
    expect((await http.ask("updateVariable", { params: { id }, body: { name: "in-the-way" } })).status).toBe(409);
  });

  test("are deleted by id and by name, once", async () => {
    const id = await make("one", 1);
    await make("two", 2);
    const statuses = [
      await http.ask("deleteVariable", { params: { id } }),
      await http.ask("deleteVariable", { params: { id } }),
      await http.ask("deleteVariableByName", { params: { name: "two" } }),
      await http.ask("deleteVariableByName", { params: { name: "two" } }),
      await http.ask("readVariable", { params: { id: nobody } }),
      await http.ask("updateVariable", { params: { id: nobody }, body: {} }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([204, 404, 204, 404, 404, 404]);
  });

  test("are listed by filters, sorted, in slices, and counted", async () => {
    for (const [name, tags] of [
      ["list-b", ["x", "y"]],
      ["list-a", ["x"]],
      ["list-c", []],
    ] as const) {
      await make(name, name, tags);
      http.advance(1);
    }
    const names = async (filter: object, more: object = {}): Promise<string[]> => {
      const variables = { name: { like_: "LIST-" }, ...filter };
      const { body } = await http.ask("readVariables", { body: { variables, ...more } });
      return body.map(({ name }) => name.slice(5));
    };
    expect(await names({})).toEqual(["a", "b", "c"]);
    expect(await names({}, { sort: "NAME_DESC" })).toEqual(["c", "b", "a"]);
    expect(await names({}, { sort: "CREATED_DESC", limit: 1, offset: 1 })).toEqual(["a"]);
    expect(await names({}, { limit: 0 })).toEqual([]);
    expect(await names({ tags: { all_: ["x"] } })).toEqual(["a", "b"]);
    expect(await names({ tags: { is_null_: true } })).toEqual(["c"]);
    expect(await names({ name: { any_: ["list-a", "list-c"] } })).toEqual(["a", "c"]);
    const either = { operator: "or_", name: { any_: ["list-a"] }, tags: { all_: ["y"] } };
    expect((await http.ask("countVariables", { body: { variables: either } })).body).toBe(2);
  });
});
