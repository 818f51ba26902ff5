import { expect, test } from "vitest";
import { toValueErrors } from "./value-errors.ts";

test("each error is within what it is about, an index where that is a list", () => {
  const values = { rows: [{ name: 1 }, {}], table: { "0": "x" } };
  const faults = [
    { path: [], message: "too few properties" },
    { path: ["rows", "0", "name"], message: "must be a string" },
    { path: ["rows", "1", "name"], message: "is missing" },
    { path: ["rows"], message: "must have 3 items" },
    { path: ["table", "0"], message: "must be a number" },
    { path: ["date"], message: "is missing" },
  ];
  expect(toValueErrors(faults, values)).toEqual([
    "too few properties",
    {
      property: "rows",
      errors: [
        { index: 0, errors: [{ property: "name", errors: ["must be a string"] }] },
        { index: 1, errors: [{ property: "name", errors: ["is missing"] }] },
        "must have 3 items",
      ],
    },
    { property: "table", errors: [{ property: "0", errors: ["must be a number"] }] },
    { property: "date", errors: ["is missing"] },
  ]);
});
