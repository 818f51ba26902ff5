import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf } from "./columns-for-tests.ts";
import {
  findItem,
  groupHeight,
  heightOf,
  type Item,
  type ItemOptions,
  laneHeight,
  listDensities,
  listItems,
  rowHeight,
} from "./items.ts";

const asked = (more: Partial<ItemOptions> = {}): ItemOptions => ({
  mode: "rows",
  sort: "start",
  toggled: new Set(),
  subflows: new Map(),
  now: 1000,
  ...more,
});

/** `  name` for what is one deeper; `[task 3]` for a group, with `+` where it can be opened and `-` where it is. */
function told(item: Item): string {
  const indent = "  ".repeat(item.depth);
  switch (item.kind) {
    case "row":
      return `${indent}${item.isOpen === null ? "" : item.isOpen ? "- " : "+ "}${item.columns.names[item.index]}`;
    case "group":
      return `${indent}${item.isOpen ? "- " : "+ "}[${item.group.taskName} ${item.group.rows.length}]`;
    case "lane":
      return `lane ${item.lane}: ${item.rows.length}`;
    case "density":
      return `density ${item.density.taskName}`;
    case "note":
      return `${indent}(${item.text})`;
  }
}
const list = (rows: Parameters<typeof columnsOf>[0], more: Partial<ItemOptions> = {}): readonly string[] =>
  listItems(columnsOf(rows), asked(more)).items.map(told);

const nested = [
  { id: "b", from: 20, to: 90 },
  { id: "a", from: 10, to: 30 },
  { id: "b2", from: 51, to: 60, parent: "b" },
  { id: "b1", from: 40, to: 80, parent: "b" },
  { id: "b1x", from: 45, to: 50, parent: "b1" },
];

test("rows stand by their beginnings, below those that called them, and hide what is in them", () => {
  expect(list(nested)).toEqual(["a", "- b", "  - b1", "    b1x", "  b2"]);
  expect(list(nested, { toggled: new Set(["b1"]) })).toEqual(["a", "- b", "  + b1", "  b2"]);
  expect(list(nested, { toggled: new Set(["b", "b1"]) })).toEqual(["a", "+ b"]);
});

test("rows are sorted within those that called them: by how long they took, or by what went wrong", () => {
  expect(list(nested, { sort: "duration" })).toEqual(["- b", "  - b1", "    b1x", "  b2", "a"]);
  const mixed = [
    { id: "fine", from: 0, to: 10 },
    { id: "goes on", from: 1 },
    { id: "late failure", from: 9, to: 10, state: "FAILED" },
    { id: "failure", from: 2, to: 10, state: "FAILED" },
    { id: "crash", from: 3, to: 10, state: "CRASHED" },
  ] as const;
  expect(list(mixed, { sort: "failed" })).toEqual(["failure", "late failure", "crash", "goes on", "fine"]);
  // What goes on has taken the longest so far.
  expect(list(mixed, { sort: "duration" })[0]).toBe("goes on");
});

test("groups have those of one task, one alone is a row, and those called in them are below", () => {
  const mapped = [
    { id: "list", from: 0, to: 10 },
    ...[1, 2, 3].map((index) => ({ id: `load ${index}`, task: "load", from: 10 + index, to: 50 })),
    { id: "parse 1", task: "parse", from: 20, to: 30, parent: "load 1" },
    { id: "parse 2", task: "parse", from: 22, to: 30, parent: "load 2" },
    { id: "other parse", task: "parse", from: 60, to: 70 },
  ];
  const mode = "grouped";
  expect(list(mapped, { mode })).toEqual(["list", "+ [load 3]", "  + [parse 2]", "other parse"]);
  expect(list(mapped, { mode, toggled: new Set(["run / load"]) })).toEqual([
    "list",
    "- [load 3]",
    "  + [parse 2]",
    "  load 1",
    "  load 2",
    "  load 3",
    "other parse",
  ]);
  expect(list(mapped, { mode, toggled: new Set(["run / load / parse"]) })).toEqual([
    "list",
    "+ [load 3]",
    "  - [parse 2]",
    "    parse 1",
    "    parse 2",
    "other parse",
  ]);
});

