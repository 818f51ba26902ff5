import type { TaskGrid } from "millrace/client";
import { expect, it } from "vitest";
import { toCellWords, toGridCells } from "./task-grid.ts";

const grid: TaskGrid = {
  flowName: "etl",
  isCut: false,
  runs: {
    ids: ["r0", "r1"],
    names: ["new", "old"],
    stateTypes: ["FAILED", "COMPLETED"],
    stateNames: ["Failed", "Completed"],
    starts: [2000, 1000],
    durationsMs: [10, 20],
  },
  taskNames: ["load", "save"],
  cells: {
    runs: [0, 0, 1],
    tasks: [0, 0, 1],
    stateTypes: ["COMPLETED", "FAILED", "COMPLETED"],
    stateNames: ["Completed", "Failed", "Cached"],
    counts: [11, 1, 2],
    durationsMs: [3000, 200, 40],
  },
};

it("shows of each cell what needs a person most", () => {
  const cells = toGridCells(grid);
  expect(cells.get("0 0")).toMatchObject({ family: "failed", glyph: "cross", total: 12, durationMs: 3200 });
  expect(cells.get("1 1")).toMatchObject({ family: "completed", glyph: "diamond", total: 2 });
  expect(cells.has("1 0")).toBe(false);
});

it("looks states up by their names: what timed out is not drawn as what failed", () => {
  const cells = { ...grid.cells, stateNames: ["Completed", "TimedOut", "Completed"] };
  expect(toGridCells({ ...grid, cells }).get("0 0")).toMatchObject({ family: "crashed", glyph: "alarm" });
});

it("says what is in a cell", () => {
  const cells = toGridCells(grid);
  expect(toCellWords(grid, { task: 0, run: 0 }, cells.get("0 0"), "UTC")).toBe(
    "load in new, 1 Jan 1970, 00:00:02: 12 task runs, 11 completed, 1 failed, 3.2s in all",
  );
  expect(toCellWords(grid, { task: 1, run: 0 }, undefined, "UTC")).toContain("save in new");
});
