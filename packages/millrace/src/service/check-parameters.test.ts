import { expect, test } from "vitest";
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
