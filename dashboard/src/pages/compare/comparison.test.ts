import type { ArtifactRow, FlowRun, TaskCount } from "millrace/client";
import { expect, it } from "vitest";
import { readCompareSearch, toIds } from "./compare-search.ts";
import { compareArtifacts, compareParameters, compareTasks } from "./comparison.ts";

const withParameters = (parameters: string) => ({ parameters }) as FlowRun;

it("tells parameters apart by what they mean", () => {
  const runs = [withParameters('{"a":{"x":1,"y":2},"b":1}'), withParameters('{"a":{"y":2,"x":1},"c":"new"}')];
  expect(compareParameters(runs).map(({ name, differs }) => [name, differs])).toEqual([
    ["a", false],
    ["b", true],
    ["c", true],
  ]);
  expect(compareParameters([withParameters("no JSON"), withParameters("null")])[0]?.values).toEqual([
    '"no JSON"',
    null,
  ]);
});

it("sums task runs by task", () => {
  const count = (taskName: string, stateType: string, stateName: string, number: number, from: number, to: number) =>
    ({ taskName, stateType, stateName, count: number, firstStartedAt: from, lastEndedAt: to }) as TaskCount;
  const tasks = compareTasks([
    [count("load", "COMPLETED", "Completed", 3, 100, 500), count("load", "FAILED", "Failed", 1, 50, 300)],
    [count("load", "COMPLETED", "Cached", 4, 0, 10), count("save", "COMPLETED", "Completed", 1, 10, 20)],
  ]);
  expect(tasks).toMatchObject([
    {
      taskName: "load",
      differs: true,
      cells: [
        { count: 4, failed: 1, spanMs: 450 },
        { cached: 4, spanMs: 10 },
      ],
    },
    { taskName: "save", differs: true, cells: [null, { count: 1 }] },
  ]);
});

const differ = (lists: readonly (readonly ArtifactRow[])[]) => compareArtifacts(lists)[0]?.differs;

it("takes the newest artifact of a key", () => {
  const artifact = (key: string | null, preview: string, updatedAt: number, sizeBytes = preview.length) =>
    ({ key, preview, updatedAt, sizeBytes }) as ArtifactRow;
  const compared = compareArtifacts([
    [artifact("report", "new", 2), artifact("report", "old", 1), artifact(null, "x", 1)],
    [artifact("report", "new", 9)],
  ]);
  expect(compared).toMatchObject([
    { key: "report", differs: false, artifacts: [{ preview: "new" }, { preview: "new" }] },
  ]);
  const long = (sizeBytes: number) => [artifact("report", "starts so", 1, sizeBytes)];
  expect([[long(900), long(900)], [long(900), long(901)], [long(900), []], [long(900)]].map(differ)).toEqual([
    null,
    true,
    true,
    false,
  ]);
});

it("reads ids from an address", () => {
  expect(toIds("0192AB34, 0192ab34,../../x,beef")).toEqual(["0192ab34", "beef"]);
  expect(readCompareSearch({ runs: ["abcd", "ef01"], differs: "yes" })).toEqual({ runs: "abcd,ef01" });
});
