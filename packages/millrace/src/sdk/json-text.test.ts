import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toJsonText } from "./json-text.ts";

const textOf = (value: unknown): unknown => {
  const found = toJsonText(value, { root: "value" });
  return "text" in found ? found.text : found;
};

test("plain data is written as JSON.stringify writes it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(textOf(value)).toBe(JSON.stringify(value));
    }),
  );
});

test("dates and other values that know their JSON are written so", () => {
  expect(textOf({ at: new Date(0), url: new URL("https://example.com/") })).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","url":"https://example.com/"}',
  );
});

test("properties that are undefined are left out, and missing items are null", () => {
  expect(textOf({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
});

test("the same object twice is no cycle", () => {
  const shared = { id: 1 };
  expect(textOf({ one: shared, other: [shared] })).toBe('{"one":{"id":1},"other":[{"id":1}]}');
});

describe("what JSON would drop or change is named by its place", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  let deep: unknown = null;
  for (let depth = 0; depth < 600; depth++) deep = [deep];

  test.each([
    [undefined, { path: "value", reason: "is undefined" }],
    [{ rows: [{ run: () => undefined }] }, { path: "value.rows[0].run", reason: "is a function" }],
    [[1n], { path: "value[0]", reason: "is a bigint" }],
    [{ a: Symbol("x") }, { path: "value.a", reason: "is a symbol" }],
    [{ a: { b: Number.NaN } }, { path: "value.a.b", reason: "is NaN" }],
    [[Number.NEGATIVE_INFINITY], { path: "value[0]", reason: "is -Infinity" }],
    [{ ids: new Set([1]) }, { path: "value.ids", reason: "is a Set; make an array or an object of it" }],
    [new Map(), { path: "value", reason: "is a Map; make an array or an object of it" }],
    [{ x: new Float64Array(2) }, { path: "value.x", reason: "is a Float64Array; make an array or an object of it" }],
    [cycle, { path: "value.self", reason: "refers to an object around it" }],
    [{ toJSON: () => ({ inner: 1n }) }, { path: "value.inner", reason: "is a bigint" }],
  ])("%o", (value, problem) => {
    expect(textOf(value)).toEqual(problem);
  });

  test("more depth than a stack bears", () => {
    expect(textOf(deep)).toMatchObject({ reason: "is nested more than 500 deep" });
  });
});

test("NaN and the infinities are null where that is wanted", () => {
  expect(toJsonText([Number.NaN, 1, Number.POSITIVE_INFINITY], { root: "row", nonFinite: "null" })).toEqual({
    text: "[null,1,null]",
  });
});
