import { expect, test } from "vitest";
import { createLogRows, neighbour } from "./log-rows.ts";
import { findDescendants } from "./descendants.ts";
import {
  changeLogsSearch,
  type LogsSearch,
  readLogsSearch,
  toBase,
  toFilter,
  toLogsCommand,
  withAround,
  writeLogsSearch,
} from "./logs-search.ts";

test("what stands in the address is read as it was written", () => {
  const searches: readonly LogsSearch[] = [
    {},
    { level: "warn", find: "12", only: true, around: 5, of: "load", attempt: 2, line: { from: 11, to: 39 } },
    { logger: "7", since: 1_795_671_980_865, until: 1_795_671_980_999 },
    { line: { from: 0, to: 0 } },
  ];
  for (const search of searches) {
    const written = Object.fromEntries(
      Object.entries(writeLogsSearch(search)).filter(([, value]) => value !== undefined),
    );
    expect(readLogsSearch(written)).toEqual(search);
  }
});

test("what somebody has typed and is none of ours is left out", () => {
  expect(
    readLogsSearch({ level: "loud", line: "a-b", around: -1, attempt: "x", find: ["a"], only: "yes", since: "soon" }),
  ).toEqual({});
  expect(readLogsSearch({ line: "9-3" })).toEqual({ line: { from: 2, to: 8 } });
  expect(readLogsSearch({ line: 0 })).toEqual({});
});

test("a change that is undefined takes away", () => {
  expect(changeLogsSearch({ level: "warn", find: "a" }, { level: undefined, find: "" })).toEqual({});
});

test("filters are conditions of the server", () => {
  const base = toBase({ flowRunId: "r" }, { attempt: 2 }, ["t"]);
  expect(toFilter(base, { level: "error", find: "x", only: true })).toEqual({
    flowRunIds: ["r"],
    taskRunIds: ["t"],
    where: { field: "attempt", in: [2] },
    minLevel: "error",
    contains: "x",
  });
  expect(toFilter(base, { find: "x" })).toEqual(base);
  expect(toBase({ taskRunId: "t" }, { logger: "db", since: 5, until: 9 }, null).where).toEqual({
    all: [
      { field: "logger", in: ["db"] },
      { field: "at", atLeast: 5 },
      { field: "at", below: 10 },
    ],
  });
});

test("lines around matches are each there once", () => {
  expect(withAround([0, 3, 4, 9], 1, 10)).toEqual([0, 1, 2, 3, 4, 5, 8, 9]);
  expect(withAround([], 5, 10)).toEqual([]);
});

test("rows of a filtered log know the numbers of their lines, and where lines are left out", () => {
  const plain = createLogRows({ total: 10, kept: { total: 100, ordinals: [4, 40, 41] }, around: 0 });
  expect([plain.numberOf(1), plain.rowOf(40), plain.placeOf(1), plain.numberOf(7)]).toEqual([40, 1, 1, null]);
  const around = createLogRows({ total: 100, kept: { total: 100, ordinals: [4, 40] }, around: 1 });
  expect(around.count).toBe(6);
  expect([around.placeOf(3), around.isAfterGap(3), around.isAfterGap(4)]).toEqual([39, true, false]);
  expect([around.isMatch(0), around.isMatch(1)]).toEqual([false, true]);
  expect(around.rowOf(40)).toBe(4);
});

test("next and previous go around the ends", () => {
  expect(neighbour([2, 5, 9], null, 1)).toBe(2);
  expect(neighbour([2, 5, 9], null, -1)).toBe(9);
  expect(neighbour([2, 5, 9], 5, 1)).toBe(9);
  expect(neighbour([2, 5, 9], 9, 1)).toBe(2);
  expect(neighbour([2, 5, 9], 6, 1)).toBe(9);
  expect(neighbour([2, 5, 9], 2, -1)).toBe(9);
  expect(neighbour([2, 5, 9], 6, -1)).toBe(5);
  expect(neighbour([], 1, 1)).toBeNull();
});

test("subflows are those that a run called, and those that they called", () => {
  const runs = [
    { id: "root", parentRunId: null },
    { id: "a", parentRunId: "root" },
    { id: "b", parentRunId: "root" },
    { id: "a1", parentRunId: "a" },
  ];
  expect(findDescendants("root", runs)).toEqual(["a", "b", "a1"]);
  expect(findDescendants("a", runs)).toEqual(["a1"]);
});

test("the command line shows the same", () => {
  expect(
    toLogsCommand({ flowRunId: "r" }, { level: "warn", find: "it's", only: true, of: "load" }, { isLive: true }),
  ).toBe("millrace flow-run logs r --level warn --task load --contains 'it'\\''s' --follow");
});
