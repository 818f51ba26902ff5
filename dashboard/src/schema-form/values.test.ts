import { expect, test } from "vitest";
import { branchOf, defaultsOf, initialOf, suits, withName, withProperty } from "./values.ts";

test("a form begins with defaults, and what is required", () => {
  const schema = {
    type: "object",
    properties: {
      name: { type: "string" },
      size: { type: "integer", default: 3 },
      note: { type: "string" },
      kind: { const: "csv" },
      owner: { anyOf: [{ type: "string" }, { type: "null" }] },
      inner: { type: "object", properties: { deep: { default: [1] } } },
    },
    required: ["name", "kind", "owner", "inner"],
  };
  expect(initialOf(schema, schema)).toEqual({ name: "", size: 3, kind: "csv", owner: null, inner: { deep: [1] } });
  expect(defaultsOf(schema)).toEqual({ size: 3 });
});

test("a schema that contains itself begins with an end", () => {
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const root: Record<string, unknown> = { type: "object", required: names };
  root.properties = Object.fromEntries(names.map((name) => [name, { $ref: "#" }]));
  const started = performance.now();
  expect(JSON.stringify(initialOf(root, root)).length).toBeLessThan(100_000);
  expect(performance.now() - started).toBeLessThan(1000);
});

test("of several objects, the one whose fixed property it has", () => {
  const branches = [
    { type: "object", properties: { kind: { const: "csv" }, separator: {} } },
    { type: "object", properties: { kind: { const: "json" } } },
    { type: "string" },
  ];
  expect(branchOf({ kind: "json" }, branches, {})).toBe(1);
  expect(branchOf({ kind: "csv" }, branches, {})).toBe(0);
  expect(branchOf("text", branches, {})).toBe(2);
  expect(branchOf(4, branches, {})).toBeNull();
});

test("of several objects without one, the one that knows most and misses least", () => {
  const branches = [
    { type: "object", properties: { a: {} } },
    { type: "object", properties: { a: {}, b: {} }, required: ["b"] },
  ];
  expect(branchOf({ a: 1 }, branches, {})).toBe(0);
  expect(branchOf({ a: 1, b: 2 }, branches, {})).toBe(1);
});

test("values that a field cannot show", () => {
  expect(suits({ __prefect_kind: "jinja" }, { type: "integer" }, {})).toBe(false);
  expect(suits(1.5, { type: "integer" }, {})).toBe(false);
  expect(suits(null, { type: "string" }, {})).toBe(false);
  expect(suits(null, { type: ["string", "null"] }, {})).toBe(true);
  expect(suits("b", { enum: ["a"] }, {})).toBe(false);
});

test("properties keep their order, and may have any name", () => {
  expect(Object.keys(withProperty({ a: 1, b: 2 }, "a", 3))).toEqual(["a", "b"]);
  expect(withProperty({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  expect(JSON.stringify(withProperty({}, "__proto__", 1))).toBe('{"__proto__":1}');
  expect(Object.entries(withName({ a: 1, b: 2 }, "a", "c"))).toEqual([
    ["c", 1],
    ["b", 2],
  ]);
});
