import { expect, test } from "vitest";
import { compareCells, toCsv, toMeasure, toProgress, toTable, toText } from "./artifact-data.ts";

test("tables of rows, and of objects", () => {
  expect(toTable([{ a: 1 }, { b: 2 }])).toEqual({
    columns: ["a", "b"],
    rows: [
      [1, null],
      [null, 2],
    ],
  });
  expect(toTable({ columns: ["a"], rows: [[1], 2] })).toEqual({ columns: ["a"], rows: [[1], [2]] });
  expect(toTable("text")).toBeNull();
});

test("no cell of a CSV is a formula", () => {
  expect(
    toCsv({
      columns: ["a", "b,c"],
      rows: [
        ["=1+1", -3],
        ['say "so"', "-x"],
      ],
    }),
  ).toBe('a,"b,c"\n\'=1+1,-3\n"say ""so""",\'-x\n');
});

test("how far it is, whoever says it", () => {
  expect([0.4, { value: 2 }, { value: "x" }, null].map(toProgress)).toEqual([0.4, 1, null, null]);
});

test("a table is followed by its first column of numbers", () => {
  const data = JSON.stringify({
    columns: ["name", "n"],
    rows: [
      ["x", 2],
      ["y", 3],
      ["z", null],
    ],
  });
  expect(toMeasure({ kind: "table", data })).toEqual({ name: "Sum of n", value: 5 });
  expect(toMeasure({ kind: "markdown", data: '"x"' })).toBeNull();
  expect(toText({ kind: "other", data: "no json" })).toBe("no json");
});

test("cells are sorted as people do, what is empty last", () => {
  expect(["b10", null, 3, "b9", -1, ""].toSorted(compareCells)).toEqual([-1, 3, "b9", "b10", null, ""]);
});
