import { expect, test } from "vitest";
import {
  blockDefaults,
  defaultVariables,
  hasBlockDefault,
  toDefaultsSchema,
  toVariablesSchema,
  variablesSchemaOf,
} from "./job-variables.ts";

const schema = {
  type: "object",
  properties: {
    image: { type: "string" },
    size: { type: "array", items: [{ type: "integer" }, { type: "string" }] },
    login: { allOf: [{ $ref: "#/definitions/Login" }] },
    note: { type: ["string", "integer"] },
    limits: { type: "object", properties: { cpu: { type: "string" } }, required: ["cpu"] },
  },
  required: ["image"],
  definitions: { Login: { type: "object", properties: { user: { type: "string" } }, block_type_slug: "login" } },
};

test("a template without variables has no schema", () => {
  expect(variablesSchemaOf(undefined)).toBeNull();
  expect(variablesSchemaOf({ job_configuration: {}, variables: {} })).toBeNull();
  expect(variablesSchemaOf({ variables: schema })).toBe(schema);
});

test("defaults are those that are said, without blocks", () => {
  const properties = { a: { default: 1 }, b: { type: "string" }, c: { default: { $ref: { block_document_id: "x" } } } };
  expect(defaultVariables({ properties })).toEqual({ a: 1 });
  expect(hasBlockDefault({ properties })).toBe(true);
  expect(hasBlockDefault(schema)).toBe(false);
});

test("defaults that are blocks are told by their documents", () => {
  const properties = {
    a: { default: { $ref: { block_document_id: "x" } } },
    b: { default: { $ref: "#/definitions/B" } },
    c: { default: { $ref: {} } },
    d: { default: 1 },
  };
  expect(blockDefaults({ properties })).toEqual([{ variable: "a", blockId: "x" }]);
});

test("what need not be given may be null, a list of schemas is a tuple, and a block may be referred to", () => {
  const mended = toVariablesSchema(schema, { requiresAll: true });
  expect(mended).toMatchObject({
    properties: {
      image: { type: "string" },
      size: { type: ["array", "null"], prefixItems: [{ type: "integer" }, { type: "string" }] },
      note: { type: ["string", "integer", "null"] },
      limits: { type: ["object", "null"], properties: { cpu: { type: "string" } } },
    },
    required: ["image"],
    definitions: { Login: { anyOf: [{ type: "object" }, { required: ["$ref"] }] } },
  });
  expect(JSON.stringify(mended)).not.toContain('"items"');
});

test("where more may be given later, nothing is required at any depth", () => {
  expect(JSON.stringify(toVariablesSchema({ ...schema, definitions: {} }, { requiresAll: false }))).not.toContain(
    "required",
  );
  expect(JSON.stringify(toDefaultsSchema(schema))).not.toContain("required");
  expect(JSON.stringify(toDefaultsSchema(schema))).not.toContain("null");
});