test("groups are sorted by their first beginning, by all that they took, or by how many failed", () => {
  const rows = [
    { id: "a1", task: "a", from: 0, to: 1 },
    { id: "a2", task: "a", from: 0, to: 1 },
    { id: "b1", task: "b", from: 5, to: 500 },
    { id: "b2", task: "b", from: 5, to: 6, state: "FAILED" },
    { id: "c1", task: "c", from: 9, to: 10, state: "FAILED" },
    { id: "c2", task: "c", from: 9, to: 10, state: "CRASHED" },
  ] as const;
  const groups = (sort: ItemOptions["sort"]): readonly string[] => list(rows, { mode: "grouped", sort });
  expect(groups("start")).toEqual(["+ [a 2]", "+ [b 2]", "+ [c 2]"]);
  expect(groups("duration")).toEqual(["+ [b 2]", "+ [a 2]", "+ [c 2]"]);
  expect(groups("failed")).toEqual(["+ [c 2]", "+ [b 2]", "+ [a 2]"]);
});

test("a subflow is closed until it is opened, and shows its own task runs or why it does not", () => {
  const rows = [
    { id: "call", from: 0, to: 90, childFlowRunId: "child" },
    { id: "next", from: 95, to: 99 },
  ];
  const toggled = new Set(["call"]);
  expect(list(rows)).toEqual(["+ call", "next"]);
  // It is being read.
  expect(list(rows, { toggled })).toEqual(["- call", "next"]);
  const columns = columnsOf([{ id: "inner", from: 5, to: 10 }], "child");
  expect(list(rows, { toggled, subflows: new Map([["child", { kind: "read", columns }]]) })).toEqual([
    "- call",
    "  inner",
    "next",
  ]);
  expect(list(rows, { toggled, subflows: new Map([["child", { kind: "note", text: "too big" }]]) })).toEqual([
    "- call",
    "  (too big)",
    "next",
  ]);
});

test("each kind has its height, lanes are listed as they are packed, and densities as they come", () => {
  const { items, tops } = listItems(columnsOf(nested), asked({ mode: "lanes" }));
  expect(items.map(told)).toEqual(["lane 0: 2", "lane 1: 1", "lane 2: 2"]);
  expect([...tops]).toEqual([0, laneHeight, 2 * laneHeight, 3 * laneHeight]);
  const grouped = listItems(columnsOf(nested.map((row) => ({ ...row, task: "same" }))), asked({ mode: "grouped" }));
  expect(grouped.items.map(heightOf)).toEqual(
    grouped.items.map(({ kind }) => (kind === "group" ? groupHeight : rowHeight)),
  );
  const density = { taskName: "load", counts: [], total: 3, from: 0, bucketMs: 1, byFamily: [] };
  expect(listDensities([density]).items.map(told)).toEqual(["density load"]);
});

test("at each height there is the item that lies there", () => {
  const rows = Array.from({ length: 30 }, (_, index) => ({
    id: `${index}`,
    task: `${index % 4}`,
    from: index,
    to: 99,
  }));
  const drawn = listItems(columnsOf(rows), asked({ mode: "grouped", toggled: new Set(["run / 0", "run / 2"]) }));
  const height = drawn.tops[drawn.items.length] ?? 0;
  fc.assert(
    fc.property(fc.double({ min: 0, max: height - 0.001, noNaN: true }), (y) => {
      const found = findItem(drawn, y);
      expect(drawn.tops[found]).toBeLessThanOrEqual(y);
      expect(drawn.tops[found + 1]).toBeGreaterThan(y);
    }),
  );
  expect(findItem({ items: [], tops: new Float64Array(1) }, 10)).toBe(0);
});
