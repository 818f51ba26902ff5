import { expect, test } from "vitest";
import { lookUp, propertiesOf, resolve, toLabel, toPlace } from "./schema.ts";

test("references are followed, and what is written beside them counts", () => {
  const root = { $defs: { size: { type: "integer", title: "Size", minimum: 1 } } };
  expect(resolve({ $ref: "#/$defs/size", title: "Batch" }, root)).toEqual({
    type: "integer",
    title: "Batch",
    minimum: 1,
  });
  expect(lookUp(root, "https://elsewhere.test/schema")).toBeNull();
  expect(lookUp(root, "#/constructor")).toBeNull();
});

test("all of several schemas is one that has the properties of each", () => {
  const schema = {
    allOf: [
      { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      { properties: { b: { type: "number" } }, required: ["b"] },
    ],
  };
  expect(propertiesOf(resolve(schema, schema), schema)).toMatchObject([
    { name: "a", isRequired: true },
    { name: "b", isRequired: true },
  ]);
});

test("references that go round end", () => {
  const root = {
    $defs: {
      a: { $ref: "#/$defs/b" },
      b: { $ref: "#/$defs/a" },
      many: { allOf: Array(50).fill({ $ref: "#/$defs/many" }) },
    },
  };
  expect(toPlace({ $ref: "#/$defs/a" }, root).kind).toBe("any");
  expect(toPlace({ $ref: "#/$defs/many" }, root).kind).toBe("any");
});

test("a union with null is nullable, whichever way it is written", () => {
  const kinds = [
    { anyOf: [{ type: "string" }, { type: "null" }] },
    { type: ["string", "null"] },
    { oneOf: [{ const: null }, { type: "string" }] },
  ].map((schema) => toPlace(schema, schema));
  for (const place of kinds) expect(place).toMatchObject({ kind: "text", isNullable: true });
  expect(toPlace({ type: ["string", "number", "null"] }, {})).toMatchObject({ kind: "choice", isNullable: true });
});

test("a union of one has what is said around it", () => {
  const schema = { title: "Owner", default: "me", anyOf: [{ type: "string", title: "Name" }, { type: "null" }] };
  expect(toPlace(schema, schema).schema).toMatchObject({ title: "Owner", default: "me", type: "string" });
});

test("properties come in the order of their position", () => {
  const schema = { properties: { c: {}, b: { position: 1 }, a: { order: 0 }, d: {} } };
  expect(propertiesOf(schema, schema).map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
});

test("unions inside of unions end", () => {
  const root: Record<string, unknown> = {};
  root.anyOf = [{ $ref: "#" }, { type: "null" }];
  expect(["any", "choice", "nothing"]).toContain(toPlace(root, root).kind);
});

test.each([
  ["batchSize", "Batch size"],
  ["batch_size", "Batch size"],
  ["URL", "URL"],
  ["__", "__"],
])("%s is shown as %s", (name, label) => expect(toLabel(name)).toBe(label));
