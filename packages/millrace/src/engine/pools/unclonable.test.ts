import { serialize } from "node:v8";
import { expect, test } from "vitest";
import { findUnclonable, isClonable } from "./unclonable.ts";

test.each([
  [() => 1, "x", "is a function"],
  [[1, { a: [Symbol("s")] }], "x[1].a[0]", "is a symbol"],
  [new Map([["k", new WeakMap()]]), "x.get(k)", "is a WeakMap"],
  [new Set([Promise.resolve()]), "x.values()", "is a Promise"],
  [{ "a b": { c: () => 1 } }, 'x["a b"].c', "is a function"],
])("names the part that cannot cross: %o", (value, path, reason) => {
  for (const clone of [structuredClone, serialize]) expect(findUnclonable(value, "x", clone)).toEqual({ path, reason });
});

test("finds an end in a value that holds itself", () => {
  const value: { self?: unknown; bad: unknown } = { bad: () => 1 };
  value.self = value;
  expect(findUnclonable(value, "x", structuredClone).reason).toBeTypeOf("string");
  expect(isClonable({ fine: [1] }, structuredClone)).toBe(true);
});
