import { expect, test } from "vitest";
import { fieldsOf, textFieldsOf } from "./form.ts";

test("a form has a field for each property, with what people need to know", () => {
  const schema = {
    type: "object",
    required: ["approve", "reason", "count"],
    properties: {
      approve: { type: "boolean", description: "May it go out?" },
      reason: { type: "string", title: "Reason" },
      channel: { enum: ["mail", 1] },
      count: { type: "integer", default: 3 },
      day: { type: "string", format: "date" },
      tags: { type: "array", items: { type: "string" } },
      note: { type: ["string", "null"] },
      fixed: { const: "x" },
      any: {},
    },
  };
  expect(fieldsOf(schema)).toEqual([
    { name: "approve", type: "boolean", isRequired: true, initial: null, description: "May it go out?" },
    { name: "reason", type: "text", isRequired: true, initial: null, description: "Reason" },
    { name: "channel", type: "one of mail, 1", isRequired: false, initial: null, description: "" },
    { name: "count", type: "integer", isRequired: false, initial: "3", description: "" },
    { name: "day", type: "date", isRequired: false, initial: null, description: "" },
    { name: "tags", type: "list of text", isRequired: false, initial: null, description: "" },
    { name: "note", type: "text or null", isRequired: false, initial: null, description: "" },
    { name: "fixed", type: "x", isRequired: false, initial: null, description: "" },
    { name: "any", type: "JSON", isRequired: false, initial: null, description: "" },
  ]);
});

test("a schema of something else than an object has no fields", () => {
  expect(fieldsOf({ type: "string" })).toEqual([]);
});

test("what a form is filled in with at first comes before the default, and is not needed then", () => {
  const schema = {
    required: ["note", "count"],
    properties: { note: { type: "string" }, count: { type: "integer", default: 3 } },
  };
  expect(fieldsOf(schema, { note: "as usual", count: 5 })).toMatchObject([
    { name: "note", isRequired: false, initial: '"as usual"' },
    { name: "count", isRequired: false, initial: "5" },
  ]);
});

test.each([
  [{ type: "integer", minimum: 1, maximum: 10 }, "1 to 10"],
  [{ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, "above 0, below 1"],
  [{ type: "integer", minimum: 0, multipleOf: 5 }, "at least 0, a multiple of 5"],
  [{ type: "string", maxLength: 20, pattern: "^[a-z]+$" }, "at most 20 characters, like /^[a-z]+$/"],
  [{ type: "array", minItems: 2, maxItems: 2, uniqueItems: true }, "2 items, none twice"],
  [{ anyOf: [{ type: "null" }, { type: "integer", minimum: 3 }] }, "at least 3"],
  [{ $ref: "#/$defs/Size" }, "at most 9"],
  [{ type: "boolean" }, undefined],
])("a field %j says what it takes: %s", (property, bounds) => {
  const $defs = { Size: { type: "integer", maximum: 9 } };
  expect(fieldsOf({ $defs, properties: { field: property } })[0]?.bounds).toBe(bounds);
});

/** As Pydantic writes it: definitions beside, and a union for what may be absent. */
const pydantic = {
  type: "object",
  $defs: {
    Channel: { type: "string", enum: ["mail", "chat"], description: "By which way" },
    Size: { type: "integer" },
    Node: { type: "array", items: { $ref: "#/$defs/Node" } },
  },
  properties: {
    channel: { $ref: "#/$defs/Channel", default: "mail" },
    size: { allOf: [{ $ref: "#/$defs/Size" }], description: "In litres" },
    note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
    key: { type: "string", writeOnly: true },
    node: { $ref: "#/$defs/Node" },
    lost: { $ref: "#/$defs/Lost" },
  },
};

test("definitions are looked up, also when they lead back to themselves", () => {
  expect(fieldsOf(pydantic).map(({ name, type, description }) => [name, type, description])).toEqual([
    ["channel", "one of mail, chat", "By which way"],
    ["size", "integer", "In litres"],
    ["note", "text or null", ""],
    ["key", "password", ""],
    ["node", `${"list of ".repeat(8)}JSON`, ""],
    ["lost", "JSON", ""],
  ]);
});

test("fields of text are known, also where they may be null", () => {
  expect([...textFieldsOf(pydantic)]).toEqual(["channel", "note", "key"]);
  const mixed = { properties: { a: { enum: ["1", 1] }, b: { type: ["string", "null"] }, c: {} } };
  expect([...textFieldsOf(mixed)]).toEqual(["b"]);
});
