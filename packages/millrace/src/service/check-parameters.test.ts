import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/objects.ts";
import { checkParameters } from "./check-parameters.ts";

const check = (schema: JsonObject, parameters: JsonObject) => checkParameters({ flowName: "etl", schema, parameters });

/** As pydantic describes a Python flow's parameters. */
const schema = {
  title: "Parameters",
  type: "object",
  properties: {
    date: { title: "date", type: "string", format: "date", position: 0 },
    rows: { type: "array", items: { $ref: "#/definitions/Row" }, position: 1 },
    mode: { enum: ["fast", "slow"] },
  },
  required: ["date"],
  definitions: { Row: { type: "object", properties: { name: { type: "string" } }, additionalProperties: false } },
};

test("what meets the schema passes; a format is no condition", async () => {
  await expect(check(schema, { date: "not a date", rows: [{ name: "a" }], more: 1 })).resolves.toBeUndefined();
});

test("each wrong value is told with its place", async () => {
  const failure = check(schema, { rows: [{}, { name: 1, "x/y": 2 }], mode: "other" });
  await expect(failure).rejects.toMatchObject({
    code: "PARAMETERS_INVALID",
    data: {
      flow: "etl",
      issues:
        'date is missing; rows[1].x/y is not known; rows[1].name must be string, not 1; mode must be equal to one of the allowed values: ["fast","slow"]',
    },
  });
});

test("a schema that is none is told apart from wrong parameters", async () => {
  await expect(check({ type: "no such type" }, {})).rejects.toMatchObject({ code: "PARAMETER_SCHEMA_INVALID" });
  await expect(check({ $ref: "#/definitions/Missing" }, {})).rejects.toMatchObject({
    code: "PARAMETER_SCHEMA_INVALID",
  });
});

test("schemas may refer to themselves, and name the same id twice", async () => {
  const tree = { $id: "tree", properties: { child: { $ref: "#" }, size: { type: "integer" } } };
  await expect(check(tree, { child: { child: { size: "big" } } })).rejects.toMatchObject({
    code: "PARAMETERS_INVALID",
  });
  await expect(check({ ...tree, title: "again" }, { child: { size: 1 } })).resolves.toBeUndefined();
});

test("a pattern that cannot be read is left out", async () => {
  const named = { properties: { id: { type: "string", pattern: "(?P<year>\\d+)" } } };
  await expect(check(named, { id: "x" })).resolves.toBeUndefined();
});

