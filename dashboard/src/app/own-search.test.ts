import { expect, test } from "vitest";
import { ownSearch } from "./own-search.ts";

const read = ownSearch(({ q }): { readonly q?: string } => (typeof q === "string" ? { q } : {}));

test("what is not let through is absent, whatever it is over", () => {
  expect(read({ q: "x" })).toStrictEqual({ q: "x" });
  expect({ q: 3, other: 1, ...read({ q: 3, other: 1 }) }).toEqual({});
  expect(read({ q: "x", other: 1 })).toStrictEqual({ q: "x", other: undefined });
});
