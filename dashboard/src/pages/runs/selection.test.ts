import { expect, test } from "vitest";
import { type Selection, withToggled } from "./selection.ts";

const ids = ["a", "b", "c", "d"];
const of = (...chosen: readonly string[]): Selection => ({ ids: new Set(chosen), isAll: false });

test("one run, or all between two", () => {
  expect(withToggled(of("a"), { ids, id: "b", from: null })).toEqual(of("a", "b"));
  expect(withToggled(of("a"), { ids, id: "a", from: null })).toEqual(of());
  expect(withToggled(of("d"), { ids, id: "b", from: "d" })).toEqual(of("d", "b", "c"));
  expect(withToggled(of("b"), { ids, id: "c", from: "gone" })).toEqual(of("b", "c"));
});

test("whoever takes one out of all has some", () => {
  expect(withToggled({ ids: new Set(ids), isAll: true }, { ids, id: "a", from: null })).toEqual(of("b", "c", "d"));
});