describe("what would take more work than a request may ask for ends by a count of its steps", () => {
  const checkOf = (schema: JsonObject, parameters: unknown) => checkParameters({ flowName: "etl", schema, parameters });
  const tooMuch = { code: "PARAMETERS_INVALID", data: { issues: expect.stringContaining("steps") } };

  test.each([
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "(.*a){20}$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?=(a+)+b)a*!",
    "(?<=(a+)+)b",
  ])("the pattern %s fails on a text that it would try in every way", async (pattern) => {
    await expect(checkOf({ pattern }, `${"a".repeat(100)}!`)).rejects.toMatchObject({ code: "PARAMETERS_INVALID" });
  });

  test.each<readonly [string, JsonObject, unknown]>([
    ["a pattern of many places over a long text", { pattern: "(x?){2000}y" }, "x".repeat(500_000)],
    ["a look-ahead at each of many places", { pattern: "^(?:(?=.*b)a)*$" }, `${"a".repeat(5000)}b`],
    [
      "patterns over many keys",
      { patternProperties: Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`(.*${at}x)`, {}])) },
      Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`key-${at}`, 1])),
    ],
    [
      "parts that refer to each other twice",
      {
        $ref: "#/$defs/l0",
        $defs: Object.fromEntries(
          Array.from({ length: 61 }, (_, at) => {
            const next = { $ref: `#/$defs/l${at + 1}` };
            return [`l${at}`, at < 60 ? { allOf: [next, next] } : {}];
          }),
        ),
      },
      1,
    ],
    [
      "parts that look twice at each level",
      {
        $defs: {
          t: { allOf: [{ properties: { c: { $ref: "#/$defs/t" } } }, { properties: { c: { $ref: "#/$defs/t" } } }] },
        },
        $ref: "#/$defs/t",
      },
      JSON.parse(`${'{"c":'.repeat(60)}1${"}".repeat(60)}`),
    ],
    [
      "many lengths of a long text",
      { allOf: Array.from({ length: 1900 }, () => ({ maxLength: 2_000_000 })) },
      "é".repeat(400_000),
    ],
    [
      "many values that are allowed, of many items",
      { items: { enum: Array.from({ length: 20_000 }, (_, at) => `v${at}`) } },
      Array.from({ length: 20_000 }, () => "w"),
    ],
  ])("%s", async (_, schema, value) => {
    await expect(checkOf(schema, value)).rejects.toMatchObject(tooMuch);
  });

  test("items that must differ are compared by what they are, once each", async () => {
    const items = Array.from({ length: 50_000 }, (_, at) => ({ a: at, b: [at] }));
    await expect(
      checkParameters({ flowName: "etl", schema: { uniqueItems: true }, parameters: items }),
    ).resolves.toBeUndefined();
    const again = [...items, { b: [7], a: 7 }];
    await expect(checkOf({ uniqueItems: true }, again)).rejects.toMatchObject({
      data: { issues: expect.stringContaining("must NOT have duplicate items") },
    });
    for (const differ of [
      [1, "1"],
      [null, "null"],
      [[1, 2], [12]],
      [{ a: "b,c" }, { a: ["b", "c"] }],
      [true, "true"],
    ]) {
      await expect(
        checkParameters({ flowName: "etl", schema: { uniqueItems: true }, parameters: differ }),
      ).resolves.toBeUndefined();
    }
  });

  test("of very many wrong values the first are told, and how many there are", async () => {
    const value = { rows: Array.from({ length: 20_000 }, () => "x".repeat(10)) };
    const failure = await check({ properties: { rows: { items: { type: "number" } } } }, value).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ data: { issues: expect.stringMatching(/; and 19990 more$/) } });
    expect(JSON.stringify(failure).length).toBeLessThan(100_000);
  });
});

test.each<readonly [string, JsonObject, string]>([
  ["leads to another document", { $ref: "http://127.0.0.1:1/schema.json" }, "can't resolve reference"],
  ["goes round in a circle", { $ref: "#" }, "refers to itself without an end"],
  [
    "goes round by two parts",
    { allOf: [{ $ref: "#/$defs/a" }], $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }] } } },
    "without an end",
  ],
  ["has too many parts", { allOf: Array.from({ length: 6000 }, () => ({})) }, "more than 2000 parts"],
  ["takes a value for a schema", { enum: [{ allOf: [{ $ref: "#/enum/0" }] }], $ref: "#/enum/0" }, "refers to a value"],
  ["has a pattern that refers back to a group", { pattern: "(a*)\\1" }, "refers back to a group"],
  ["has a pattern that repeats without measure", { pattern: "((x{100}){100}){100}" }, "more than 20000 parts"],
  ["has a pattern that repeats nothing without measure", { pattern: "(?:){1000000000}" }, "more than 20000 parts"],
])("a schema that %s is not used", async (_, schema, reason) => {
  await expect(checkParameters({ flowName: "etl", schema, parameters: {} })).rejects.toMatchObject({
    code: "PARAMETER_SCHEMA_INVALID",
    data: { reason: expect.stringContaining(reason) },
  });
});

test("a name that is that of a keyword is a name", async () => {
  const schema = { properties: { const: { type: "string" }, enum: { $ref: "#/properties/const" } } };
  await expect(check(schema, { const: "a", enum: "b" })).resolves.toBeUndefined();
  await expect(check(schema, { enum: 1 })).rejects.toMatchObject({ code: "PARAMETERS_INVALID" });
});
