import { expect, test } from "vitest";
import { lineOf, linesOf, readJson, toJsonText } from "./json-lines.ts";

test("each value has its line", () => {
  const value = { a: { b: [1, { c: 'x{"[' }, [true, null]] }, "d:e": "two", f: [] };
  const lines = linesOf(JSON.stringify(value, null, 2));
  expect(
    [["a"], ["a", "b"], ["a", "b", "0"], ["a", "b", "1", "c"], ["a", "b", "2", "1"], ["d:e"], ["f"]].map((path) =>
      lineOf(lines, path),
    ),
  ).toEqual([2, 3, 4, 6, 10, 14, 15]);
});

test("what is missing is in what is around it", () => {
  expect(lineOf(linesOf('{\n"a": {}\n}'), ["a", "b"])).toBe(2);
});

test("text that nests without end is read", () => {
  expect(linesOf("[".repeat(200_000)).size).toBeLessThan(100);
});

test("a text that is no JSON says where", () => {
  expect(readJson('{\n  "a": 1,\n  b\n}').fault?.line).toBe(3);
  expect(readJson("{").fault?.line).toBe(1);
  expect(readJson("[1]").value).toEqual([1]);
});

test("what nests without end is not indented", () => {
  let value: unknown = 1;
  for (let depth = 0; depth < 2000; depth++) value = [value];
  expect(toJsonText(value).length).toBeLessThan(5000);
  expect(toJsonText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(toJsonText(undefined)).toBe("");
});
